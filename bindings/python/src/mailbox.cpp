#include "mailbox.hpp"

#include <deque>
#include <mutex>

namespace py = pybind11;

namespace safe_python {

namespace {

constexpr size_t mailbox_size = 10000;

struct Letter {
    Slot listener;
    Message message;
};

struct Mailbox {
    std::mutex mutex;
    std::deque<Letter> letters;
    bool scheduled = false;
    bool open = true;
};

// Never destroyed: threads of the library may outlive static objects.
Mailbox &mailbox() {
    static auto *kept = new Mailbox;
    return *kept;
}

void deliver() {
    std::deque<Letter> letters;
    {
        const std::lock_guard lock(mailbox().mutex);
        mailbox().scheduled = false;
        letters.swap(mailbox().letters);
    }
    for (const Letter &letter : letters) {
        try {
            letter.message(letter.listener->function);
        } catch (py::error_already_set &error) {
            error.discard_as_unraisable(letter.listener->function);
        }
    }
}

int deliver_pending(void *) {
    deliver();
    return 0;
}

} // namespace

void post(Slot listener, Message message) {
    const std::lock_guard lock(mailbox().mutex);
    if (!mailbox().open || mailbox().letters.size() >= mailbox_size) {
        new Slot(std::move(listener)); // leaked: it may not be let go without the lock
        return;
    }
    mailbox().letters.push_back({std::move(listener), std::move(message)});
    if (!mailbox().scheduled) mailbox().scheduled = Py_AddPendingCall(deliver_pending, nullptr) == 0;
}

void close_mailbox_at_exit() {
    py::module_::import("atexit").attr("register")(py::cpp_function([] {
        deliver();
        const std::lock_guard lock(mailbox().mutex);
        mailbox().open = false;
    }));
}

} // namespace safe_python
