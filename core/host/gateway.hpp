// What is in a vault, for whoever speaks HTTP and no more (RFC 9110, 9112): GET and HEAD of links, read only.
//
//   /safe:public-... /safe:private-...    content, with ranges
//   /<64 hex digits>                      content by the address of its descriptor
//   /metrics                              what was counted, for Prometheus
#pragma once

#include "client/client.hpp"
#include "net/stream.hpp"

#include <functional>
#include <memory>
#include <string>

namespace safe {

// What a gateway shows.
struct GatewayPages {
    std::shared_ptr<Client> client;
    std::function<Awaitable<std::string>()> metrics;
    // Held from when a request is whole until it is answered. Throws what it is refused with.
    std::function<std::shared_ptr<void>()> enter;
    // Whether this request is the connection's last.
    std::function<bool()> is_ending;
    // Host names by which it may be asked for (lower case); empty: any. A page that has its own name point to this machine
    // does not read through its visitor's browser what is served to this machine alone.
    std::vector<std::string> hosts;
};

// Answers one connection until either side closes it. Closes the stream in any case. Throws what ended it.
Awaitable<void> serve_gateway(RuntimeRef runtime, JobRef job, std::shared_ptr<net::Stream> stream, GatewayPages pages);

} // namespace safe
