// What capi/model/gen_addon.py writes.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace safe_addon {

struct Function {
    const char *name;
    napi_callback call;
};

extern const Function functions[];
extern const std::size_t function_count;

} // namespace safe_addon
