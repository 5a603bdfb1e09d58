#include "net/lasting_channel.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

namespace safe::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A request that breaks every connection it is sent over, by whatever fault of the other side, is not sent for ever.
constexpr unsigned most_attempts = 5;
// A connection that has fallen silent may have been forgotten by something on the way; two in a row are the vault's.
constexpr unsigned most_silences = 2;

// What was damaged on its way looks as if it came from another vault, or from none; that many in a row do come from there.
constexpr unsigned most_refusals = 3;

constexpr std::chrono::seconds settled{5}; // a connection that has lasted so long is one that works, too

class Lasting : public std::enable_shared_from_this<Lasting> {
  public:
    Lasting(RuntimeRef runtime, Dial dial, std::string name, LastingChannel::Pauses pauses)
        : runtime_(std::move(runtime)), dial_(std::move(dial)), name_(std::move(name)), pauses_(pauses),
          stop_(std::make_shared<Gate>(runtime_->loop())) {}

    static Awaitable<void> connect(std::shared_ptr<Lasting> self, JobRef job) {
        const std::uint64_t number = self->generation_ + 1;
        std::shared_ptr<bool> over = std::make_shared<bool>(false);
        Ended ended = [weak = std::weak_ptr(self), number, over](Error why) {
            *over = true;
            if (const auto alive = weak.lock()) alive->lost(number, std::move(why));
        };
        std::shared_ptr<Channel> made = co_await self->dial_(std::move(job), std::move(ended));
        if (self->link_ == Link::closed) co_return;
        self->generation_ = number;
        self->current_ = std::move(made);
        self->link_ = Link::up;
        self->since_ = steady_clock::now();
        self->tell();
        if (*over) self->lost(number, Error(Errc::connection_failed, "the connection broke at once"));
    }

    static Awaitable<Frame> call(std::shared_ptr<Lasting> self, Frame request, JobRef job) {
        steady_clock::duration waited{0}; // for connections
        unsigned silences = 0;
        for (unsigned attempt = 1;; ++attempt) {
            const auto began = steady_clock::now();
            co_await until_up(self, job, began + self->patience_ - waited);
            waited += steady_clock::now() - began;
            const std::shared_ptr<Channel> channel = self->current_; // lives until its calls have their answers
            const std::uint64_t number = self->generation_;
            std::optional<Error> failure;
            try {
                Frame copy = request;
                if (copy.deadline_ms == 0) copy.deadline_ms = static_cast<std::uint32_t>(self->patience_.count());
                Frame reply = co_await channel->call(std::move(copy), job);
                self->pause_ = milliseconds(0); // a connection that answers is one that works
                co_return reply;
            } catch (...) {
                failure = current_error();
            }
            if (self->link_ == Link::closed || !self->is_broken(number, *failure)) throw *failure;
            self->lost(number, *failure);
            if (failure->code() == Errc::timeout) ++silences;
            if (attempt == most_attempts || silences == most_silences || !request.repeatable)
                throw self->as_told(*failure);
        }
    }

    // Whether that is not the vault's answer, but the end of the connection of that number. Garbage, altered records and
    // silence end connections too; a vault may say the same of a request.
    bool is_broken(std::uint64_t number, const Error &error) const {
        if (error.code() == Errc::connection_failed) return true;
        const bool is_up = link_ == Link::up && generation_ == number;
        return !is_up && (error.code() == Errc::bad_message || error.code() == Errc::bad_signature ||
                          error.code() == Errc::timeout);
    }

    // By whatever connections end: to who asked it is that there is none.
    Error as_told(const Error &error) const {
        if (error.code() == Errc::timeout || error.code() == Errc::connection_failed) return error;
        return {Errc::connection_failed, "no connection to " + name_ + ": " + error.message()};
    }

    void close() {
        if (link_ == Link::closed) return;
        link_ = Link::closed;
        stop_->open();
        if (dialling_) dialling_->cancel.request();
        current_.reset();
        tell();
    }

    static Awaitable<void> until_other_than(std::shared_ptr<Lasting> self, Link known, JobRef job) {
        while (self->link_ == known) {
            job->cancel.check();
            const auto gate = self->next_change();
            const auto hook = job->cancel.on_request([gate] { gate->open(); });
            co_await gate->wait();
        }
    }

    const RuntimeRef &runtime() const { return runtime_; }
    Link link() const { return link_; }
    std::uint64_t generation() const { return generation_; }
    void set_patience(milliseconds patience) { patience_ = patience; }

  private:
    static Awaitable<void> until_up(std::shared_ptr<Lasting> self, JobRef job, steady_clock::time_point end) {
        for (;;) {
            job->cancel.check();
            if (self->link_ == Link::closed) throw Error(Errc::closed, "the client was freed");
            if (self->link_ == Link::up) co_return;
            if (self->hopeless_) throw *self->hopeless_;
            const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
            if (left <= milliseconds::zero())
                throw Error(Errc::connection_failed, "no connection to " + self->name_ + ": " + self->why_);
            const auto gate = self->next_change();
            const auto hook = job->cancel.on_request([gate] { gate->open(); });
            co_await gate->wait_for(left);
        }
    }

