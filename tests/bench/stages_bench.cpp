// How long each step of encrypting and decrypting a file takes:
//
//   stages_bench FILE
//
// One program for the native build and for wasm; what it prints is JSON.
#include "base/limits.hpp"
#include "bench/stages.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

int main(int count, char **words) {
    using namespace safe;
    if (count != 2) return std::fputs("usage: stages_bench FILE\n", stderr), 2;
    std::ifstream in(words[1], std::ios::binary);
    if (!in) return std::fprintf(stderr, "stages_bench: cannot read %s\n", words[1]), 1;
    const Bytes data(std::istreambuf_iterator<char>(in), {});
    const auto pool = std::make_shared<BufferPool>(limits::pool_memory(limits::memory_for(1)));
    const bench::Stages stages = bench::stages_of(pool, data);
    std::printf("{\"encrypt\": %s, \"decrypt\": %s}\n", bench::json(stages.encrypt).c_str(),
                bench::json(stages.decrypt).c_str());
    return 0;
}
