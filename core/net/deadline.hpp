// Closes a stream when something on it takes too long, or is cancelled.
#pragma once

#include "net/stream.hpp"

#include "base/cancel.hpp"
#include "base/runtime.hpp"

#include <chrono>
#include <memory>

namespace safe::net {

// From when it is made until it goes. Loop thread.
class Deadline {
  public:
    Deadline(const RuntimeRef &runtime, JobRef job, std::shared_ptr<Stream> stream, std::chrono::milliseconds time);
    ~Deadline();
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    bool passed() const;
    // What a failure of what was done in that time really is: CANCELLED, TIMEOUT with this message, or itself.
    Error reason(Error failure, const std::string &message) const;

  private:
    struct Watch;
    static Awaitable<void> run(std::shared_ptr<Watch> watch, std::shared_ptr<Stream> stream,
                               std::chrono::milliseconds time);

    const JobRef job_;
    const std::shared_ptr<Watch> watch_;
    const Cancel::Hook hook_;
};

} // namespace safe::net
