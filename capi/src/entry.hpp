// The exception wall: every exported function is one call of guard, make, start, ask or release with a body that may
// throw. Nothing gets past it; what is thrown becomes a status and an error object, or an operation that has failed.
#pragma once

#include "fork.hpp"
#include "handles.hpp"
#include "op.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace safe {

// Throws FORKED in the child of a fork.
void check_not_forked(const char *function);

// What has failed with FORKED must be able to say so.
template <class C>
constexpr bool usable_after_fork = std::is_same_v<std::remove_const_t<C>, safe_error>;

// A call of the interface: checks arguments, and says which one of which function is wrong.
class Call {
  public:
    explicit Call(const char *function) : function_(function) {}

    // The object of a handle, alive at least until the result goes.
    template <class C>
    std::shared_ptr<ObjectOf<C>> object(C *handle, const char *name) const {
        if (!usable_after_fork<C>) check_not_forked(function_);
        auto found = handles().find(word_of(handle), tag_of<C>);
        if (!found.object) bad_handle(handle, word_of(handle), tag_of<C>, name, found.error);
        return std::static_pointer_cast<ObjectOf<C>>(std::move(found.object));
    }

    // A NUL-terminated string of UTF-8.
    std::string text(const char *text, const char *name) const;
    // Empty for NULL.
    std::string optional_text(const char *value, const char *name) const { return value ? text(value, name) : ""; }
    ByteView bytes(const std::uint8_t *data, std::size_t size, const char *name) const;
    Bytes32 array32(const std::uint8_t *data, const char *name) const;
    template <class T>
    T *pointer(T *pointer, const char *name) const {
        if (!pointer) refuse(name, "is NULL");
        return pointer;
    }
    // Refuses bits that have no meaning: they may get one.
    void flags(std::uint32_t flags, std::uint32_t known, const char *name) const;
    void index(std::uint64_t index, std::uint64_t count, const char *name) const;

    // Throws INVALID_ARGUMENT.
    [[noreturn]] void refuse(const char *argument, const std::string &what) const;

  private:
    [[noreturn]] void bad_handle(const void *handle, Handles::Word word, unsigned tag, const char *name,
                                 Errc error) const;

    const char *function_;
};

// To be called in a catch block: the status of what was thrown, and an error object if there is a place for it.
safe_status report(safe_error **out) noexcept;
// An operation that has failed with what was thrown; NULL only if there is no handle for it.
safe_op *failed_op() noexcept;

// safe_status f(..., safe_error **error)
template <class Body>
safe_status guard(const char *function, safe_error **error, Body body) noexcept {
    if (error) *error = nullptr;
    try {
        check_not_forked(function);
        body(Call(function));
        return SAFE_OK;
    } catch (...) {
        return report(error);
    }
}

// safe_status f(..., C **out, safe_error **error): the body gives the object.
template <class C, class Body>
safe_status make(const char *function, C **out, safe_error **error, Body body) noexcept {
    if (out) *out = nullptr;
    return guard(function, error, [&](Call call) {
        call.pointer(out, "out");
        *out = new_handle<C>(body(call));
    });
}

// safe_op *f(...): the body gives the operation.
template <class Body>
safe_op *start(const char *function, Body body) noexcept {
    try {
        check_not_forked(function);
        return Op::give_out(body(Call(function)));
    } catch (...) {
        return failed_op();
    }
}

// Fills an output array.
template <std::size_t Size>
void copy_out(const std::array<Byte, Size> &value, std::uint8_t *out) {
    std::copy(value.begin(), value.end(), out);
}

// A getter that cannot say what was wrong.
template <class T, class Body>
T ask(const char *function, T otherwise, Body body) noexcept {
    try {
        return body(Call(function));
    } catch (...) {
        return otherwise;
    }
}

// Frees a handle, and gives its object to whom it may concern: null if there was none, or in the child of a fork,
// where the object must not be touched any more.
template <class C>
std::shared_ptr<ObjectOf<C>> release(C *handle) noexcept {
    if (!handle) return nullptr;
    try {
        auto object = handles().take(word_of(handle), tag_of<C>).object;
        if (!forked() || usable_after_fork<C>) return std::static_pointer_cast<ObjectOf<C>>(std::move(object));
        // Its destructor could wait for a thread that is not there. The memory goes with the process.
        new std::shared_ptr<void>(std::move(object));
    } catch (...) {
        // Only the making of the table throws, and then there are no handles.
    }
    return nullptr;
}

} // namespace safe
