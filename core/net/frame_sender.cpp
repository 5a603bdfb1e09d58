#include "net/frame_sender.hpp"

#include <algorithm>

namespace safe::net {

std::shared_ptr<Gate> FrameSender::push(std::uint64_t id, Frame frame) {
    auto over = std::make_shared<Gate>(runtime_->loop());
    Bytes head = encode_frame(kind_, id, frame);
    if (stopped_) {
        over->open();
        return over;
    }
    queue_.push_back({id, std::move(head), std::move(frame.payload), over});
    if (!std::exchange(running_, true)) asio::co_spawn(runtime_->loop(), run(shared_from_this()), asio::detached);
    return over;
}

bool FrameSender::take_back(std::uint64_t id) {
    const auto found = std::find_if(queue_.begin(), queue_.end(), [id](const Entry &entry) { return entry.id == id; });
    if (found == queue_.end()) return false;
    found->over->open();
    queue_.erase(found);
    return true;
}

void FrameSender::stop() {
    stopped_ = true;
    for (const Entry &entry : queue_) entry.over->open();
    queue_.clear();
}

Awaitable<void> FrameSender::put(std::shared_ptr<Stream> stream, Blob bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += Stream::max_piece) {
        Blob piece = bytes.part(at, std::min(Stream::max_piece, bytes.size() - at));
        co_await stream->send(std::move(piece));
    }
}

Awaitable<void> FrameSender::run(std::shared_ptr<FrameSender> self) {
    std::optional<Error> failure;
    while (!self->queue_.empty()) {
        Entry entry = std::move(self->queue_.front());
        self->queue_.pop_front();
        try {
            Blob head(std::move(entry.head));
            co_await put(self->stream_, std::move(head));
            co_await put(self->stream_, std::move(entry.payload));
        } catch (...) {
            failure = current_error();
        }
        entry.over->open();
        if (!failure) continue;
        const bool told = self->stopped_;
        self->stop();
        if (!told) self->failed_(*failure);
    }
    self->running_ = false;
}

} // namespace safe::net
