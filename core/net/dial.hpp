// Connections to where somebody listens.
#pragma once

#include "net/endpoint.hpp"
#include "net/stream.hpp"

#include "base/cancel.hpp"
#include "base/runtime.hpp"

#include <memory>

namespace safe::net {

// Tries all addresses of the host, for 5 seconds in all. CONNECTION_FAILED, CANCELLED at once when that is asked for,
// UNSUPPORTED where there are no sockets. What the stream still has to agree on (WebSocket, TLS) it does when it is first used.
Awaitable<std::shared_ptr<Stream>> dial(RuntimeRef runtime, JobRef job, Endpoint endpoint);

} // namespace safe::net
