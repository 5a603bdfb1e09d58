#include "net/sealed_stream.hpp"

#include "base/error.hpp"
#include "net/deadline.hpp"

#include <algorithm>

namespace safe::net {
namespace {

constexpr std::size_t max_sealed = Stream::max_piece - record_head_size;

// The size, and once more with all bits turned: so a head that was altered is seen at once, and not when bytes that never
// come have been waited for.
void write_head(Byte *out, std::size_t size) {
    out[0] = static_cast<Byte>(size >> 8);
    out[1] = static_cast<Byte>(size);
    out[2] = static_cast<Byte>(~out[0]);
    out[3] = static_cast<Byte>(~out[1]);
}

std::size_t read_head(ByteView head) {
    const std::optional<std::size_t> size = sealed_size(head);
    if (!size) throw Error(Errc::bad_message, "the head of a sealed record is not one");
    return *size;
}

Error cut_off() {
    return {Errc::connection_failed, "the connection ended without a farewell from the other side; it may have been "
                                     "cut off on purpose; connect again"};
}

} // namespace

Blob sealed_record(crypto::Sealer &sealer, ByteView plain, crypto::SealTag tag) {
    const std::size_t size = plain.size() + crypto::seal_overhead;
    Buffer record(nullptr, record_head_size + size);
    record.resize(record.capacity());
    write_head(record.data(), size);
    sealer.seal(plain, tag, record.view().subspan(record_head_size));
    return Blob(std::move(record));
}

std::optional<std::size_t> sealed_size(ByteView head) {
    const std::size_t size = static_cast<std::size_t>(head[0]) << 8 | head[1];
    if ((head[0] ^ head[2]) != 0xff || (head[1] ^ head[3]) != 0xff) return std::nullopt;
    if (size < crypto::seal_overhead || size > max_sealed) return std::nullopt;
    return size;
}

Awaitable<void> ByteSource::more() {
    piece_ = Blob();
    at_ = 0;
    Blob piece = co_await stream_->receive();
    if (piece.size() == 0) throw cut_off();
    piece_ = std::move(piece);
}

// Moves bytes to parts_ until that has `size` or the piece is used up.
void ByteSource::gather(std::size_t size) {
    const ByteView rest = piece_.view().subspan(at_);
    const std::size_t count = std::min(size - parts_.size(), rest.size());
    parts_.reserve(size);
    parts_.insert(parts_.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
    at_ += count;
}

Awaitable<Bytes> ByteSource::exactly(std::size_t size) {
    while (true) {
        gather(size);
        if (parts_.size() == size) co_return std::exchange(parts_, {});
        co_await more();
    }
}

Awaitable<ByteView> ByteSource::record() {
    if (std::exchange(handed_, false)) parts_ = Bytes();
    if (at_ == piece_.size()) co_await more();
    // Most records are in one piece, and are opened from where they are.
    const ByteView rest = piece_.view().subspan(at_);
    if (rest.size() >= record_head_size) {
        const std::size_t size = record_head_size + read_head(rest);
        if (rest.size() >= size) {
            at_ += size;
            co_return rest.first(size);
        }
    }
    std::size_t wanted = record_head_size;
    while (true) {
        gather(wanted);
        if (parts_.size() == wanted) {
            if (wanted > record_head_size) break;
            wanted += read_head(parts_);
            continue;
        }
        co_await more();
    }
    handed_ = true;
    co_return ByteView(parts_);
}

crypto::SealTag SealedStream::next_tag(std::size_t size) {
    ++records_;
    bytes_ += size;
    if (records_ < limits_.records && bytes_ < limits_.bytes) return crypto::SealTag::message;
    records_ = bytes_ = 0;
    return crypto::SealTag::rekey;
}

void SealedStream::fail(const Error &error) {
    broken_ = true;
    stream_->close();
    throw error;
}

Awaitable<void> SealedStream::send(std::shared_ptr<SealedStream> self, Blob bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += max_record_plain) {
        if (self->closed_) throw Error(Errc::closed, "the connection was closed");
        const ByteView plain = bytes.view().subspan(at, std::min(max_record_plain, bytes.size() - at));
        Blob record = sealed_record(*self->sealer_, plain, self->next_tag(plain.size()));
        self->sending_ = true;
        std::optional<Error> failure;
        try {
            co_await self->stream_->send(std::move(record));
        } catch (...) {
            failure = current_error();
        }
        self->sending_ = false;
        if (failure) self->broken_ = true; // a part of it may have gone: nothing can follow
        if (const auto sent = std::exchange(self->sent_, nullptr)) sent->open();
        if (failure) throw *failure;
    }
}

Awaitable<Blob> SealedStream::receive(std::shared_ptr<SealedStream> self) {
    if (self->closed_) throw Error(Errc::closed, "the connection was closed");
    if (self->ended_) co_return Blob();
    std::optional<Error> failure;
    ByteView record;
    try {
        record = co_await self->source_.record();
    } catch (...) {
        failure = current_error();
    }
    if (self->closed_) throw Error(Errc::closed, "the connection was closed");
    if (failure && failure->code() != Errc::bad_message) self->fail(*failure);
    Buffer plain(nullptr, failure ? 0 : record.size() - record_head_size - crypto::seal_overhead);
    plain.resize(plain.capacity());
    std::optional<crypto::SealTag> tag;
    if (!failure) tag = self->opener_->open(record.subspan(record_head_size), plain.view());
    if (!tag || (*tag != crypto::SealTag::final && plain.size() == 0))
        self->fail(Error(Errc::connection_failed,
                         "what came over the connection is not what the other side has sealed: "
                         "it was damaged or altered on the way; connect again"));
    if (*tag == crypto::SealTag::final) {
        self->ended_ = true;
        co_return Blob();
    }
    co_return Blob(std::move(plain));
}

void SealedStream::close() {
    if (std::exchange(closed_, true)) return;
    if (broken_ || ended_) {
        stream_->close();
        return;
    }
    asio::co_spawn(runtime_->loop(), farewell(shared_from_this()), asio::detached);
}

Awaitable<void> SealedStream::farewell(std::shared_ptr<SealedStream> self) {
    const Deadline deadline(self->runtime_, std::make_shared<Job>(), self->stream_, self->limits_.farewell);
    try {
        if (self->sending_) { // as may be of what is answered already
            const auto sent = std::make_shared<Gate>(self->runtime_->loop());
            self->sent_ = sent;
            co_await sent->wait();
        }
        if (self->broken_) co_return self->stream_->close();
        Blob record = sealed_record(*self->sealer_, {}, crypto::SealTag::final);
        co_await self->stream_->send(std::move(record));
    } catch (...) {
        // Whoever does not take a farewell sees that the connection was cut off.
    }
    self->stream_->close();
}

} // namespace safe::net
