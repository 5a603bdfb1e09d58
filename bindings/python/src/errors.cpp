#include "errors.hpp"

#include <memory>
#include <string>

namespace py = pybind11;

namespace safe_python {

namespace {

// Never destroyed: the interpreter may be gone before static objects are.
py::object &factory() {
    static auto *kept = new py::object;
    return *kept;
}

py::dict details_of(const safe_error *error) {
    py::dict details;
    const uint64_t count = safe_error_detail_count(error);
    for (uint64_t index = 0; index < count; ++index) {
        const char *name = safe_error_detail_name(error, index);
        if (!name) continue;
        uint64_t number = 0;
        if (safe_error_detail_u64(error, name, &number) == SAFE_OK)
            details[name] = number;
        else if (const char *text = safe_error_detail_text(error, name))
            details[name] = text;
    }
    return details;
}

[[noreturn]] void raise_with(int32_t code, const std::string &message, const py::dict &details) {
    if (!factory()) throw std::runtime_error(message);
    const py::object exception = factory()(code, safe_code_name(code), message, details);
    PyErr_SetObject(reinterpret_cast<PyObject *>(Py_TYPE(exception.ptr())), exception.ptr());
    throw py::error_already_set();
}

} // namespace

void set_error_factory(py::object made_by) { factory() = std::move(made_by); }

void raise(safe_status code, safe_error *error, const char *function) {
    if (!error) raise_with(code, std::string(function) + ": " + safe_code_name(code), py::dict());
    const std::unique_ptr<safe_error, decltype(&safe_error_free)> freed(error, safe_error_free);
    const char *message = safe_error_message(error);
    raise_with(code, message ? message : function, details_of(error));
}

void raise_bad_handle(const char *function) {
    raise_with(SAFE_INVALID_HANDLE, std::string(function) + ": the object was freed, or was never one", py::dict());
}

} // namespace safe_python
