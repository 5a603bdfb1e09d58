// A store that lives and dies with the process ("mem:").
#pragma once

#include "base/runtime.hpp"
#include "store/store.hpp"

namespace safe {

// Values are copied on the way in and shared, not copied, on the way out. They are outside of the memory budget
// (DETAILS D7), and go back to the system as soon as they are removed.
StoreRef make_memory_store(RuntimeRef runtime);

} // namespace safe
