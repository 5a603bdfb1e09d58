// Ports: stores and transports that a program brings along itself (safe/ports.h says what they promise).
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/ports.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace safe {
inline namespace v1 {

// One thing that a port is asked. It is answered once, from any thread; without an answer it fails.
class Request {
  public:
    Request() noexcept = default;
    explicit Request(safe_request *raw) noexcept : handle_(raw) {}

    // One of safe_request_kind_code: safe/ports.h says what each asks, and which answer it takes.
    std::int32_t kind() const noexcept { return safe_request_kind(get()); }
    std::string url() const { return text(safe_request_url(get())); }
    std::uint64_t connection() const noexcept { return safe_request_connection(get()); }
    std::string key() const { return text(safe_request_key(get())); }
    std::string after() const { return text(safe_request_after(get())); }
    std::uint64_t offset() const noexcept { return safe_request_offset(get()); }
    std::uint64_t length() const noexcept { return safe_request_length(get()); }
    std::uint64_t limit() const noexcept { return safe_request_limit(get()); }
    std::uint32_t flags() const noexcept { return safe_request_flags(get()); }

    // The value: lives as long as this.
    View data() const noexcept { return View(safe_request_data(get()), safe_request_size(get())); }

    void done(bool yes = true) { call(safe_request_done, get(), std::int32_t{yes}); }
    void give(View data) { call(safe_request_give, get(), data.data(), data.size()); }
    void none() { call(safe_request_none, get()); }
    void add(const std::string &name, std::uint64_t size) { call(safe_request_add, get(), name.c_str(), size); }

    void figures(std::uint64_t objects, std::uint64_t bytes, std::uint64_t used_bytes = 0,
                 std::uint64_t free_bytes = 0) {
        call(safe_request_figures, get(), objects, bytes, used_bytes, free_bytes);
    }

    // message: why, and after a "; " what to do next.
    void fail(safe_code code, const std::string &message) {
        call(safe_request_fail, get(), std::int32_t{code}, message.c_str());
    }

    // For the C interface.
    safe_request *get() const noexcept { return handle_.get(); }

  private:
    static std::string text(const char *given) { return given ? given : ""; }

    Handle<safe_request, safe_request_free> handle_;
};

// Serves the connection URLs of one scheme until it is gone.
class Port {
  public:
    Port() noexcept = default;
    explicit Port(const std::string &scheme, safe_port_kind kind = SAFE_PORT_STORE) {
        call(safe_port_create, std::int32_t{kind}, scheme.c_str(), handle_.out());
    }

    // The next request; none after the time, or when the port was closed.
    std::optional<Request> next(std::chrono::milliseconds timeout) { return next_in(timeout.count()); }

    // Waits without limit; none when the port was closed.
    std::optional<Request> next() { return next_in(SAFE_FOREVER); }

    // Calls f() once when requests wait, on the library's loop thread: it must not block nor throw. Fetch them with
    // next(0ms) until there is none, and set it again.
    void on_request(std::function<void()> f) {
        auto state = std::make_unique<std::function<void()>>(std::move(f));
        const auto wake = [](void *user_data, safe_port *port) noexcept {
            const std::unique_ptr<std::function<void()>> woken(static_cast<std::function<void()> *>(user_data));
            if (port) (*woken)();
        };
        std::function<void()> *const user_data = state.release(); // may be gone when the call returns
        try {
            call(safe_port_on_request, get(), static_cast<safe_request_fn>(wake), static_cast<void *>(user_data));
        } catch (...) {
            state.reset(user_data);
            throw;
        }
    }

    // Its scheme is free again; whoever waits in next() gets none. May be called from any thread.
    void close() noexcept { safe_port_free(get()); }

    // For the C interface.
    safe_port *get() const noexcept { return handle_.get(); }

  private:
    std::optional<Request> next_in(std::int64_t milliseconds) {
        safe_request *raw = nullptr;
        safe_error *error = nullptr;
        const safe_status status = safe_port_next(get(), milliseconds, &raw, &error);
        if (status == SAFE_OK) return Request(raw);
        if (status != SAFE_TIMEOUT && status != SAFE_CLOSED && status != SAFE_INVALID_HANDLE)
            throw Error(status, error);
        safe_error_free(error);
        return std::nullopt;
    }

    Handle<safe_port, safe_port_free> handle_;
};

} // namespace v1
} // namespace safe
