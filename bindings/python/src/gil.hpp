// Leaving and taking back Python's global lock around calls of the library.
#pragma once

#include <pybind11/pybind11.h>

#include <cxxabi.h>
#include <type_traits>
#include <unistd.h>

namespace safe_python {

// A thread that comes back while the interpreter is being finalized is ended by CPython (up to 3.13) with pthread_exit,
// whose unwinding would run our destructors without the lock, or end in std::terminate at the first noexcept frame.
// Such a thread sleeps here until the process is gone, as CPython 3.14 does itself.
inline void take_lock_back(PyThreadState *state) {
    try {
        PyEval_RestoreThread(state);
    } catch (abi::__forced_unwind &) {
        for (;;) pause();
    }
}

// Calls without the lock. The call is one into the C interface: it does not throw and touches no Python object.
template <class Call>
auto unlocked(Call &&call) -> decltype(call()) {
    PyThreadState *state = PyEval_SaveThread();
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        take_lock_back(state);
    } else {
        const auto result = call();
        take_lock_back(state);
        return result;
    }
}

} // namespace safe_python
