// What a put has made.
#pragma once

#include "encoding/link.hpp"
#include "selfencrypt/encoder.hpp"

#include <vector>

namespace safe {

struct Receipt {
    Link link;
    std::uint64_t size = 0;
    std::vector<StoredChunk> chunks; // as made; the chunk of a public data map is the last
    std::uint64_t new_chunks = 0;
    std::uint64_t new_bytes = 0;
};

struct PutOptions {
    bool is_private = false;
    bool dry_run = false;
    bool verify = false;
    std::string name;
    std::string media_type;
};

} // namespace safe
