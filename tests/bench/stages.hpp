// The steps of encrypting and decrypting a chunk, one by one on one thread, over chunks spread over the content: the same
// in the native build and in wasm.
#pragma once

#include "base/buffer.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace safe::bench {

using Seconds = std::map<std::string, double>;

// Tells how many bytes were copied in memory so far (copies.c).
using Count = std::uint64_t (*)();

struct Stages {
    Seconds encrypt, decrypt;
    std::uint64_t bytes = 0, encrypt_copied = 0, decrypt_copied = 0;
};

Stages stages_of(const BufferPoolRef &pool, ByteView data, Count copied = nullptr);

std::string json(const Seconds &stages);

} // namespace safe::bench
