#include "base/pages.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>
#include <unistd.h>

// The heap only grows, and what malloc has once cut up for small things is lost for large ones. So large blocks come from
// runs of pages of their own, in which free neighbours become one again.
namespace safe {
namespace {

// A run of free pages says so in its first bytes. The list is in the order of addresses.
struct Run {
    std::size_t size;
    Run *next;

    char *begin() { return reinterpret_cast<char *>(this); }
    char *end() { return begin() + size; }
};

Run *first_free = nullptr;

// What malloc has when the first pages come lies together, and so do the pages, unless small things outgrow it.
constexpr std::size_t small_things = 2 * 1024 * 1024;

void make_room_for_small_things() {
    static bool made = false;
    if (made) return;
    made = true;
    std::free(std::malloc(small_things));
}

// Memory behind all that the heap has. It may already begin with a free run.
void *grow(std::size_t size) {
    make_room_for_small_things();
    Run **last = &first_free;
    while (*last && (*last)->next) last = &(*last)->next;
    const auto top = reinterpret_cast<std::uintptr_t>(::sbrk(0));
    const std::size_t gap = whole_pages(top) - top; // malloc stops anywhere
    const bool joins = *last && reinterpret_cast<std::uintptr_t>((*last)->end()) == top;
    const std::size_t wanted = joins ? size - (*last)->size : size + gap;
    void *const more = ::sbrk(static_cast<std::intptr_t>(wanted));
    if (more == reinterpret_cast<void *>(-1)) throw std::bad_alloc();
    if (!joins) return static_cast<char *>(more) + gap;
    void *const pages = *last;
    *last = nullptr;
    return pages;
}

} // namespace

// The lowest run that is large enough: the upper end stays free for what does not fit below.
void *map_pages(std::size_t size) {
    for (Run **at = &first_free; *at; at = &(*at)->next) {
        Run *const run = *at;
        if (run->size < size) continue;
        if (run->size == size) {
            *at = run->next;
        } else {
            *at = new (run->begin() + size) Run{run->size - size, run->next};
        }
        return run;
    }
    return grow(size);
}

void unmap_pages(void *pages, std::size_t size) noexcept {
    Run **at = &first_free;
    Run *before = nullptr;
    while (*at && *at < pages) {
        before = *at;
        at = &before->next;
    }
    Run *run = new (pages) Run{size, *at};
    *at = run;
    if (run->next && run->end() == run->next->begin()) {
        run->size += run->next->size;
        run->next = run->next->next;
    }
    if (before && before->end() == run->begin()) {
        before->size += run->size;
        before->next = run->next;
    }
}

std::size_t worth_keeping(std::size_t) noexcept { return 0; }

} // namespace safe
