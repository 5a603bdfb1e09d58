#include "net/stream_channel.hpp"

#include "net/alarm.hpp"
#include "net/frame_sender.hpp"

#include <unordered_map>

namespace safe::net {
namespace {

struct Call {
    explicit Call(const RuntimeRef &runtime) : gate(runtime->loop()) {}
    Gate gate;
    std::optional<Frame> reply;
    std::uint64_t heard = 0; // bytes of answers on the connection, in the middle of the wait
};

constexpr std::uint64_t least_rate = 1024; // bytes per second: a connection that is slower does not get on

class Calls : public std::enable_shared_from_this<Calls> {
  public:
    Calls(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name, Ended ended, Times times)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), name_(std::move(name)), ended_(std::move(ended)),
          pulse_(times) {}

    void begin() {
        const std::weak_ptr<Calls> weak = weak_from_this();
        FrameSender::Hooks hooks;
        hooks.sent = [weak](std::size_t count) {
            const auto self = weak.lock();
            if (!self) return;
            self->pulse_.sent();
            self->moved_ += count;
        };
        hooks.failed = [weak](Error error) {
            if (const auto self = weak.lock()) self->end(std::move(error));
        };
        sender_ = std::make_shared<FrameSender>(runtime_, stream_, std::move(hooks));
        alarm_ = std::make_shared<Alarm>(runtime_, [weak](Alarm::Clock::time_point now) {
            const auto self = weak.lock();
            return self ? self->ring(now) : Alarm::Clock::time_point::max();
        });
        alarm_->start(pulse_.first());
        asio::co_spawn(runtime_->loop(), read(shared_from_this()), asio::detached);
    }

    static Awaitable<Frame> call(std::shared_ptr<Calls> self, Frame request, JobRef job) {
        job->cancel.check();
        if (self->over_) throw *self->over_;
        const auto call = std::make_shared<Call>(self->runtime_);
        const std::uint64_t id = ++self->last_;
        const std::chrono::milliseconds deadline(request.deadline_ms);
        self->sender_->push(FrameKind::request, id, std::move(request));
        self->waiting_.emplace(id, call);
        {
            const auto hook = job->cancel.on_request([call] { call->gate.open(); });
            if (deadline.count() > 0) {
                co_await wait(self, call, deadline);
            } else {
                co_await call->gate.wait();
            }
        }
        if (call->reply) co_return std::move(*call->reply);
        if (self->over_) throw *self->over_;
        self->give_up(id);
        job->cancel.check();
        // Others would wait for the same silence.
        if (self->heard_ == call->heard)
            self->end(
                Error(Errc::connection_failed, "the connection " + self->name_ + " has fallen silent; connect again"));
        throw Error(Errc::timeout, "no answer from " + self->name_ + " in " + std::to_string(deadline.count()) +
                                       " milliseconds; whether the request was done is not known");
    }

    void end(Error error) {
        if (over_) return;
        over_ = std::move(error);
        stream_->close();
        sender_->stop();
        alarm_->stop();
        for (const auto &[id, call] : std::exchange(waiting_, {}))
            if (call) call->gate.open();
        tell(*over_);
    }

    // Of the end of its channel nobody wants to hear.
    void leave() {
        ended_ = nullptr;
        end(Error(Errc::closed, "the client was freed"));
    }

  private:
    // For the reply, as long as bytes go on moving: large ones take their time on slow links.
    static Awaitable<void> wait(std::shared_ptr<Calls> self, std::shared_ptr<Call> call,
                                std::chrono::milliseconds deadline) {
        const auto least = static_cast<std::uint64_t>(deadline.count()) * least_rate / 1000;
        for (;;) {
            const std::uint64_t before = self->moved_;
            bool over = co_await call->gate.wait_for(deadline / 2);
            if (over) co_return;
            call->heard = self->heard_;
            over = co_await call->gate.wait_for(deadline - deadline / 2);
            if (over || self->moved_ - before < std::max<std::uint64_t>(least, 1)) co_return;
        }
    }

