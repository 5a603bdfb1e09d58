// Answers what comes in over a stream.
#pragma once

#include "net/stream.hpp"

#include "net/channel.hpp"
#include "net/pulse.hpp"

namespace safe::net {

// What one connection may take.
struct ServeOptions {
    Times times = {};
    // No more is read while so many requests are being answered, or so many bytes are those of requests and of replies that
    // were not sent: two of the largest with all that goes with them, so that one comes in while the other is looked at.
    unsigned requests_at_once = 64;
    std::size_t bytes_at_once = 9 * 1024 * 1024;
    // Of all connections together: pays for payloads from large_payload on before room is made for them. None: nobody
    // does. Not one that clients in the same process draw on: they hold what they have until they are answered.
    std::shared_ptr<Budget> budget = {};
    // When that is requested, the client is told to ask for nothing more here.
    std::shared_ptr<Cancel> drain = {};
};

// Until the other side closes, and what it has asked is done. Throws what ends it before: the stream's failure,
// BAD_MESSAGE, CANCELLED at once when that is asked for. Closes the stream in any case.
Awaitable<void> serve_stream(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                             std::shared_ptr<Service> service, ServeOptions options);

inline Awaitable<void> serve_stream(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                    std::shared_ptr<Service> service) {
    return serve_stream(std::move(runtime), std::move(job), std::move(stream), std::move(service), ServeOptions());
}

} // namespace safe::net
