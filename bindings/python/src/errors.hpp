// Failures of the C interface as Python exceptions.
#pragma once

#include "gil.hpp"

#include "safe/safe.h"

#include <algorithm>
#include <chrono>

namespace safe_python {

// The callable that makes an exception of (code, name, message, details); libsafe/errors.py sets it.
void set_error_factory(pybind11::object factory);

// Raises what the error says and frees it. `function` is named if there is no error object.
[[noreturn]] void raise(safe_status code, safe_error *error, const char *function);

inline void check(safe_status status, safe_error *error, const char *function) {
    if (status != SAFE_OK) raise(status, error, function);
}

// A result that was NULL although the interface says that it is not: the handle was a bad one.
[[noreturn]] void raise_bad_handle(const char *function);

// Waits in slices, so that signals (Ctrl-C) are seen. `call(slice_ms, &error)` gives SAFE_TIMEOUT when it has not
// come to an end; `ended()` tells that from an operation which itself failed with SAFE_TIMEOUT.
template <class Call, class Ended>
safe_status sliced(int64_t timeout_ms, safe_error **error, Call call, Ended ended) {
    using clock = std::chrono::steady_clock;
    constexpr int64_t slice_ms = 100; // how long a Ctrl-C may go unseen
    const auto start = clock::now();
    for (;;) {
        const int64_t gone = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start).count();
        const int64_t left = timeout_ms < 0 ? slice_ms : std::max<int64_t>(timeout_ms - gone, 0);
        const int64_t slice = std::min(left, slice_ms);
        const safe_status status = unlocked([&] { return call(slice, error); });
        const bool over = timeout_ms >= 0 && left <= slice_ms;
        if (status != SAFE_TIMEOUT || over || ended()) return status;
        safe_error_free(*error);
        *error = nullptr;
        if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
    }
}

} // namespace safe_python
