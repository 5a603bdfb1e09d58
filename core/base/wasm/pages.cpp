#include "base/pages.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace safe {

// The heap is all there is; it cannot shrink, and what is freed is there for the next taker.
void *map_pages(std::size_t size) {
    void *pages = std::aligned_alloc(4096, size);
    if (!pages) throw std::bad_alloc();
    return pages;
}

void unmap_pages(void *pages, std::size_t) noexcept { std::free(pages); }

} // namespace safe
