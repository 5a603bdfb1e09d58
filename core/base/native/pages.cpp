#include "base/pages.hpp"

#include <new>
#include <sys/mman.h>

namespace safe {

void *map_pages(std::size_t size, Term) {
    void *pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return pages;
}

void unmap_pages(void *pages, std::size_t size) noexcept { ::munmap(pages, size); }

// The system wipes pages before it gives them out again: that costs more than what is done with them in between.
std::size_t worth_keeping(std::size_t limit) noexcept { return limit; }

} // namespace safe
