// The event loop of a native process is Asio's own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace safe {

using Loop = boost::asio::io_context;
using Timer = boost::asio::steady_timer;

} // namespace safe