    // The reply of a request that is under way is not waited for any more, but it comes.
    void give_up(std::uint64_t id) {
        if (sender_->take_back(id)) {
            waiting_.erase(id);
            return;
        }
        waiting_[id] = nullptr;
        sender_->push(FrameKind::cancel, id, Frame());
    }

    static Awaitable<void> read(std::shared_ptr<Calls> self) {
        FrameDecoder decoder(self->runtime_->buffers(), End::vault);
        try {
            while (!self->over_) {
                const Blob piece = co_await self->stream_->receive();
                if (piece.size() == 0)
                    throw Error(Errc::connection_failed,
                                "the connection " + self->name_ + " was closed by the other side" +
                                    (decoder.between_frames() ? "" : " in mid-sentence") + "; connect again");
                self->heard_ += piece.size();
                self->moved_ += piece.size();
                ByteView bytes = piece.view();
                bool whole = false;
                while (!bytes.empty()) {
                    auto frame = decoder.feed(bytes);
                    if (frame) self->deliver(std::move(*frame));
                    // Who asked for it has paid for it.
                    if (decoder.waits_for()) decoder.make_room(Share());
                    whole = whole || frame;
                }
                self->pulse_.heard(piece.size(), whole, !decoder.between_frames());
            }
        } catch (...) {
            self->end(current_error());
        }
    }

    void deliver(NumberedFrame frame) {
        if (frame.kind == FrameKind::alive) {
            heard_ -= frame_head_size; // it lives, but does it hear?
            return;
        }
        if (frame.kind == FrameKind::going) {
            tell(Error(Errc::connection_failed, "the vault of " + name_ + " is about to end; connect again"));
            return;
        }
        const auto found = waiting_.find(frame.id);
        if (found == waiting_.end())
            throw Error(Errc::bad_message, "the other side of " + name_ + " answers what it was not asked");
        const auto call = found->second;
        waiting_.erase(found);
        if (!call) return;
        call->reply = std::move(frame.frame);
        call->gate.open();
    }

    Alarm::Clock::time_point ring(Alarm::Clock::time_point now) {
        if (const auto failure = pulse_.failure(now)) {
            end(Error(failure->code(), name_ + ": " + failure->message()));
            return Alarm::Clock::time_point::max();
        }
        if (pulse_.is_quiet(now)) {
            if (sender_->unsent() == 0) sender_->push(FrameKind::alive, 0, Frame());
            pulse_.skipped();
        }
        return pulse_.next(now);
    }

    void tell(Error why) {
        if (const Ended ended = std::exchange(ended_, nullptr)) ended(std::move(why));
    }

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const std::string name_;
    Ended ended_;
    Pulse pulse_;
    std::shared_ptr<FrameSender> sender_;
    std::shared_ptr<Alarm> alarm_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Call>> waiting_; // null: was given up
    std::uint64_t last_ = 0;
    std::uint64_t heard_ = 0; // bytes of answers
    std::uint64_t moved_ = 0; // bytes, in both directions
    std::optional<Error> over_;
};

class StreamChannel : public Channel {
  public:
    explicit StreamChannel(std::shared_ptr<Calls> calls) : calls_(std::move(calls)) { calls_->begin(); }
    ~StreamChannel() override { calls_->leave(); }

    Awaitable<Frame> call(Frame request, JobRef job) override {
        return Calls::call(calls_, std::move(request), std::move(job));
    }

  private:
    const std::shared_ptr<Calls> calls_;
};

} // namespace

std::shared_ptr<Channel> make_stream_channel(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string name,
                                             Ended ended, Times times) {
    auto calls =
        std::make_shared<Calls>(std::move(runtime), std::move(stream), std::move(name), std::move(ended), times);
    return std::make_shared<StreamChannel>(std::move(calls));
}

} // namespace safe::net
