// A channel that outlives its connections: when one breaks it makes another, and asks again what had no answer.
#pragma once

#include "net/channel.hpp"

#include <chrono>
#include <functional>

namespace safe::net {

enum class Link { up = 1, down = 2, closed = 3 };

// Makes a connection. What it throws is final unless is_retryable says otherwise, or damage on the way may be behind it
// (BAD_MESSAGE, BAD_SIGNATURE), which is believed when it comes three times in a row. `ended` is called once, on the loop, when
// it is of no use any more; calls that run on it may still get their answers.
using Ended = std::function<void(Error)>;
using Dial = std::function<Awaitable<std::shared_ptr<Channel>>(JobRef job, Ended ended)>;

// Loop thread.
class LastingChannel : public Channel {
  public:
    // The pauses between attempts: the first at most that long, each further one twice as long at most, up to the last;
    // each is drawn at random from its upper half, so that clients of one vault do not all come back at once.
    struct Pauses {
        std::chrono::milliseconds first{100};
        std::chrono::milliseconds last{5000}; // less than calls usually wait
    };
    // How long a call waits for a connection before it fails.
    virtual void set_patience(std::chrono::milliseconds patience) = 0;

    virtual Link link() const = 0; // any thread
    // Returns when it is another than that.
    virtual Awaitable<void> until_other_than(Link known, JobRef job) = 0;
};

// Connects, or throws what `dial` throws; the first time is not repeated. `name`: for messages.
Awaitable<std::shared_ptr<LastingChannel>> make_lasting_channel(RuntimeRef runtime, JobRef job, Dial dial,
                                                                std::string name, LastingChannel::Pauses pauses);

} // namespace safe::net
