// Waits for operations of the library: one completion queue, whose descriptor is polled together with signals.
#pragma once

#include "handle.hpp"

#include <cstdint>
#include <functional>
#include <set>

namespace safe::cli {

class Loop {
  public:
    Loop();

    // Called about ten times a second while something is waited for; for progress bars.
    std::function<void()> on_tick;

    // Has the operation delivered by next() under the tag that is returned.
    std::uint64_t watch(const Op &op);
    // Waits for the end of one watched operation and gives its tag. Throws Interrupted.
    std::uint64_t next();

    // Waits until the operation has ended; throws its failure. When interrupted, the operation is cancelled, and has
    // ended, before Interrupted leaves here: buffers lent to it may then go.
    void await(const Op &op);

    // The result of an operation, e.g. result<Client>(op, safe_op_take_client).
    template <class Result, class T>
    Result result(const Op &op, safe_status (*take)(safe_op *, T **, safe_error **)) {
        await(op);
        Result result;
        check([&](safe_error **error) { return take(op.get(), result.out(), error); });
        return result;
    }
    std::uint64_t number(const Op &op);

    // The descriptor of an input, or the time until something is to be drawn; see wait_for. Ticks while it waits.
    void wait_readable(int fd);

  private:
    bool fetch();
    void wait_on(int fd);

    Queue queue_;
    int fd_ = -1;
    std::uint64_t last_tag_ = 0;
    std::set<std::uint64_t> ended_; // delivered, but not asked for yet
};

// Asks the operation to stop and waits until it has ended.
void stop(const Op &op);

// Throws the operation's failure; it must have ended.
void check_done(const Op &op);

} // namespace safe::cli
