// Handles of the C interface that are freed once.
#pragma once

#include "safe/types.h"

#include <utility>

namespace safe {
inline namespace v1 {

// Owns a handle, or none. What uses none, or one that was moved away, fails with SAFE_INVALID_HANDLE.
template <class Type, void (*free_handle)(Type *)>
class Handle {
  public:
    Handle() noexcept = default;
    explicit Handle(Type *raw) noexcept : raw_(raw) {}
    Handle(Handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}

    Handle &operator=(Handle &&other) noexcept {
        if (this != &other) reset(std::exchange(other.raw_, nullptr));
        return *this;
    }

    ~Handle() { free_handle(raw_); }

    explicit operator bool() const noexcept { return raw_ != nullptr; }

    // For the C interface.
    Type *get() const noexcept { return raw_; }
    Type *release() noexcept { return std::exchange(raw_, nullptr); }

    void reset(Type *raw = nullptr) noexcept { free_handle(std::exchange(raw_, raw)); }

    // Where a C function puts a new handle.
    Type **out() noexcept {
        reset();
        return &raw_;
    }

  private:
    Type *raw_ = nullptr;
};

} // namespace v1
} // namespace safe
