#include "safe/queue.h"

#include "entry.hpp"
#include "queue.hpp"

using namespace safe;

safe_status safe_queue_create(safe_queue **out, safe_error **error) {
    return make(__func__, out, error, [](Call) { return std::make_shared<Queue>(); });
}

safe_status safe_queue_next(safe_queue *queue, int64_t timeout_ms, safe_op **op, uint64_t *tag, safe_error **error) {
    if (op) *op = nullptr;
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(queue, "queue");
        call.pointer(op, "op");
        call.pointer(tag, "tag");
        if (timeout_ms != 0 && on_loop_thread())
            throw Error(Errc::would_deadlock, "safe_queue_next: called in a callback, on the thread that has to do the "
                                              "work; use a timeout of 0, or another thread");
        const Queue::Next next = object->next(deadline_after(timeout_ms));
        switch (next.status) {
        case SAFE_TIMEOUT: throw Error(Errc::timeout, "no operation of the queue ended in the time given");
        case SAFE_WOKEN: throw Error(Errc::woken, "safe_queue_wake was called");
        case SAFE_CLOSED: throw Error(Errc::closed, "the queue was freed while safe_queue_next waited");
        default: break;
        }
        *op = next.op;
        *tag = next.tag;
    });
}

safe_status safe_queue_fd(safe_queue *queue, int32_t *out, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(queue, "queue");
        call.pointer(out, "out");
        *out = object->descriptor();
    });
}

void safe_queue_wake(safe_queue *queue) {
    ask(__func__, 0, [&](Call call) {
        call.object(queue, "queue")->wake();
        return 0;
    });
}

void safe_queue_free(safe_queue *queue) {
    if (const auto object = release(queue)) object->close();
}
