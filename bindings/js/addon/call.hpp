// One call of JavaScript's: its arguments as the library takes them, and results as JavaScript gets them. What does not fit
// is refused by the name of its parameter, never bent to fit, in the same words as over wasm (src/ffi/values.ts).
#pragma once

#include "handles.hpp"
#include "instance.hpp"
#include "lent.hpp"
#include "mailbox.hpp"

#include <safe/safe.h>

#include <node_api.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <utility>

namespace safe_addon {

// JavaScript has an exception to throw.
struct Thrown {};

// For each type of handles, by the generator: how it is freed; whether the library gives it out again.
template <class T>
struct Type;

// A handle that was given: NULL for null, and one that the library refuses for what is none of this instance.
template <class T>
struct Given {
    T *native;
    Slot *slot; // null if it is none
};

// Bytes that may be secret.
template <std::size_t size>
struct Wiped {
    std::uint8_t bytes[size] = {};
    Wiped() = default;
    Wiped(const Wiped &) = delete;
    Wiped &operator=(const Wiped &) = delete;
    ~Wiped() { explicit_bzero(bytes, size); }
};

class Call {
  public:
    static constexpr std::size_t most = 8; // arguments

    Call(napi_env env_of_call, Instance &instance_called, const napi_value *arguments = nullptr)
        : env(env_of_call), instance(instance_called), arguments_(arguments) {}

    const napi_env env;
    Instance &instance;

    // --- arguments ---

    template <class T>
    Given<T> handle(std::size_t index) {
        bool null = false;
        Slot *const slot = find(index, null);
        if (slot) return {static_cast<T *>(slot->native), slot};
        return {null ? nullptr : reinterpret_cast<T *>(foreign), nullptr};
    }
    napi_value argument(std::size_t index) const { return arguments_[index]; }
    bool absent(std::size_t index) const; // null or undefined
    std::int32_t i32(std::size_t index, const char *name);
    std::uint32_t u32(std::size_t index, const char *name);
    std::int64_t i64(std::size_t index, const char *name);
    std::uint64_t u64(std::size_t index, const char *name);
    View view(std::size_t index, const char *name, bool nullable);
    const std::uint8_t *fixed(std::size_t index, const char *name, std::size_t size);

    // References of the caller's.
    napi_ref keep(std::size_t index) { return reference(arguments_[index]); }
    napi_ref reference(napi_value value);

    // --- results ---

    napi_value undefined();
    napi_value null();
    napi_value number(double value);
    napi_value bigint(std::int64_t value);
    napi_value bigint(std::uint64_t value);
    napi_value text(const char *value, const char *function);
    napi_value text_or_null(const char *value) { return value ? text(value, "") : null(); }
    napi_value bytes(const std::uint8_t *data, std::size_t size);
    napi_value room(std::size_t size); // zeros
    napi_value object(std::initializer_list<std::pair<const char *, napi_value>> values);

    template <class T>
    napi_value owned(T *native) {
        Slot *const slot = instance.handles().add(native, Type<T>::free, Type<T>::told);
        if (slot) return number(static_cast<double>(slot->number));
        Type<T>::free(native);
        no_room();
    }
    template <class T>
    napi_value owned_or_null(T *native) {
        return native ? owned(native) : null();
    }
    // One that JavaScript knows: null if it was freed meanwhile. What an operation wrote is in its place first.
    template <class T>
    napi_value told(T *native) {
        static_assert(Type<T>::told);
        Slot *const slot = native ? instance.handles().told(native) : nullptr;
        if (!slot) return null();
        instance.settle(*slot);
        return number(static_cast<double>(slot->number));
    }
    // An operation; null if there was no handle for it.
    template <class T>
    napi_value started(T *op, const char *function, std::unique_ptr<Lent> lent = nullptr) {
        if (!op) not_started(function, std::move(lent));
        Slot *const slot = instance.handles().add(op, Type<T>::free, Type<T>::told);
        if (!slot) {
            instance.discard(op, std::move(lent));
            no_room();
        }
        instance.started(*slot, std::move(lent));
        return number(static_cast<double>(slot->number));
    }

    // --- objects ---

    template <class T>
    void free(const Given<T> &given) {
        if (given.slot && given.slot->free == Type<T>::free) instance.free(*given.slot);
    }
    void settle(const Given<safe_op> &op) {
        if (op.slot) instance.settle(*op.slot);
    }
    template <class T>
    void hand_in(const Given<T> &given) {
        if (given.slot && given.slot->reserved) given.slot->reserved->hand_in(env);
    }
    template <class T>
    napi_value reserved(const Given<T> &given, std::uint8_t *memory, std::size_t size) {
        auto &reserved = given.slot->reserved;
        if (!reserved) reserved = std::make_unique<Reserved>();
        return reserved->array(*this, memory, size);
    }

    // --- callbacks ---

    template <class Start>
    void listening(std::size_t index, const char *name, Start start, bool counted = false) {
        const ListenerRef listener = instance.listener(function(index, name), true, counted);
        auto slot = std::make_unique<ListenerRef>(listener);
        try {
            start(slot.get());
        } catch (const Thrown &) {
            instance.forget(listener);
            throw;
        }
        slot.release(); // the library's, until it calls
    }
    template <class Start>
    void listening_to(const Given<safe_op> &op, std::size_t index, const char *name, Start start) {
        listening(index, name, start, true);
        instance.told_of(op.slot);
    }
    template <class Start>
    void listening_at(const char *place, void (*clear)(), std::size_t index, const char *name, bool nullable,
                      Start start) {
        ListenerRef *slot = nullptr;
        if (!nullable || !absent(index)) slot = new ListenerRef(instance.listener(function(index, name), false, false));
        instance.place(place, clear, slot, start);
    }

    // --- failures ---

    void check(safe_status status, safe_error *error, const char *function) {
        if (status != SAFE_OK) fail(status, error, function);
    }
    // False for a time-out of the call, which is no failure; that of the operation itself is one.
    bool waited(safe_status status, safe_error *error, const char *function);
    bool waited(safe_status status, safe_error *error, const char *function, const Given<safe_op> &op);
    [[noreturn]] void fail(safe_status status, safe_error *error, const char *function);
    [[noreturn]] void fail(safe_status status, const std::string &message);
    [[noreturn]] void bad_handle(const char *function);
    [[noreturn]] void refuse(const char *parameter, const std::string &what);

  private:
    // A value that no handle of the library ever has: its type is 0.
    static constexpr std::uintptr_t foreign = 1;

    Slot *find(std::size_t index, bool &null);
    napi_value function(std::size_t index, const char *name);
    void done(napi_status status);
    [[noreturn]] void no_room();
    [[noreturn]] void not_started(const char *function, std::unique_ptr<Lent> lent);
    [[noreturn]] void raise(safe_status status, const std::string &message, napi_value details);

    const napi_value *const arguments_;
};

// A text for the time of a call.
class Text {
  public:
    Text(Call &call, std::size_t index, const char *name, bool nullable);
    ~Text();
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;

    const char *get() const { return text_; }

  private:
    char near_[256];
    std::unique_ptr<char[]> far_;
    const char *text_ = nullptr;
    std::size_t size_ = 0;
};

napi_value enter(napi_env env, napi_callback_info info, napi_value (*body)(Call &call));

// A function as Node calls it.
template <napi_value (*body)(Call &call)>
napi_value guarded(napi_env env, napi_callback_info info) {
    return enter(env, info, body);
}

} // namespace safe_addon
