// Bytes and texts on their way between Python and the library.
#pragma once

#include "errors.hpp"

#include <memory>
#include <string>

namespace safe_python {

// Memory of a Python object (bytes, bytearray, memoryview, array, mmap, ...), held as long as this lives.
class Buffer {
  public:
    Buffer(pybind11::handle object, bool writable);
    Buffer(Buffer &&other) noexcept : view_(other.view_) { other.view_.obj = nullptr; }
    Buffer &operator=(Buffer &&) = delete;
    ~Buffer() { PyBuffer_Release(&view_); }

    uint8_t *data() const { return static_cast<uint8_t *>(view_.buf); }
    size_t size() const { return static_cast<size_t>(view_.len); }

  private:
    Py_buffer view_{};
};

// An input of exactly `size` bytes; ValueError otherwise.
Buffer fixed_bytes(pybind11::handle object, size_t size, const char *parameter);

// A str (as UTF-8) or bytes (as they are; for paths that are no text), without NUL; None where NULL is allowed.
class Text {
  public:
    Text(pybind11::handle object, bool nullable, const char *parameter);
    const char *c_str() const { return given_ ? text_.c_str() : nullptr; }

  private:
    std::string text_;
    bool given_ = false;
};

// Texts given out: UTF-8; bytes that are none (file names of other encodings) come through as os.fsdecode does it.
pybind11::object text(const char *value);

inline pybind11::bytes bytes(const uint8_t *data, size_t size) { return {reinterpret_cast<const char *>(data), size}; }

// What lends memory of its own: counts the views that Python still has of it.
struct Lender {
    Py_ssize_t views = 0;
    virtual ~Lender() = default;
};

// A memoryview of memory that belongs to the lender, which it keeps alive.
pybind11::object view_of(std::shared_ptr<Lender> lender, void *data, size_t size, bool writable);

// Makes the type behind view_of; once, before any is made.
void register_memory(pybind11::module_ &module);

} // namespace safe_python
