#include "net/stream_service.hpp"

#include "net/alarm.hpp"
#include "net/frame_sender.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace safe::net {
namespace {

using TimePoint = Alarm::Clock::time_point;

// A request that is being answered.
struct Running {
    explicit Running(std::uint64_t number) : id(number) {}
    const std::uint64_t id;
    const JobRef job = std::make_shared<Job>();
    TimePoint deadline = TimePoint::max();
    bool answered = false; // before it was done
};
using RunningRef = std::shared_ptr<Running>;

class Serving : public std::enable_shared_from_this<Serving> {
  public:
    Serving(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::shared_ptr<Service> service, ServeOptions options)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), service_(std::move(service)),
          options_(std::move(options)), pulse_(options_.times) {}

    static Awaitable<void> run(std::shared_ptr<Serving> self) {
        self->begin();
        const std::shared_ptr<Cancel> drain = self->options_.drain ? self->options_.drain : std::make_shared<Cancel>();
        const auto hook = drain->on_request([self] { self->say_going(); });
        if (drain->requested()) self->say_going();
        try {
            co_await read(self);
        } catch (...) {
            self->end(current_error());
        }
        self->alarm_->stop();
        if (self->over_) throw *self->over_;
        // Nobody takes replies any more, but what was asked is done.
        self->sender_->stop();
        self->stream_->close();
        while (self->active_ > 0 && !self->over_) co_await change(self);
        if (self->over_) throw *self->over_;
    }

    void end(Error error) {
        if (over_) return;
        over_ = std::move(error);
        stream_->close();
        reading_->cancel.request();
        for (const auto &[id, running] : running_) running->job->cancel.request();
        if (sender_) sender_->stop();
        if (alarm_) alarm_->stop();
        touch();
    }

  private:
    void begin() {
        const std::weak_ptr<Serving> weak = weak_from_this();
        FrameSender::Hooks hooks;
        hooks.sent = [weak](std::size_t) {
            const auto self = weak.lock();
            if (!self) return;
            self->pulse_.sent();
            self->touch();
        };
        hooks.failed = [weak](Error error) {
            if (const auto self = weak.lock()) self->end(std::move(error));
        };
        sender_ = std::make_shared<FrameSender>(runtime_, stream_, std::move(hooks));
        alarm_ = std::make_shared<Alarm>(runtime_, [weak](TimePoint now) {
            const auto self = weak.lock();
            return self ? self->ring(now) : TimePoint::max();
        });
        alarm_->start(pulse_.first());
    }

    void say_going() {
        if (!over_) sender_->push(FrameKind::going, 0, Frame());
    }

    static Awaitable<void> read(std::shared_ptr<Serving> self) {
        FrameDecoder decoder(self->runtime_->buffers(), End::client);
        while (!self->over_) {
            const Blob piece = co_await self->stream_->receive();
            if (piece.size() == 0) {
                if (decoder.between_frames()) co_return;
                throw Error(Errc::connection_failed, "the other side has closed the connection in mid-sentence");
            }
            ByteView bytes = piece.view();
            bool whole = false;
            while (!bytes.empty() && !self->over_) {
                auto frame = decoder.feed(bytes);
                whole = whole || frame;
                if (frame) self->take(std::move(*frame));
                if (decoder.waits_for()) {
                    const std::size_t size = decoder.waits_for();
                    Share share = co_await pay(self, size);
                    decoder.make_room(std::move(share));
                }
                if (!self->has_room(0)) co_await room(self, 0);
            }
            self->pulse_.heard(piece.size(), whole, !decoder.between_frames());
        }
    }

    // Something may always be done, or nothing ever would.
    bool has_room(std::size_t size) const {
        const std::size_t bytes = bytes_ + sender_->unsent();
        return active_ < options_.requests_at_once && (bytes == 0 || bytes + size < options_.bytes_at_once);
    }

    static Awaitable<void> room(std::shared_ptr<Serving> self, std::size_t size) {
        self->pulse_.pause();
        while (!self->has_room(size) && !self->over_) co_await change(self);
        self->pulse_.resume();
    }

    // This connection's own bound first: whoever waits for a share keeps nobody else from one for longer than others take
    // to be answered.
    static Awaitable<Share> pay(std::shared_ptr<Serving> self, std::size_t size) {
        co_await room(self, size);
        if (!self->options_.budget) co_return Share();
        self->pulse_.pause();
        Share share = co_await self->options_.budget->take(size, self->reading_);
        self->pulse_.resume();
        co_return share;
    }

