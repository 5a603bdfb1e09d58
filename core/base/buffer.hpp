// Large buffers: mapped directly, reused while work goes on, given back when it ends (DETAILS D7).
#pragma once

#include "base/bytes.hpp"
#include "base/pages.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace safe {

// Hands out page-backed memory for everything of 64 KiB and more that the library uses in bulk: chunk buffers and the
// compressors' work space. Freed regions are kept for the next taker only while the sum of used and kept memory stays
// under the limit, and until trim(). Thread-safe.
class BufferPool {
  public:
    explicit BufferPool(std::size_t limit);
    ~BufferPool() { trim(); }
    BufferPool(const BufferPool &) = delete;
    BufferPool &operator=(const BufferPool &) = delete;

    void *take(std::size_t size, Term term = Term::open); // throws std::bad_alloc
    void give(void *memory, std::size_t size) noexcept;
    void trim() noexcept;

    std::size_t used() const;
    std::size_t kept() const;

  private:
    std::size_t rounded(std::size_t size) const;
    void drop_kept_above(std::size_t allowed) noexcept; // with the lock held

    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::size_t used_ = 0;
    std::size_t kept_ = 0;
    std::multimap<std::size_t, void *> free_; // by size
};

using BufferPoolRef = std::shared_ptr<BufferPool>;

// A move-only block of writable memory with a size that may shrink. Small ones come from the heap.
class Buffer {
  public:
    static constexpr std::size_t pooled_from = 64 * 1024;

    Buffer() = default;
    Buffer(BufferPoolRef pool, std::size_t capacity, Term term = Term::open);
    ~Buffer() { reset(); }
    Buffer(Buffer &&other) noexcept { *this = std::move(other); }
    Buffer &operator=(Buffer &&other) noexcept;

    Byte *data() { return data_; }
    const Byte *data() const { return data_; }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    MutableView room() { return {data_, capacity_}; }
    ByteView view() const { return {data_, size_}; }
    MutableView view() { return {data_, size_}; }
    void resize(std::size_t size); // within the capacity
    void append(ByteView bytes);   // within the capacity
    void reset() noexcept;
    explicit operator bool() const { return data_ != nullptr; }

  private:
    BufferPoolRef pool_; // null: heap
    Byte *data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace safe
