#include "base/pages.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <unistd.h>

// The heap only grows, and what malloc has once cut up for small things is lost for large ones. So large blocks come from
// pages of their own, in which free neighbours become one again.
//
//   | malloc's small things | the shelf: blocks that are held on | what one call takes and gives back, and all that is more |
namespace safe {
namespace {

constexpr std::size_t MiB = 1024 * 1024;
constexpr std::size_t small_things = 2 * MiB;
// The budget's buffers of a process (core/host/wasm) and a few blocks that JavaScript fills or lends.
constexpr std::size_t shelf = 24 * MiB;

// A run of free pages says so in its first bytes. The list is in the order of addresses.
struct Run {
    std::size_t size;
    Run *next;

    char *begin() { return reinterpret_cast<char *>(this); }
    char *end() { return begin() + size; }
};

Run *first_free = nullptr;
char *shelf_end = nullptr;

void put_back(void *pages, std::size_t size) noexcept {
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

// The lowest free pages that begin at `from` or above; null if there are none.
void *find(std::size_t size, char *from) {
    for (Run **at = &first_free; *at; at = &(*at)->next) {
        Run *const run = *at;
        char *const begin = std::max(run->begin(), from);
        if (begin >= run->end() || static_cast<std::size_t>(run->end() - begin) < size) continue;
        Run *const next = run->next;
        const std::size_t below = static_cast<std::size_t>(begin - run->begin());
        const std::size_t above = run->size - below - size;
        Run *const rest = above ? new (begin + size) Run{above, next} : next;
        if (below == 0) {
            *at = rest;
        } else {
            *run = Run{below, rest};
        }
        return begin;
    }
    return nullptr;
}

// Adds pages behind all that the heap has, so many that the free ones at its end, from `from` on, are `size`.
void grow(std::size_t size, char *from) {
    Run *last = first_free;
    while (last && last->next) last = last->next;
    char *const top = static_cast<char *>(::sbrk(0));
    const auto address = reinterpret_cast<std::uintptr_t>(top);
    const std::size_t gap = whole_pages(address) - address; // malloc stops anywhere
    std::size_t there = 0;
    if (last && last->end() == top) there = static_cast<std::size_t>(top - std::max(last->begin(), from));
    if (::sbrk(static_cast<std::intptr_t>(gap + size - there)) == reinterpret_cast<void *>(-1)) throw std::bad_alloc();
    put_back(top + gap, size - there);
}

void make_shelf() {
    void *volatile room = std::malloc(small_things); // volatile: else the compiler sees no use in it
    std::free(room);
    grow(shelf, nullptr);
    shelf_end = first_free->end();
}

} // namespace

void *map_pages(std::size_t size, Term term) {
    if (!shelf_end) make_shelf();
    char *const from = term == Term::open ? nullptr : shelf_end;
    if (void *const pages = find(size, from)) return pages;
    grow(size, from);
    return find(size, from);
}

void unmap_pages(void *pages, std::size_t size) noexcept { put_back(pages, size); }

void write_soon(void *, std::size_t) noexcept {}

std::size_t worth_keeping(std::size_t) noexcept { return 0; }

} // namespace safe
