// A channel to a service on the other side of a stream.
#pragma once

#include "net/stream.hpp"

#include "net/channel.hpp"
#include "net/pulse.hpp"

#include <functional>
#include <string>

namespace safe::net {

// Called once, on the loop, when a connection is of no use any more: it has failed, or the vault asks for no more requests;
// calls that run may still get their answers.
using Ended = std::function<void(Error)>;

// Any number of calls at a time, answered in any order. A call that is cancelled or whose deadline passes ends at once,
// and leaves the others as they are; the vault is told. When the stream ends, or brings what cannot be, or nothing for too
// long, all calls fail, and those that come after. The stream is closed with the channel. Loop thread.
// `name`: of the connection, for messages.
std::shared_ptr<Channel> make_stream_channel(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name,
                                             Ended ended = {}, Times times = {});

} // namespace safe::net
