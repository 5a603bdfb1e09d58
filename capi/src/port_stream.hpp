// A connection over a transport that a program has brought along.
#pragma once

#include "port.hpp"

namespace safe {

// Loop thread. Takes as long as the port takes for its OPEN.
Awaitable<std::shared_ptr<net::Stream>> open_port_stream(std::shared_ptr<Port> port, ProcessRef process,
                                                         std::uint64_t connection, std::string url);

} // namespace safe
