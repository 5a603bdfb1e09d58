#include "net/deadline.hpp"

namespace safe::net {

struct Deadline::Watch {
    explicit Watch(Loop &loop) : over(loop) {}
    Gate over;
    bool passed = false;
};

Deadline::Deadline(const RuntimeRef &runtime, JobRef job, std::shared_ptr<Stream> stream,
                   std::chrono::milliseconds time)
    : job_(std::move(job)), watch_(std::make_shared<Watch>(runtime->loop())),
      hook_(job_->cancel.on_request([stream] { stream->close(); })) {
    asio::co_spawn(runtime->loop(), run(watch_, std::move(stream), time), asio::detached);
}

Deadline::~Deadline() { watch_->over.open(); }

bool Deadline::passed() const { return watch_->passed; }

Error Deadline::reason(Error failure, const std::string &message) const {
    if (job_->cancel.requested()) return {Errc::cancelled, "cancelled"};
    if (passed()) return {Errc::timeout, message};
    return failure;
}

Awaitable<void> Deadline::run(std::shared_ptr<Watch> watch, std::shared_ptr<Stream> stream,
                              std::chrono::milliseconds time) {
    const bool over = co_await watch->over.wait_for(time);
    if (over) co_return;
    watch->passed = true;
    stream->close();
}

} // namespace safe::net
