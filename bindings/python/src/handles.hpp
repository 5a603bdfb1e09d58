// Handles of the library as Python objects, one opaque class per type.
#pragma once

#include "buffers.hpp"

#include <string>
#include <utility>
#include <vector>

namespace safe_python {

// Made by the generator for every handle type: its name, its free function, whether it lends writable memory.
template <class T>
struct Type;

// Owns one handle; frees it when nothing in Python refers to it any more, in the manner of every Python object.
template <class T>
struct Owner : Lender {
    explicit Owner(T *given) : value(given) {}
    Owner(const Owner &) = delete;
    ~Owner() override { Type<T>::free(value); }
    T *value;
};

// An operation also holds the buffers that were lent to it. They may be let go only when it has ended: one that is
// freed earlier is cancelled and waits with its buffers until a later call finds it ended.
template <>
struct Owner<safe_op> : Lender {
    explicit Owner(safe_op *given) : value(given) {}
    Owner(const Owner &) = delete;
    ~Owner() override;
    // Lets the buffers go if the operation has ended.
    void settle();
    safe_op *value;
    std::vector<Buffer> kept;
};

template <class T>
class Handle {
  public:
    static Handle owned(T *value) { return Handle(std::make_shared<Owner<T>>(value), value); }
    static Handle borrowed(T *value) { return Handle(nullptr, value); }

    // What to pass for a `const T *`. After free: NULL, which every function refuses.
    const T *look() const {
        settle();
        return value_;
    }
    // What to pass for a `T *`: memory lent out must have been given back before anything changes it.
    T *use() const {
        settle();
        if (Type<T>::lends && owner_ && owner_->views != 0) {
            PyErr_SetString(PyExc_BufferError, "release the memoryview of the reserved memory first");
            throw pybind11::error_already_set();
        }
        return value_;
    }

    // The last owner to go frees it: views of its memory may live a little longer.
    void free() {
        value_ = nullptr;
        owner_.reset();
    }
    std::shared_ptr<Owner<T>> owner() const { return owner_; }
    uintptr_t number() const { return reinterpret_cast<uintptr_t>(value_); }

  private:
    Handle(std::shared_ptr<Owner<T>> owner, T *value) : owner_(std::move(owner)), value_(value) {}
    void settle() const {
        if constexpr (std::is_same_v<T, safe_op>)
            if (owner_) owner_->settle();
    }

    std::shared_ptr<Owner<T>> owner_;
    T *value_;
};

// A handle that was given out; None for NULL.
template <class T>
pybind11::object owned(T *value) {
    return value ? pybind11::cast(Handle<T>::owned(value)) : pybind11::none();
}

template <class T>
pybind11::object borrowed(T *value) {
    return value ? pybind11::cast(Handle<T>::borrowed(value)) : pybind11::none();
}

// An operation that was started, with the buffers lent to it.
pybind11::object started(safe_op *op, std::vector<Buffer> kept, const char *function);

template <class T>
void register_handle(pybind11::module_ &module) {
    pybind11::class_<Handle<T>>(module, Type<T>::name, "An opaque handle; freed with its last reference at the latest.")
        .def("__int__", &Handle<T>::number)
        .def("__bool__", [](const Handle<T> &self) { return self.number() != 0; })
        .def(
            "__eq__", [](const Handle<T> &a, const Handle<T> &b) { return a.number() == b.number(); },
            pybind11::is_operator())
        .def("__hash__", &Handle<T>::number)
        .def("__repr__", [](const Handle<T> &self) {
            return std::string("<") + Type<T>::name + (self.number() ? ">" : ", freed>");
        });
}

} // namespace safe_python