    void lost(std::uint64_t number, Error why) {
        if (number != generation_ || link_ != Link::up) return;
        why_ = why.message();
        link_ = Link::down;
        if (steady_clock::now() - since_ > settled) pause_ = milliseconds(0);
        // This may be called by the connection, which has to live until it returns.
        asio::post(runtime_->loop(), [last = std::move(current_)] {});
        current_ = nullptr;
        tell();
        asio::co_spawn(runtime_->loop(), again(weak_from_this(), runtime_, stop_), asio::detached);
    }

    static bool may_be_damage(Errc code) { return code == Errc::bad_message || code == Errc::bad_signature; }

    static Awaitable<void> again(std::weak_ptr<Lasting> weak, RuntimeRef runtime, std::shared_ptr<Gate> stop) {
        for (unsigned refusals = 0;;) {
            milliseconds pause(0);
            if (const auto self = weak.lock()) pause = jittered(runtime, self->next_pause());
            const bool stopped = co_await stop->wait_for(pause);
            const std::shared_ptr<Lasting> self = weak.lock();
            if (stopped || !self) co_return;
            self->dialling_ = std::make_shared<Job>();
            try {
                co_await connect(self, self->dialling_);
                co_return;
            } catch (...) {
                const Error why = current_error();
                self->why_ = why.message();
                refusals = may_be_damage(why.code()) ? refusals + 1 : 0;
                if (is_retryable(why.code()) || (refusals > 0 && refusals < most_refusals)) continue;
                self->hopeless_ = why;
                self->tell();
                co_return;
            }
        }
    }

    // Connections that are made and break at once are tried as rarely as those that are not made.
    milliseconds next_pause() {
        const milliseconds pause = std::max(pause_, pauses_.first);
        pause_ = std::min(2 * pause, pauses_.last);
        return pause;
    }

    static milliseconds jittered(const RuntimeRef &runtime, milliseconds most) {
        std::uint16_t drawn = 0;
        runtime->random().fill(MutableView(reinterpret_cast<Byte *>(&drawn), sizeof drawn));
        return most / 2 + most * drawn / 2 / UINT16_MAX;
    }

    std::shared_ptr<Gate> next_change() {
        std::erase_if(waiting_, [](const std::weak_ptr<Gate> &gate) { return gate.expired(); });
        auto gate = std::make_shared<Gate>(runtime_->loop());
        waiting_.push_back(gate);
        return gate;
    }

    void tell() {
        for (const std::weak_ptr<Gate> &weak : std::exchange(waiting_, {}))
            if (const auto gate = weak.lock()) gate->open();
    }

    const RuntimeRef runtime_;
    const Dial dial_;
    const std::string name_;
    const LastingChannel::Pauses pauses_;
    const std::shared_ptr<Gate> stop_; // opened by close()
    milliseconds patience_{10000};
    std::atomic<Link> link_{Link::down};
    std::string why_;                // it is down
    std::optional<Error> hopeless_;  // it will stay so, whatever is tried
    steady_clock::time_point since_; // it is up
    milliseconds pause_{0};          // before the next attempt, at most; 0: the first
    std::uint64_t generation_ = 0;
    std::shared_ptr<Channel> current_;
    JobRef dialling_;
    std::vector<std::weak_ptr<Gate>> waiting_; // for the link to change
};

class Handle : public LastingChannel {
  public:
    explicit Handle(std::shared_ptr<Lasting> lasting) : lasting_(std::move(lasting)) {}
    ~Handle() override { lasting_->close(); }

    Awaitable<Frame> call(Frame request, JobRef job) override {
        return Lasting::call(lasting_, std::move(request), std::move(job));
    }
    std::uint64_t generation() const override { return lasting_->generation(); }
    void set_patience(milliseconds patience) override { lasting_->set_patience(patience); }
    Link link() const override { return lasting_->link(); }
    Awaitable<void> until_other_than(Link known, JobRef job) override {
        return Lasting::until_other_than(lasting_, known, std::move(job));
    }

  private:
    const std::shared_ptr<Lasting> lasting_;
};

} // namespace

Awaitable<std::shared_ptr<LastingChannel>> make_lasting_channel(RuntimeRef runtime, JobRef job, Dial dial,
                                                                std::string name, LastingChannel::Pauses pauses) {
    auto lasting = std::make_shared<Lasting>(std::move(runtime), std::move(dial), std::move(name), pauses);
    co_await Lasting::connect(lasting, std::move(job));
    co_return std::make_shared<Handle>(std::move(lasting));
}

} // namespace safe::net
