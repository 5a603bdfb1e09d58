#include "safe/op.h"

#include "entry.hpp"
#include "queue.hpp"

using namespace safe;

int32_t safe_op_state(const safe_op *op) {
    return ask(__func__, static_cast<int32_t>(forked() ? SAFE_FORKED : SAFE_INVALID_HANDLE),
               [&](Call call) { return static_cast<int32_t>(call.object(op, "op")->state()); });
}

safe_status safe_op_wait(const safe_op *op, int64_t timeout_ms, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(op, "op");
        if (!object->wait(deadline_after(timeout_ms)))
            throw Error(Errc::timeout,
                        "the operation has not ended in the " + std::to_string(timeout_ms) + " ms given; it goes on");
        object->rethrow();
    });
}

void safe_op_cancel(safe_op *op) {
    ask(__func__, 0, [&](Call call) {
        call.object(op, "op")->cancel();
        return 0;
    });
}

safe_status safe_op_progress(const safe_op *op, uint64_t *done, uint64_t *total, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(op, "op");
        call.pointer(done, "done");
        call.pointer(total, "total");
        *done = object->job()->progress.done;
        *total = object->job()->progress.total;
    });
}

safe_status safe_op_to_queue(safe_op *op, safe_queue *queue, uint64_t tag, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(op, "op");
        object->deliver_to(call.object(queue, "queue"), tag);
    });
}

safe_status safe_op_on_done(safe_op *op, safe_done_fn done, void *user_data, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(op, "op");
        if (!done) call.refuse("done", "is NULL");
        object->call_back(done, user_data);
    });
}

namespace {

template <class C>
safe_status take(const char *function, safe_op *op, C **out, safe_error **error) noexcept {
    if (out) *out = nullptr;
    return guard(function, error, [&](Call call) {
        const auto object = call.object(op, "op");
        call.pointer(out, "out"); // before the result is moved out
        *out = object->take<C>();
    });
}

} // namespace

safe_status safe_op_take_u64(safe_op *op, uint64_t *out, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(op, "op");
        call.pointer(out, "out");
        *out = object->take_number();
    });
}

safe_status safe_op_take_bytes(safe_op *op, safe_bytes **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_client(safe_op *op, safe_client **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_receipt(safe_op *op, safe_receipt **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_writer(safe_op *op, safe_writer **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_reader(safe_op *op, safe_reader **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_record(safe_op *op, safe_record **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_record_page(safe_op *op, safe_record_page **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_report(safe_op *op, safe_report **out, safe_error **error) {
    return take(__func__, op, out, error);
}
safe_status safe_op_take_vault(safe_op *op, safe_vault **out, safe_error **error) {
    return take(__func__, op, out, error);
}

void safe_op_free(safe_op *op) {
    if (const auto object = release(op)) object->abandon();
}
