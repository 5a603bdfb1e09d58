// Whole pages straight from the system, given back the moment they are freed: no allocator keeps them (DETAILS D7). In wasm,
// where nothing can be given back, they are apart from all that malloc has.
#pragma once

#include <cstddef>

namespace safe {

constexpr std::size_t page_size = 4096;
constexpr std::size_t whole_pages(std::size_t size) { return (size + page_size - 1) / page_size * page_size; }

// How long pages are held: until some later time, or not longer than one call lasts. Where none can be given back to a
// system, those of a call lie apart, so that each finds the same free memory again, whatever else is held.
enum class Term { open, call };

// Memory of `size` bytes (whole pages). Throws std::bad_alloc.
void *map_pages(std::size_t size, Term term);
void unmap_pages(void *pages, std::size_t size) noexcept;

// Of new pages that all are written next: has the system make them at once, where it would do so one by one. A hint.
void write_soon(void *pages, std::size_t size) noexcept;

// Of `limit` bytes that a user would keep for the next taker instead of unmapping them: as many as save more than they cost.
std::size_t worth_keeping(std::size_t limit) noexcept;

} // namespace safe
