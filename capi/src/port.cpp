#include "port.hpp"

#include "port_stream.hpp"
#include "shared_process.hpp"
#include "telling.hpp"

#include "safe/client.h"

namespace safe {

namespace {

Error port_freed(const std::string &url) {
    return {Errc::closed, "the port of " + url + " was freed; what is connected to it is of no use any more"};
}

// One OPEN and what follows from it.
class Connection : public StorePort {
  public:
    Connection(std::shared_ptr<Port> port, const ProcessRef &process, std::uint64_t id, std::string url)
        : port_(std::move(port)), process_(process), id_(id), url_(std::move(url)) {}

    ~Connection() override {
        if (!opened_) return;
        PortQuestion question;
        question.kind = PortQuestion::Kind::close;
        try {
            port_->push(std::make_shared<PortRequest>(port_, std::move(question), url_, id_, nullptr));
        } catch (...) {
            // The port has gone, or there is no memory to tell it.
        }
    }

    Awaitable<PortAnswer> ask(PortQuestion question) override {
        const ProcessRef process = process_.lock();
        if (!process) throw Error(Errc::closed, "the client of " + url_ + " was freed");
        auto waiter = std::make_shared<PortWaiter>(process);
        port_->push(std::make_shared<PortRequest>(port_, std::move(question), url_, id_, waiter));
        co_await waiter->gate.wait();
        process->runtime()->budget().beat();
        if (waiter->error) throw *waiter->error;
        co_return std::move(waiter->answer);
    }

    void opened() { opened_ = true; }

  private:
    const std::shared_ptr<Port> port_;
    const std::weak_ptr<Process> process_;
    const std::uint64_t id_;
    const std::string url_;
    bool opened_ = false;
};

// The beginning of a text, whole characters of UTF-8.
std::string cut(const std::string &text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
}

} // namespace

PortWaiter::PortWaiter(ProcessRef waiting) : process(std::move(waiting)), gate(process->loop()) {}

PortRequest::PortRequest(std::shared_ptr<Port> port, PortQuestion q, std::string u, std::uint64_t c,
                         std::shared_ptr<PortWaiter> waiter)
    : question(std::move(q)), url(std::move(u)), connection(c), port_(std::move(port)), waiter_(std::move(waiter)) {}

void PortRequest::check_waiting() const {
    if (state_ == State::answered)
        throw Error(Errc::already_taken, "the request was answered before; it takes one answer");
    if (state_ == State::closed) throw *closed_;
}

void PortRequest::end(std::unique_lock<std::mutex> lock, std::optional<Error> error, State state) {
    state_ = state;
    std::shared_ptr<PortWaiter> waiter = std::move(waiter_);
    waiter_ = nullptr;
    if (waiter) {
        waiter->answer = std::move(answer_);
        waiter->error = std::move(error);
    }
    lock.unlock();
    port_->forget(this);
    if (!waiter) return;
    // Held until the loop knows: who waits may end the process as soon as it does. The gate itself stays on the loop.
    const ProcessRef process = std::move(waiter->process);
    asio::post(process->loop(), [waiter = std::move(waiter)] { waiter->gate.open(); });
}

void PortRequest::done(std::int32_t number) {
    std::unique_lock lock(mutex_);
    check_waiting();
    answer_.done(question, number);
    end(std::move(lock), std::nullopt);
}

void PortRequest::give(ByteView bytes) {
    std::unique_lock lock(mutex_);
    check_waiting();
    PortAnswer::check_value(question, bytes.size());
    Buffer copy(waiter_->process->runtime()->buffers(), bytes.size());
    copy.append(bytes);
    answer_.value = Blob(std::move(copy));
    end(std::move(lock), std::nullopt);
}

void PortRequest::none() {
    std::unique_lock lock(mutex_);
    check_waiting();
    PortAnswer::check_none(question);
    end(std::move(lock), std::nullopt);
}

void PortRequest::add(std::string key, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    check_waiting();
    answer_.add(question, std::move(key), size);
}

void PortRequest::count(StoreFigures objects, StoreDisk space) {
    std::unique_lock lock(mutex_);
    check_waiting();
    answer_.count(question, objects, space);
    end(std::move(lock), std::nullopt);
}

void PortRequest::fail(Errc code, const std::string &why) {
    constexpr std::size_t most = 1000;
    std::unique_lock lock(mutex_);
    check_waiting();
    end(std::move(lock), port_failure(question, url, code, cut(why, most)));
}

void PortRequest::drop() noexcept {
    std::unique_lock lock(mutex_);
    if (state_ != State::waiting) return;
    end(std::move(lock), port_silence(question, url));
}

void PortRequest::close(Error why) noexcept {
    std::unique_lock lock(mutex_);
    if (state_ != State::waiting) return;
    closed_ = why;
    end(std::move(lock), std::move(why), State::closed);
}

void PortRequest::withdraw(Error why) noexcept {
    std::unique_lock lock(mutex_);
    if (state_ != State::waiting) return;
    state_ = State::closed;
    closed_ = why;
    const std::shared_ptr<PortWaiter> waiter = std::move(waiter_);
    waiter_ = nullptr;
    lock.unlock();
    port_->forget(this);
    const ProcessRef process = std::move(waiter->process); // may be its last, which goes when the gate knows
    waiter->error = std::move(why);
    waiter->gate.open();
}

std::shared_ptr<Port> Port::open_scheme(std::string scheme, bool transport) {
    auto port = std::make_shared<Port>(scheme, transport);
    added_schemes()->add(scheme, port);
    return port;
}

Awaitable<StoreRef> Port::open_store(ProcessRef process, std::string url, bool create) {
    auto connection = std::make_shared<Connection>(shared_from_this(), process, ++last_connection_, url);
    PortQuestion question;
    question.kind = PortQuestion::Kind::open;
    question.flags = create ? 0 : SAFE_CONNECT_NO_CREATE;
    co_await connection->ask(std::move(question));
    connection->opened();
    co_return make_port_store(std::move(connection), std::move(url));
}

Awaitable<std::shared_ptr<net::Stream>> Port::open_stream(ProcessRef process, std::string url) {
    return open_port_stream(shared_from_this(), std::move(process), ++last_connection_, std::move(url));
}

void Port::push(std::shared_ptr<PortRequest> request) {
    std::optional<Callback> callback;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) throw port_freed(request->url);
        unanswered_.emplace(request.get(), request);
        waiting_.push_back(std::move(request));
        changed_.notify_one();
        callback = std::exchange(callback_, std::nullopt);
    }
    if (callback) callback->call();
}

