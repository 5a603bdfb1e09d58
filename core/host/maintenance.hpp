// What the owner of a vault directory can ask of it.
#pragma once

#include "base/bytes.hpp"
#include "base/cancel.hpp"
#include "host/process.hpp"

#include <string>
#include <utility>
#include <vector>

namespace safe {

struct Report {
    struct Item {
        Address address;
        std::uint64_t size;
        std::string text;
    };
    std::vector<std::pair<std::string, std::uint64_t>> values;
    std::vector<Item> items;
};

// All: STORE_MISSING if the URL names no vault; UNSUPPORTED for URLs that are no directories.
Awaitable<Report> vault_info(ProcessRef process, JobRef job, std::string url);
Awaitable<Report> vault_verify(ProcessRef process, JobRef job, std::string url);
// `links`: one a line; blank lines and lines that begin with # are skipped.
Awaitable<Report> vault_gc(ProcessRef process, JobRef job, std::string url, std::string links, bool remove);
Awaitable<void> vault_remove(ProcessRef process, JobRef job, std::string url, Address address);

} // namespace safe
