#include "net/stream_channel.hpp"

#include "net/frame_sender.hpp"

#include <map>

namespace safe::net {
namespace {

struct Call {
    explicit Call(const RuntimeRef &runtime) : gate(runtime->loop()) {}
    Gate gate;
    std::optional<Frame> reply;
};

class Calls : public std::enable_shared_from_this<Calls> {
  public:
    Calls(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), name_(std::move(name)) {}

    void begin() {
        const std::weak_ptr<Calls> weak = weak_from_this();
        sender_ = std::make_shared<FrameSender>(runtime_, stream_, FrameKind::request, [weak](Error error) {
            if (const auto self = weak.lock()) self->end(std::move(error));
        });
        asio::co_spawn(runtime_->loop(), read(shared_from_this()), asio::detached);
    }

    static Awaitable<Frame> call(std::shared_ptr<Calls> self, Frame request, JobRef job) {
        job->cancel.check();
        if (self->over_) throw *self->over_;
        const auto call = std::make_shared<Call>(self->runtime_);
        const std::uint64_t id = ++self->last_;
        self->waiting_.emplace(id, call);
        try {
            self->sender_->push(id, std::move(request));
        } catch (...) {
            self->waiting_.erase(id);
            throw;
        }
        {
            const auto hook = job->cancel.on_request([call] { call->gate.open(); });
            co_await call->gate.wait();
        }
        if (call->reply) co_return std::move(*call->reply);
        if (self->over_) throw *self->over_;
        // A request that is under way gets its reply all the same; nobody waits for it.
        if (self->sender_->take_back(id)) {
            self->waiting_.erase(id);
        } else {
            self->waiting_[id] = nullptr;
        }
        throw Error(Errc::cancelled, "cancelled");
    }

    void end(Error error) {
        if (over_) return;
        over_ = std::move(error);
        stream_->close();
        sender_->stop();
        for (const auto &[id, call] : std::exchange(waiting_, {}))
            if (call) call->gate.open();
    }

  private:
    static Awaitable<void> read(std::shared_ptr<Calls> self) {
        FrameDecoder decoder(self->runtime_->buffers(), FrameKind::reply);
        try {
            while (!self->over_) {
                const Blob piece = co_await self->stream_->receive();
                if (piece.size() == 0)
                    throw Error(Errc::connection_failed,
                                "the connection " + self->name_ + " was closed by the other side" +
                                    (decoder.between_frames() ? "" : " in mid-sentence") + "; connect again");
                ByteView bytes = piece.view();
                while (auto reply = decoder.feed(bytes)) self->deliver(std::move(*reply));
            }
        } catch (...) {
            self->end(current_error());
        }
    }

    void deliver(NumberedFrame reply) {
        const auto found = waiting_.find(reply.id);
        if (found == waiting_.end())
            throw Error(Errc::bad_message, "the other side of " + name_ + " answers what it was not asked");
        const auto call = found->second;
        waiting_.erase(found);
        if (!call) return;
        call->reply = std::move(reply.frame);
        call->gate.open();
    }

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const std::string name_;
    std::shared_ptr<FrameSender> sender_;
    std::map<std::uint64_t, std::shared_ptr<Call>> waiting_; // null: was cancelled
    std::uint64_t last_ = 0;
    std::optional<Error> over_;
};

class StreamChannel : public Channel {
  public:
    explicit StreamChannel(std::shared_ptr<Calls> calls) : calls_(std::move(calls)) { calls_->begin(); }
    ~StreamChannel() override { calls_->end(Error(Errc::closed, "the client was freed")); }

    Awaitable<Frame> call(Frame request, JobRef job) override {
        return Calls::call(calls_, std::move(request), std::move(job));
    }

  private:
    const std::shared_ptr<Calls> calls_;
};

} // namespace

std::shared_ptr<Channel> make_stream_channel(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name) {
    auto calls = std::make_shared<Calls>(std::move(runtime), std::move(stream), std::move(name));
    return std::make_shared<StreamChannel>(std::move(calls));
}

} // namespace safe::net
