#include "base/pages.hpp"

#include <cstddef>
#include <new>

// Memory for the host's large blocks (64 KiB and more): from the pages, like the library's own, so that none of them cuts up
// what malloc has. `briefly`: not longer than one call lasts. NULL: there is no more.
extern "C" __attribute__((visibility("default"))) void *safe_wasm_take(std::size_t size, bool briefly) {
    try {
        return safe::map_pages(safe::whole_pages(size), briefly ? safe::Term::call : safe::Term::open);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

extern "C" __attribute__((visibility("default"))) void safe_wasm_give(void *memory, std::size_t size) {
    safe::unmap_pages(memory, safe::whole_pages(size));
}