void Port::forget(const PortRequest *request) noexcept {
    const std::lock_guard lock(mutex_);
    unanswered_.erase(request);
}

Port::Next Port::next(Deadline deadline) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return something(); };
    if (!deadline)
        changed_.wait(lock, ready);
    else if (!changed_.wait_until(lock, *deadline, ready))
        return {SAFE_TIMEOUT, nullptr};
    if (told_) return {SAFE_CLOSED, nullptr};
    Next next{SAFE_OK, std::move(waiting_.front())};
    waiting_.pop_front();
    return next;
}

void Port::put_back(std::shared_ptr<PortRequest> request) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    waiting_.push_front(std::move(request));
    changed_.notify_one();
}

void Port::call_back(safe_request_fn wake, void *user_data, safe_port *handle) {
    const Callback callback{wake, user_data, handle};
    std::unique_lock lock(mutex_);
    if (callback_)
        throw Error(Errc::invalid_argument,
                    "the port has a callback already, which was not called yet; set the next one "
                    "when it is called");
    if (!something()) {
        callback_ = callback;
        return;
    }
    // Freed by another thread after this one had found its handle: nobody has been told, and nobody else will be.
    safe_port *const told = told_ ? nullptr : handle;
    lock.unlock();
    wake(user_data, told);
}

void Port::close() {
    added_schemes()->remove(scheme_);
    std::deque<std::shared_ptr<PortRequest>> waiting;
    std::map<const PortRequest *, std::weak_ptr<PortRequest>> unanswered;
    std::optional<Callback> callback;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        waiting.swap(waiting_);
        unanswered.swap(unanswered_);
    }
    for (const auto &[raw, held] : unanswered)
        if (const auto request = held.lock()) request->close(port_freed(request->url));
    {
        // Only now: the owner may close what is behind the port as soon as he knows, and answer that it is closed.
        const std::lock_guard lock(mutex_);
        told_ = true;
        callback = std::exchange(callback_, std::nullopt);
        changed_.notify_all();
    }
    if (callback) callback->wake(callback->user_data, nullptr);
}

void Port::Callback::call() const noexcept {
    const Telling telling;
    const CallingBack scope;
    wake(user_data, handle);
}

} // namespace safe
