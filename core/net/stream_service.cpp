#include "net/stream_service.hpp"

#include "net/frame_sender.hpp"

namespace safe::net {
namespace {

class Serving : public std::enable_shared_from_this<Serving> {
  public:
    Serving(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::shared_ptr<Service> service)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), service_(std::move(service)) {}

    static Awaitable<void> run(std::shared_ptr<Serving> self) {
        const std::weak_ptr<Serving> weak = self;
        self->sender_ =
            std::make_shared<FrameSender>(self->runtime_, self->stream_, FrameKind::reply, [weak](Error error) {
                if (const auto alive = weak.lock()) alive->end(error);
            });
        try {
            co_await read(self);
        } catch (...) {
            self->end(current_error());
        }
        if (self->over_) throw *self->over_;
        // Nobody takes replies any more, but what was asked is done.
        self->sender_->stop();
        self->stream_->close();
        co_await below(self, 1);
        if (self->over_) throw *self->over_;
    }

    void end(Error error) {
        if (over_) return;
        over_ = std::move(error);
        stream_->close();
        if (sender_) sender_->stop();
        if (changed_) changed_->open();
    }

  private:
    static Awaitable<void> read(std::shared_ptr<Serving> self) {
        FrameDecoder decoder(self->runtime_->buffers(), FrameKind::request);
        while (!self->over_) {
            const Blob piece = co_await self->stream_->receive();
            if (piece.size() == 0) {
                if (decoder.between_frames()) co_return;
                throw Error(Errc::connection_failed, "the other side has closed the connection in mid-sentence");
            }
            ByteView bytes = piece.view();
            while (auto request = decoder.feed(bytes)) {
                ++self->active_;
                asio::co_spawn(self->runtime_->loop(), answer(self, std::move(*request)), asio::detached);
                co_await below(self, requests_at_once);
            }
        }
    }

    // Waits until fewer than so many are being answered.
    static Awaitable<void> below(std::shared_ptr<Serving> self, unsigned limit) {
        while (self->active_ >= limit && !self->over_) {
            const auto changed = std::make_shared<Gate>(self->runtime_->loop());
            self->changed_ = changed;
            co_await changed->wait();
        }
    }

    static Awaitable<void> answer(std::shared_ptr<Serving> self, NumberedFrame request) {
        const std::uint64_t id = request.id;
        try {
            Frame reply = co_await self->service_->serve(std::move(request.frame));
            const auto sent = self->sender_->push(id, std::move(reply));
            co_await sent->wait();
        } catch (...) {
            self->end(current_error());
        }
        --self->active_;
        if (self->changed_) self->changed_->open();
    }

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const std::shared_ptr<Service> service_;
    std::shared_ptr<FrameSender> sender_;
    std::shared_ptr<Gate> changed_; // opened when what the reading coroutine waits for may be so
    unsigned active_ = 0;
    std::optional<Error> over_;
};

} // namespace

Awaitable<void> serve_stream(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                             std::shared_ptr<Service> service) {
    job->cancel.check();
    const auto serving = std::make_shared<Serving>(std::move(runtime), std::move(stream), std::move(service));
    const auto hook = job->cancel.on_request([serving] { serving->end(Error(Errc::cancelled, "cancelled")); });
    co_await Serving::run(serving);
}

} // namespace safe::net
