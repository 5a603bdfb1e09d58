// Stores many inputs, several at a time, and hands their outcomes on in the order of the inputs.
#pragma once

#include "context.hpp"
#include "inputs.hpp"

#include <deque>
#include <functional>
#include <map>

namespace safe::cli {

struct Outcome {
    const Input &input;
    Receipt receipt;                // empty after a failure
    std::optional<Failure> failure; // empty after a success
};

class PutQueue {
  public:
    // `flags`: of safe_put_flag. `deliver` is called once for each input, in order.
    PutQueue(Context &context, const Client &client, std::uint32_t flags, unsigned at_once,
             std::function<void(Outcome)> deliver);
    // Cancels what is under way and waits for its end.
    ~PutQueue();
    PutQueue(const PutQueue &) = delete;
    PutQueue &operator=(const PutQueue &) = delete;

    void run(const InputList &list);

  private:
    struct Job {
        const Input *input;
        Op op;
        std::uint64_t tag = 0; // 0: nothing is under way
        Receipt receipt;
        std::optional<Failure> failure;
    };

    void start(const Input &input);
    Receipt put_stream(const Input &input);
    void pump(Writer &writer, const Input &input);
    void finish_one();
    void deliver_ready();
    std::uint64_t progress() const;

    Context &context_;
    const Client &client_;
    std::uint32_t flags_;
    unsigned at_once_;
    std::function<void(Outcome)> deliver_;
    std::deque<Job> jobs_; // started and not delivered yet
    unsigned running_ = 0;
    std::uint64_t finished_bytes_ = 0, stream_bytes_ = 0;
};

} // namespace safe::cli
