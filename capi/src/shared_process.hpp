// The process's one Process: made when a client or an operation needs it, ended with the last of them.
#pragma once

#include "host/schemes.hpp"

#include <cstdint>

namespace safe {

// Throws INVALID_ARGUMENT for settings in the environment that make no sense.
ProcessRef shared_process();

// The schemes of ports, which may be there before a process is, and after. Never destroyed.
const std::shared_ptr<Schemes> &added_schemes();

// Throw INVALID_ARGUMENT, and BUSY while there is a process. 0: the default.
void set_workers(std::uint64_t workers);
void set_memory(std::uint64_t bytes);

// What is in force, or would be.
ProcessOptions process_options();

} // namespace safe
