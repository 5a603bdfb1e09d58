// A vault of this process for somebody on the other side of a stream.
#pragma once

#include "host/connect.hpp"

namespace safe {

// Opens the vault, then the connection, and answers what comes in over it until the other side closes. Throws what ends it
// before.
Awaitable<void> serve(ProcessRef process, JobRef job, std::string vault_url, std::string transport_url, bool create);

} // namespace safe
