#include "buffers.hpp"

#include <cstring>

namespace py = pybind11;

namespace safe_python {

Buffer::Buffer(py::handle object, bool writable) {
    if (PyObject_GetBuffer(object.ptr(), &view_, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE) != 0)
        throw py::error_already_set();
}

Buffer fixed_bytes(py::handle object, size_t size, const char *parameter) {
    Buffer buffer(object, false);
    if (buffer.size() != size)
        throw py::value_error(std::string(parameter) + ": " + std::to_string(size) + " bytes are needed, not " +
                              std::to_string(buffer.size()));
    return buffer;
}

Text::Text(py::handle object, bool nullable, const char *parameter) {
    if (object.is_none() && nullable) return;
    const char *data = nullptr;
    Py_ssize_t size = 0;
    if (PyUnicode_Check(object.ptr())) {
        data = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
        if (!data) throw py::error_already_set();
    } else if (PyBytes_Check(object.ptr())) {
        data = PyBytes_AS_STRING(object.ptr());
        size = PyBytes_GET_SIZE(object.ptr());
    } else {
        throw py::type_error(std::string(parameter) + ": a str is needed, not " + Py_TYPE(object.ptr())->tp_name);
    }
    if (std::memchr(data, 0, static_cast<size_t>(size)))
        throw py::value_error(std::string(parameter) + ": a NUL character in a text");
    text_.assign(data, static_cast<size_t>(size));
    given_ = true;
}

py::object text(const char *value) {
    if (!value) return py::none();
    const auto size = static_cast<Py_ssize_t>(std::strlen(value));
    PyObject *decoded = PyUnicode_DecodeUTF8(value, size, "surrogateescape");
    if (!decoded) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(decoded);
}

namespace {

// What a memoryview of lent memory refers to. pybind11's own buffer protocol does not count views; this one does, so
// that memory can be taken back only when nothing can reach it any more.
struct Memory {
    std::shared_ptr<Lender> lender;
    void *data;
    size_t size;
    bool writable;
    bool over = false; // writable memory is lent once
};

int get_buffer(PyObject *self, Py_buffer *view, int flags) {
    auto *memory = py::handle(self).cast<Memory *>();
    if (memory->over) {
        PyErr_SetString(PyExc_BufferError, "this memory was given back to the library");
        return -1;
    }
    const int failed = PyBuffer_FillInfo(view, self, memory->data, static_cast<Py_ssize_t>(memory->size),
                                         memory->writable ? 0 : 1, flags);
    if (failed == 0) ++memory->lender->views;
    return failed;
}

void release_buffer(PyObject *self, Py_buffer *) {
    auto *memory = py::handle(self).cast<Memory *>();
    --memory->lender->views;
    memory->over = memory->writable;
}

} // namespace

void register_memory(py::module_ &module) {
    const py::class_<Memory> type(module, "Memory", py::buffer_protocol(),
                                  "Memory of the library, behind a memoryview.");
    auto *slots = reinterpret_cast<PyHeapTypeObject *>(type.ptr());
    slots->as_buffer.bf_getbuffer = get_buffer;
    slots->as_buffer.bf_releasebuffer = release_buffer;
}

py::object view_of(std::shared_ptr<Lender> lender, void *data, size_t size, bool writable) {
    auto memory = std::make_unique<Memory>(Memory{std::move(lender), data, size, writable});
    const py::object exporter = py::cast(std::move(memory));
    PyObject *view = PyMemoryView_FromObject(exporter.ptr());
    if (!view) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(view);
}

} // namespace safe_python
