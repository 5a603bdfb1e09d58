// WebSocket (RFC 6455; docs/protocol.md, "WebSocket") over any stream of ours, by Beast.
#pragma once

#include "net/listener.hpp"

#include <memory>
#include <string>

namespace safe::net {

// Both shake hands when they are first used, in the time that whoever does it has for that.

// What comes in where somebody listens. Another path than this one is not found there.
std::shared_ptr<Stream> make_websocket_server(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string path);

// BAD_MESSAGE at first use if there is no such WebSocket.
std::shared_ptr<Stream> make_websocket_client(RuntimeRef runtime, std::shared_ptr<Stream> stream, Endpoint endpoint);

} // namespace safe::net
