#include "base/buffer.hpp"

#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace safe {

BufferPool::BufferPool(std::size_t limit) : limit_(worth_keeping(limit)) {}

// Whole pages; where some are kept, steps of an eighth of the next power of two: little waste, and buffers of nearly equal
// size can stand in for each other.
std::size_t BufferPool::rounded(std::size_t size) const {
    std::size_t step = page_size;
    while (limit_ > 0 && step * 16 < size) step *= 2;
    return (size + step - 1) / step * step;
}

void *BufferPool::take(std::size_t size, Term term) {
    size = rounded(size);
    const std::lock_guard lock(mutex_);
    void *memory = nullptr;
    if (auto kept = free_.find(size); kept != free_.end()) {
        memory = kept->second;
        free_.erase(kept);
        kept_ -= size;
    } else {
        const std::size_t wanted = used_ + size;
        drop_kept_above(wanted < limit_ ? limit_ - wanted : 0);
        memory = map_pages(size, term);
    }
    used_ += size;
    return memory;
}

void BufferPool::give(void *memory, std::size_t size) noexcept {
    size = rounded(size);
    const std::lock_guard lock(mutex_);
    used_ -= size;
    if (used_ + kept_ + size <= limit_) {
        try {
            free_.emplace(size, memory);
            kept_ += size;
            return;
        } catch (const std::bad_alloc &) {
            // Not kept, then.
        }
    }
    unmap_pages(memory, size);
}

void BufferPool::drop_kept_above(std::size_t allowed) noexcept {
    while (kept_ > allowed) {
        const auto largest = std::prev(free_.end());
        unmap_pages(largest->second, largest->first);
        kept_ -= largest->first;
        free_.erase(largest);
    }
}

void BufferPool::trim() noexcept {
    const std::lock_guard lock(mutex_);
    drop_kept_above(0);
}

std::size_t BufferPool::used() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

std::size_t BufferPool::kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
}

Buffer::Buffer(BufferPoolRef pool, std::size_t capacity, Term term) : capacity_(capacity) {
    if (capacity >= pooled_from && pool) {
        data_ = static_cast<Byte *>(pool->take(capacity, term));
        pool_ = std::move(pool);
    } else {
        data_ = static_cast<Byte *>(::operator new(capacity ? capacity : 1));
    }
}

Buffer &Buffer::operator=(Buffer &&other) noexcept {
    if (this == &other) return *this;
    reset();
    pool_ = std::move(other.pool_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
}

void Buffer::resize(std::size_t size) {
    assert(size <= capacity_);
    size_ = size;
}

void Buffer::append(ByteView bytes) {
    assert(bytes.size() <= capacity_ - size_);
    if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
}

void Buffer::reset() noexcept {
    if (!data_) return;
    if (pool_) {
        pool_->give(data_, capacity_);
        pool_.reset();
    } else {
        ::operator delete(data_);
    }
    data_ = nullptr;
    size_ = capacity_ = 0;
}

} // namespace safe
