// Whole pages straight from the system, given back the moment they are freed: no allocator keeps them (DETAILS D7).
#pragma once

#include <cstddef>

namespace safe {

// Memory of `size` bytes (a multiple of 4096). Throws std::bad_alloc.
void *map_pages(std::size_t size);
void unmap_pages(void *pages, std::size_t size) noexcept;

} // namespace safe
