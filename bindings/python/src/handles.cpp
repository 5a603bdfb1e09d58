#include "handles.hpp"

#include <algorithm>

namespace py = pybind11;

namespace safe_python {

namespace {

struct Abandoned {
    safe_op *op;
    std::vector<Buffer> kept;
};

// Operations that were freed while a buffer was lent to them. Under the global lock; never destroyed, because a
// buffer still lent when the process ends must stay where it is.
std::vector<Abandoned> &abandoned() {
    static auto *kept = new std::vector<Abandoned>;
    return *kept;
}

void free_those_that_ended() {
    std::vector<Abandoned> going;
    auto &waiting = abandoned();
    for (size_t index = 0; index < waiting.size();) {
        if (safe_op_state(waiting[index].op) == SAFE_OP_PENDING) {
            ++index;
            continue;
        }
        going.push_back({waiting[index].op, std::move(waiting[index].kept)});
        using std::swap;
        waiting[index].op = waiting.back().op;
        waiting[index].kept.swap(waiting.back().kept);
        waiting.pop_back();
    }
    // Outside of the loop: letting a buffer go may run Python code.
    for (const Abandoned &one : going) safe_op_free(one.op);
}

} // namespace

Owner<safe_op>::~Owner() {
    settle();
    if (kept.empty()) {
        safe_op_free(value);
    } else {
        safe_op_cancel(value);
        abandoned().push_back({value, std::move(kept)});
    }
    if (!abandoned().empty()) free_those_that_ended();
}

void Owner<safe_op>::settle() {
    if (!kept.empty() && safe_op_state(value) != SAFE_OP_PENDING) std::vector<Buffer>().swap(kept);
}

py::object started(safe_op *op, std::vector<Buffer> kept, const char *function) {
    if (!op) raise(SAFE_TOO_MANY_HANDLES, nullptr, function);
    auto handle = Handle<safe_op>::owned(op);
    handle.owner()->kept = std::move(kept);
    return py::cast(std::move(handle));
}

} // namespace safe_python