    static Awaitable<void> change(std::shared_ptr<Serving> self) {
        const auto changed = std::make_shared<Gate>(self->runtime_->loop());
        self->changed_ = changed;
        co_await changed->wait();
    }

    void touch() {
        if (const auto changed = std::exchange(changed_, nullptr)) changed->open();
    }

    void take(NumberedFrame frame) {
        if (frame.kind == FrameKind::cancel) {
            const auto found = running_.find(frame.id); // it may have been answered already
            if (found != running_.end()) give_up(*found->second, Error(Errc::cancelled, "cancelled"));
        }
        if (frame.kind != FrameKind::request) return;
        const auto running = std::make_shared<Running>(frame.id);
        if (!running_.emplace(frame.id, running).second)
            throw Error(Errc::bad_message, "the other side uses the number of a request for another");
        if (frame.frame.deadline_ms > 0) {
            running->deadline = Alarm::Clock::now() + std::chrono::milliseconds(frame.frame.deadline_ms);
            alarm_->no_later_than(running->deadline);
        }
        ++active_;
        asio::co_spawn(runtime_->loop(), answer(shared_from_this(), std::move(frame.frame), running), asio::detached);
    }

    static Awaitable<void> answer(std::shared_ptr<Serving> self, Frame request, RunningRef running) {
        const std::size_t size = request.header.size() + request.payload.size();
        self->bytes_ += size;
        try {
            // Either the request or the reply is large: nobody holds one share and waits for another.
            Share share;
            const bool paid = self->options_.budget && request.payload.size() < large_payload;
            const std::size_t most = paid ? self->service_->reply_room(request) : 0;
            if (most >= large_payload) share = co_await self->options_.budget->take(most, running->job);
            Frame reply = co_await self->service_->serve(std::move(request), running->job);
            if (share.bytes() > reply.payload.size()) share = share.split(reply.payload.size());
            if (!running->answered) self->reply(*running, std::move(reply), std::move(share));
        } catch (...) {
            const Error error = current_error();
            if (!running->answered) self->reply(*running, self->service_->failure(error), Share());
        }
        self->bytes_ -= size;
        --self->active_;
        self->touch();
    }

    void reply(Running &running, Frame frame, Share share) {
        running.answered = true;
        running_.erase(running.id); // the caller holds it
        if (!over_) sender_->push(FrameKind::reply, running.id, std::move(frame), std::move(share));
    }

    // What is being done for it goes on, and counts until it ends.
    void give_up(Running &running, const Error &error) {
        running.job->cancel.request();
        const RunningRef held = running_.at(running.id);
        reply(*held, service_->failure(error), Share());
    }

    TimePoint ring(TimePoint now) {
        std::optional<Error> failure = pulse_.failure(now);
        if (sender_->unsent() > 0 && pulse_.is_stuck(now))
            failure = Error(Errc::connection_failed, "the other side does not take what it has asked for");
        if (failure) {
            end(*failure);
            return TimePoint::max();
        }
        if (pulse_.is_quiet(now)) {
            if (sender_->unsent() == 0) sender_->push(FrameKind::alive, 0, Frame());
            pulse_.skipped();
        }
        std::vector<RunningRef> late;
        TimePoint next = pulse_.next(now);
        for (const auto &[id, running] : running_) {
            if (running->deadline <= now) late.push_back(running);
            if (running->deadline > now) next = std::min(next, running->deadline);
        }
        for (const RunningRef &running : late)
            give_up(*running, Error(Errc::timeout, "the vault has not done it in the time given; whether it still will "
                                                   "is not known"));
        return next;
    }

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const std::shared_ptr<Service> service_;
    const ServeOptions options_;
    Pulse pulse_;
    const JobRef reading_ = std::make_shared<Job>();
    std::shared_ptr<FrameSender> sender_;
    std::shared_ptr<Alarm> alarm_;
    std::shared_ptr<Gate> changed_; // opened when what the reading coroutine waits for may be so
    std::unordered_map<std::uint64_t, RunningRef> running_; // and not answered
    unsigned active_ = 0;
    std::size_t bytes_ = 0; // of the requests that are being answered
    std::optional<Error> over_;
};

} // namespace

Awaitable<void> serve_stream(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                             std::shared_ptr<Service> service, ServeOptions options) {
    job->cancel.check();
    const auto serving =
        std::make_shared<Serving>(std::move(runtime), std::move(stream), std::move(service), std::move(options));
    const auto hook = job->cancel.on_request([serving] { serving->end(Error(Errc::cancelled, "cancelled")); });
    co_await Serving::run(serving);
}

} // namespace safe::net
