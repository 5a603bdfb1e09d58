#include "streams.hpp"

namespace safe {

Buffer user_buffer(std::size_t size) {
    static const auto *const pool = new BufferPoolRef(std::make_shared<BufferPool>(0)); // keeps nothing
    Buffer buffer(*pool, size);
    buffer.resize(size);
    return buffer;
}

std::shared_ptr<void> WriterObject::take_turn() {
    if (busy_->exchange(true))
        throw Error(Errc::pending, "a call of this writer is under way; wait until its operation has ended");
    return {nullptr, [busy = busy_](void *) { *busy = false; }};
}

std::uint8_t *WriterObject::reserve(std::size_t size) {
    const auto turn = take_turn();
    const std::lock_guard lock(mutex_);
    if (!reserved_ || reserved_->capacity() < size) reserved_ = std::make_shared<Buffer>(user_buffer(size));
    reserved_->resize(size);
    return reserved_->data();
}

std::shared_ptr<const Buffer> WriterObject::commit(std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (!reserved_ || size > reserved_->size())
        throw Error(Errc::invalid_argument, "safe_writer_commit: size is " + std::to_string(size) + ", but " +
                                                std::to_string(reserved_ ? reserved_->size() : 0) +
                                                " bytes were reserved; call safe_writer_reserve before each commit");
    auto committed = std::move(reserved_);
    reserved_ = nullptr;
    committed->resize(size);
    return committed;
}

} // namespace safe
