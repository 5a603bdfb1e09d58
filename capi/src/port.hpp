// Ports: stores and transports behind the C interface (safe/ports.h). The library's questions become requests, which wait
// in the port until the program fetches them; its answers come from whatever thread it likes.
#pragma once

#include "op.hpp"

#include "host/schemes.hpp"
#include "store/port.hpp"

#include "safe/ports.h"

#include <deque>

namespace safe {

class Port;

// Who waits for the answer to a request, on the loop.
struct PortWaiter {
    explicit PortWaiter(ProcessRef waiting);
    ProcessRef process; // goes on until the answer is here; whoever answers takes it over
    Gate gate;
    PortAnswer answer;
    std::optional<Error> error;
};

// One request as its handle sees it. Thread-safe.
class PortRequest {
  public:
    // `waiter`: null if nobody waits.
    PortRequest(std::shared_ptr<Port> port, PortQuestion q, std::string u, std::uint64_t c,
                std::shared_ptr<PortWaiter> waiter);
    ~PortRequest() { drop(); }
    PortRequest(const PortRequest &) = delete;
    PortRequest &operator=(const PortRequest &) = delete;

    const PortQuestion question;
    const std::string url;
    const std::uint64_t connection;

    // The answers. What they throw leaves the request as it was.
    void done(std::int32_t number);
    void give(ByteView bytes);
    void none();
    void add(std::string key, std::uint64_t size);
    void count(StoreFigures objects, StoreDisk space);
    void fail(Errc code, const std::string &why);

    // It was freed: without an answer it fails.
    void drop() noexcept;
    // The port was freed. `why` is what the waiter gets, and who answers.
    void close(Error why) noexcept;
    // Who waits gives up. Loop thread.
    void withdraw(Error why) noexcept;

  private:
    enum class State { waiting, answered, closed };
    void check_waiting() const; // with the lock held
    void end(std::unique_lock<std::mutex> lock, std::optional<Error> error, State state = State::answered);

    const std::shared_ptr<Port> port_;
    std::mutex mutex_;
    State state_ = State::waiting;
    std::shared_ptr<PortWaiter> waiter_;
    std::optional<Error> closed_; // why
    PortAnswer answer_;
};

class Port : public SchemeOpener, public std::enable_shared_from_this<Port> {
  public:
    // Throws INVALID_ARGUMENT, BUSY.
    static std::shared_ptr<Port> open_scheme(std::string scheme, bool transport = false);
    Port(std::string scheme, bool transport) : scheme_(std::move(scheme)), transport_(transport) {}

    bool is_transport() const override { return transport_; }
    Awaitable<StoreRef> open_store(ProcessRef process, std::string url, bool create) override;
    Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, std::string url) override;

    // Throws CLOSED.
    void push(std::shared_ptr<PortRequest> request);
    // It has its answer.
    void forget(const PortRequest *request) noexcept;

    struct Next {
        safe_status status; // SAFE_OK, SAFE_TIMEOUT, SAFE_CLOSED
        std::shared_ptr<PortRequest> request;
    };
    Next next(Deadline deadline);
    // One that could not be given out after all.
    void put_back(std::shared_ptr<PortRequest> request);

    // `handle`: what the callback is to be given.
    void call_back(safe_request_fn wake, void *user_data, safe_port *handle);

    // Frees the scheme and fails what waits.
    void close();

  private:
    struct Callback {
        safe_request_fn wake;
        void *user_data;
        safe_port *handle;
        void call() const noexcept;
    };
    bool something() const { return told_ || !waiting_.empty(); }

    const std::string scheme_;
    const bool transport_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    bool told_ = false; // that it is closed: all who waited for answers
    std::deque<std::shared_ptr<PortRequest>> waiting_;
    std::map<const PortRequest *, std::weak_ptr<PortRequest>> unanswered_; // those that wait, and those given out
    std::optional<Callback> callback_;
    std::atomic<std::uint64_t> last_connection_{0};
};

} // namespace safe
