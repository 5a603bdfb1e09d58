// What a vault keeps, as one small interface (DETAILS D11). A store knows nothing of what it keeps, and promises one
// concurrency primitive: create if absent. Keys are printable ASCII paths of up to 200 characters, e.g. "chunks/<hex>" or
// "records/<hex>/<16 hex digits>"; values are 0 bytes to 5 MiB.
//
// A put is durable when it returns. Errors are Error with a code of the store block; STORE_CORRUPT from get or touch means
// that this one value is damaged or lost, and replace() mends it. All calls are made on the loop thread of the runtime
// that the store was made with, any number at a time.
#pragma once

#include "base/async.hpp"
#include "base/blob.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace safe {

struct StoreFigures {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // of values
};

struct StoreDisk {
    std::uint64_t used_bytes = 0; // by the store
    std::uint64_t free_bytes = 0; // for more of it
};

class Store {
  public:
    struct Entry {
        std::string key;
        std::uint64_t size;
    };
    struct Page {
        std::vector<Entry> entries; // ascending by key
        bool more = false;
    };

    virtual ~Store() = default;

    // Exactly one of any number of racing callers, in all processes, gets true; false: the key is there already.
    virtual Awaitable<bool> create(std::string key, Blob value) = 0;

    // Puts the value in place of what may be there, atomically. Only for values that are wrong (a corrupt chunk).
    virtual Awaitable<void> replace(std::string key, Blob value) = 0;

    // The bytes [offset, offset + length) of the value, cut at its end; nullopt if there is none of that key.
    virtual Awaitable<std::optional<Blob>> get(std::string key, std::uint64_t offset = 0,
                                               std::uint64_t length = UINT64_MAX) = 0;

    // Keys that begin with the prefix and are greater than `after`, at most `limit`.
    virtual Awaitable<Page> list(std::string prefix, std::string after, std::size_t limit) = 0;

    // False if there was none.
    virtual Awaitable<bool> remove(std::string key) = 0;

    // Marks the key as in use now, so that a sweep that began before leaves it. False if there is none.
    virtual Awaitable<bool> touch(std::string key) = 0;

    // While held, nothing created or touched since then is removed by a sweep, in whatever process (gc). Ends when the
    // last reference goes, or its process.
    virtual Awaitable<std::shared_ptr<void>> hold() = 0;

    // Now, or when the oldest hold that lives began (milliseconds of the wall clock). What gc asks before it looks at
    // anything, and hands to sweep: a put that was running at that moment and has ended since is then still safe.
    virtual Awaitable<std::uint64_t> horizon() = 0;

    // Removes those of the keys (any number) that have neither been created nor touched since `horizon` or the oldest
    // hold that lives, whichever is earlier. Gives the keys that it removed.
    virtual Awaitable<std::vector<std::string>> sweep(std::vector<std::string> keys, std::uint64_t horizon) = 0;

    virtual Awaitable<StoreFigures> figures(std::string prefix) = 0;
    // Zeros where there is no disk.
    virtual Awaitable<StoreDisk> disk() { co_return StoreDisk{}; }
    virtual std::uint32_t format() const { return 0; }
};

using StoreRef = std::shared_ptr<Store>;

} // namespace safe
