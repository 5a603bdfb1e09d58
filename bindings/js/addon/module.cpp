// The addon as Node loads it, once for each environment: `open` makes an instance. ABI and version are compared with those
// of the JavaScript beside it before anything else.
#include "instance.hpp"

#include <safe/safe.h>

#include <node_api.h>

static napi_value open_instance(napi_env env, napi_callback_info info) {
    std::size_t count = 1;
    napi_value hooks = nullptr;
    if (napi_get_cb_info(env, info, &count, &hooks, nullptr, nullptr) != napi_ok) return nullptr;
    return safe_addon::Instance::open(env, hooks);
}

NAPI_MODULE_INIT() {
    napi_value open = nullptr, abi = nullptr, version = nullptr;
    napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_instance, nullptr, &open);
    napi_create_uint32(env, safe_abi_version(), &abi);
    napi_create_string_utf8(env, safe_version_string(), NAPI_AUTO_LENGTH, &version);
    napi_set_named_property(env, exports, "open", open);
    napi_set_named_property(env, exports, "abi", abi);
    napi_set_named_property(env, exports, "version", version);
    return exports;
}
