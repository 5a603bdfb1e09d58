#include "net/frame_sender.hpp"

#include <algorithm>

namespace safe::net {
namespace {

// Payloads up to here are copied into a piece with others; larger ones are sent from where they are.
constexpr std::size_t copied = 8 * 1024;

void append(Bytes &piece, Bytes head) {
    if (piece.empty() && piece.capacity() == 0) {
        piece = std::move(head);
    } else {
        piece.insert(piece.end(), head.begin(), head.end());
    }
}

} // namespace

void FrameSender::push(FrameKind kind, std::uint64_t id, Frame frame, Share share) {
    Entry entry{id, {}, {}, std::move(share)};
    const bool small = frame.payload.size() <= copied;
    entry.head.reserve(frame_head_size + frame.header.size() + (small ? frame.payload.size() : 0));
    encode_frame(entry.head, kind, id, frame);
    if (stopped_) return;
    if (small) {
        entry.head.insert(entry.head.end(), frame.payload.view().begin(), frame.payload.view().end());
    } else {
        entry.payload = std::move(frame.payload);
    }
    unsent_ += entry.size();
    (small ? small_ : large_).push_back(std::move(entry));
    if (std::exchange(running_, true)) return;
    // Not before all that is to be sent now has been pushed.
    asio::post(runtime_->loop(),
               [self = shared_from_this()] { asio::co_spawn(self->runtime_->loop(), run(self), asio::detached); });
}

bool FrameSender::take_back(std::uint64_t id) {
    for (std::deque<Entry> *queue : {&small_, &large_}) {
        const auto found =
            std::find_if(queue->begin(), queue->end(), [id](const Entry &entry) { return entry.id == id; });
        if (found == queue->end()) continue;
        unsent_ -= found->size();
        queue->erase(found);
        return true;
    }
    return false;
}

void FrameSender::stop() {
    stopped_ = true;
    small_.clear();
    large_.clear();
    unsent_ = 0;
    if (!running_) hooks_ = {};
}

Awaitable<void> FrameSender::put(std::shared_ptr<FrameSender> self, Blob bytes) {
    const std::size_t best = self->stream_->best_piece();
    for (std::size_t at = 0; at < bytes.size(); at += best) {
        const std::size_t size = std::min(best, bytes.size() - at);
        Blob piece = bytes.part(at, size);
        co_await self->stream_->send(std::move(piece));
        if (self->stopped_) co_return;
        self->unsent_ -= size;
        if (self->hooks_.sent) self->hooks_.sent(size);
    }
}

// As many small frames as one piece has room for, whoever waited longer: each would wait for megabytes of others. Then a large
// one, whose payload goes after the piece, so that it is passed by no more than that.
Bytes FrameSender::gather(Entry &large) {
    const std::size_t best = stream_->best_piece();
    Bytes piece;
    if (small_.size() + large_.size() > 1) piece.reserve(std::min(best, unsent_));
    while (!small_.empty() && (piece.empty() || piece.size() + small_.front().head.size() <= best)) {
        append(piece, std::move(small_.front().head));
        small_.pop_front();
    }
    if (large_.empty()) return piece;
    large = std::move(large_.front());
    large_.pop_front();
    append(piece, std::move(large.head));
    return piece;
}

Awaitable<void> FrameSender::run(std::shared_ptr<FrameSender> self) {
    std::optional<Error> failure;
    while (!self->small_.empty() || !self->large_.empty()) {
        Entry large{};
        Blob piece(self->gather(large));
        try {
            co_await put(self, std::move(piece));
            if (!self->stopped_) co_await put(self, std::move(large.payload));
        } catch (...) {
            failure = current_error();
        }
        if (!failure) continue;
        const bool told = self->stopped_;
        const Hooks hooks = self->hooks_;
        self->stop();
        if (!told && hooks.failed) hooks.failed(*failure);
    }
    self->running_ = false;
    if (self->stopped_) self->hooks_ = {};
}

} // namespace safe::net
