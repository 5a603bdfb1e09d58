// Callbacks of the library on their way to Python. No thread of the library ever enters or waits for the interpreter
// (DESIGN 3.3): it leaves a message, and Python's main thread calls the function at its next chance.
#pragma once

#include "handles.hpp"

#include <functional>

namespace safe_python {

// A Python function that the library was given. The last reference goes under the global lock.
struct Listener {
    pybind11::object function;
};
using Slot = std::shared_ptr<Listener>;

// What the library is given as user data.
inline Slot *listening(pybind11::object function) { return new Slot(new Listener{std::move(function)}); }

// Calls with the lock held, on Python's main thread.
using Message = std::function<void(const pybind11::object &function)>;

// From any thread; takes the reference over. Messages beyond the mailbox's size are dropped, and all of them once the interpreter is ending.
void post(Slot listener, Message message);

// Closes the mailbox when the interpreter exits.
void close_mailbox_at_exit();

} // namespace safe_python
