// Every figure that bounds something, with the reason beside it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace safe::limits {

constexpr std::uint64_t MiB = 1024 * 1024;

// Living format "C2" (reference/self_encryption.md B.1).
constexpr std::uint64_t max_chunk_content = 4190208; // plaintext bytes in one chunk: 4 MiB - 4 KiB
constexpr std::uint64_t min_encryptable = 3;         // below: inline, DETAILS D6
constexpr std::size_t max_stored_chunk = 4 * MiB;    // what the network accepts as one chunk
constexpr std::uint64_t max_chunks = 157132;         // above, upstream's shrinking breaks (B.2)
constexpr std::uint64_t max_file = max_chunks * max_chunk_content;
constexpr unsigned max_map_depth = 100; // upstream's recursion cap
constexpr std::size_t max_inline = 1024;

// Memory (DETAILS D7). A brotli encoder at quality 6 was measured at 25 to 30 MiB on one full chunk besides its output,
// which is booked with it.
constexpr std::uint64_t encoder_memory = 40 * MiB;
// One chunk buffer, plain or encrypted.
constexpr std::uint64_t chunk_memory = 4 * MiB;
constexpr std::uint64_t least_buffers = 6 * chunk_memory; // one streaming writer (3), one reader (2), one spare
constexpr std::uint64_t memory_for(unsigned workers) {
    return workers * encoder_memory + least_buffers + (workers - 1) * 2 * chunk_memory; // 64 MiB, 112 MiB, ...
}
constexpr std::uint64_t buffer_memory(std::uint64_t memory, unsigned workers) {
    const std::uint64_t encoders = workers * encoder_memory;
    return std::max(least_buffers, memory > encoders ? memory - encoders : 0);
}
// Freed buffers are kept for the next taker only below this: what the budget does not see (SQLite, stacks, the heap) must
// fit in beside them.
constexpr std::uint64_t pool_memory(std::uint64_t memory) { return memory - std::min(memory / 8, 8 * MiB); }
constexpr std::chrono::milliseconds idle_before_trim{500};

constexpr std::size_t max_link_text = 700; // DESIGN 3.14
constexpr std::size_t max_link_name = 128; // bytes of UTF-8
constexpr std::size_t max_media_type = 64;

constexpr std::size_t max_record_value = 1 * MiB; // as 2019's mutable data
constexpr std::size_t max_record_label = 255;
constexpr std::size_t max_page = 1000; // entries in one page of a list

} // namespace safe::limits
