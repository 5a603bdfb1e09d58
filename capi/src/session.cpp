#include "session.hpp"

namespace safe {

void Session::check_open() const {
    if (closed_) throw Error(Errc::closed, "the client was freed");
}

ProcessRef Session::process() const {
    const std::lock_guard lock(mutex_);
    check_open();
    return process_;
}

std::shared_ptr<Client> Session::client() const {
    const std::lock_guard lock(mutex_);
    check_open();
    return client_;
}

void Session::adopt(std::shared_ptr<void> child) {
    const std::lock_guard lock(mutex_);
    check_open();
    children_.insert(std::move(child));
}

void Session::drop(const std::shared_ptr<void> &child) {
    const std::lock_guard lock(mutex_);
    children_.erase(child); // the caller's reference is the last one, so nothing is destroyed under the lock
}

std::shared_ptr<void> Session::list(const std::shared_ptr<Op> &op) {
    {
        const std::lock_guard lock(mutex_);
        check_open();
    }
    const auto at = running_.insert(running_.end(), op);
    return {nullptr, [self = shared_from_this(), at](void *) { self->running_.erase(at); }};
}

void Session::close() {
    ProcessRef process; // goes last: this thread may end the process with it
    std::shared_ptr<Client> client;
    std::set<std::shared_ptr<void>> children;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        closed_ = true;
        process = std::move(process_);
        client = std::move(client_);
        children = std::move(children_);
    }
    // The core's own reference: operations that end before this function runs drop theirs, and one of ours that went on
    // the loop could be the last one to the process.
    asio::post(process->loop(), [self = shared_from_this(), core = client->shared_from_this()] {
        for (const auto &running : self->running_)
            if (const auto op = running.lock()) op->close();
        core->close();
    });
}

} // namespace safe
