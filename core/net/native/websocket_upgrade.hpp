// The HTTP request that asks for a WebSocket.
#pragma once

#include "net/stream.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <memory>
#include <string>

namespace safe::net {

// Browsers send the cookies of a host along, whatever its port.
constexpr std::size_t max_upgrade = 8 * 1024;

struct Upgrade {
    boost::beast::http::request<boost::beast::http::empty_body> request;
    Blob rest; // what came after it
};

// Bounded. BAD_MESSAGE as soon as it can be no such request.
Awaitable<Upgrade> read_upgrade(std::shared_ptr<Stream> stream);

} // namespace safe::net
