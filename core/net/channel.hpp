// The transport port: moves frames and knows nothing of what they mean (DESIGN 3.10).
#pragma once

#include "base/async.hpp"
#include "base/blob.hpp"
#include "base/cancel.hpp"
#include "base/runtime.hpp"

#include <cstdint>
#include <memory>

namespace safe::net {

// A MessagePack header and the raw bytes that go with it.
struct Frame {
    Bytes header;
    Blob payload;
    // Of a request: doing it twice is doing it once, so that it may be sent again when a connection breaks.
    bool repeatable = true;
    // The same: how long its reply is waited for; 0: as long as it takes.
    std::uint32_t deadline_ms = 0;
};

// What answers requests: one for each connection.
class Service {
  public:
    virtual ~Service() = default;
    // Does not throw: failures are replies. The job is cancelled when nobody wants the reply any more.
    virtual Awaitable<Frame> serve(Frame request, JobRef job) = 0;
    // The reply that says so.
    virtual Frame failure(const Error &error) = 0;
    // The most bytes that the reply's payload may have.
    virtual std::size_t reply_room(const Frame &request) const = 0;
};

// A connection as the client sees it. Any number of calls at a time.
class Channel {
  public:
    virtual ~Channel() = default;
    virtual Awaitable<Frame> call(Frame request, JobRef job) = 0;
    // Another number when the connection is another, for which what belonged to the last one (holds) has gone.
    virtual std::uint64_t generation() const { return 0; }
};

// Both ends in one process: frames are handed over, payloads by reference.
std::shared_ptr<Channel> make_in_process_channel(std::shared_ptr<Service> service);

// The same for a service that may take as long as it likes: a call that is cancelled ends at once, and the service goes
// on with it alone.
std::shared_ptr<Channel> make_patient_channel(RuntimeRef runtime, std::shared_ptr<Service> service);

} // namespace safe::net
