// Content in the chunk format of 2018-2019, whose chunks the caller keeps in a directory: each in a file named by the
// hex of its SHA3-256 name, and the data map in a file of its own.
#pragma once

#include "context.hpp"

namespace safe::cli {

struct S1Put {
    std::string input; // a file or "-"
    std::string chunks;
    std::string datamap;
    bool dry_run = false, json = false, force = false;
};

int s1_put(Context &context, const S1Put &put);
int s1_get(Context &context, const std::string &chunks, const std::string &datamap, const std::string &output,
           const std::string &range, bool force);

} // namespace safe::cli
