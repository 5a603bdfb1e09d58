// Writers and readers as their handles see them.
#pragma once

#include "session.hpp"

#include "base/buffer.hpp"

#include <atomic>

namespace safe {

// Memory that goes to the user: from pages that are unmapped when it is freed, and not drawn from the budget, which is
// for work under way.
Buffer user_buffer(std::size_t size);

class WriterObject {
  public:
    WriterObject(const std::shared_ptr<Session> &session, std::shared_ptr<Writer> writer, JobRef writer_job)
        : replay_size(writer->replay_size()), job(std::move(writer_job)), child_(session, std::move(writer)) {}

    const std::uint64_t replay_size;
    const JobRef job; // of all calls of the writer

    ChildOf<Writer>::Held hold() const { return child_.hold(); }

    // The right to make the one call that may be under way, until it goes. Throws PENDING.
    std::shared_ptr<void> take_turn();

    // Memory that stays where it is until it was written, or the writer goes. Throws PENDING.
    std::uint8_t *reserve(std::size_t size);
    // The first bytes of what was reserved, which is then used up. Throws INVALID_ARGUMENT.
    std::shared_ptr<const Buffer> commit(std::size_t size);

  private:
    ChildOf<Writer> child_;
    const std::shared_ptr<std::atomic<bool>> busy_ = std::make_shared<std::atomic<bool>>(false);
    std::mutex mutex_;
    std::shared_ptr<Buffer> reserved_;
};

class ReaderObject {
  public:
    ReaderObject(const std::shared_ptr<Session> &session, std::shared_ptr<Reader> reader)
        : size(reader->size()), child_(session, std::move(reader)) {}

    const std::uint64_t size;

    ChildOf<Reader>::Held hold() const { return child_.hold(); }

  private:
    ChildOf<Reader> child_;
};

} // namespace safe
