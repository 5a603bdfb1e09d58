// Answers what comes in over a stream.
#pragma once

#include "net/stream.hpp"

#include "net/channel.hpp"

namespace safe::net {

// As many requests at a time; more are not read from the stream before one of these was answered.
constexpr unsigned requests_at_once = 8;

// Until the other side closes, and what it has asked is done. Throws what ends it before: the stream's failure,
// BAD_MESSAGE, CANCELLED at once when that is asked for. Closes the stream in any case.
Awaitable<void> serve_stream(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                             std::shared_ptr<Service> service);

} // namespace safe::net
