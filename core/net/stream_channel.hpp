// A channel to a service on the other side of a stream.
#pragma once

#include "net/stream.hpp"

#include "net/channel.hpp"

#include <string>

namespace safe::net {

// Any number of calls at a time, answered in any order. A call that is cancelled ends at once and leaves the others as
// they are. When the stream ends, or brings what cannot be, all calls fail, and those that come after. The stream is
// closed with the channel. Loop thread.
// `name`: of the connection, for messages.
std::shared_ptr<Channel> make_stream_channel(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name);

} // namespace safe::net
