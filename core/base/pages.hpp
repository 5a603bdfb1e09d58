// Whole pages straight from the system, given back the moment they are freed: no allocator keeps them (DETAILS D7). In wasm,
// where nothing can be given back, they are apart from all that malloc has.
#pragma once

#include <cstddef>

namespace safe {

constexpr std::size_t page_size = 4096;
constexpr std::size_t whole_pages(std::size_t size) { return (size + page_size - 1) / page_size * page_size; }

// Memory of `size` bytes (whole pages). Throws std::bad_alloc.
void *map_pages(std::size_t size);
void unmap_pages(void *pages, std::size_t size) noexcept;

// Of `limit` bytes that a user would keep for the next taker instead of unmapping them: as many as save more than they cost.
std::size_t worth_keeping(std::size_t limit) noexcept;

} // namespace safe
