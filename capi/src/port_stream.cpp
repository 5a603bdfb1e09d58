#include "port_stream.hpp"

namespace safe {
namespace {

PortQuestion question_of(PortQuestion::Kind kind) {
    PortQuestion question;
    question.kind = kind;
    question.of_transport = true;
    return question;
}

class PortStream : public net::Stream {
  public:
    PortStream(std::shared_ptr<Port> port, const ProcessRef &process, std::uint64_t connection, std::string url)
        : port_(std::move(port)), process_(process), connection_(connection), url_(std::move(url)) {}
    ~PortStream() override { close(); }

    Awaitable<void> open() {
        PortQuestion question = question_of(PortQuestion::Kind::open);
        co_await ask(std::move(question), opening_, true);
        closed_ = false;
    }

    Awaitable<void> send(Blob bytes) override {
        PortQuestion question = question_of(PortQuestion::Kind::send);
        question.value = std::move(bytes);
        check_open();
        co_await ask(std::move(question), sending_, false);
    }

    Awaitable<Blob> receive() override {
        PortQuestion question = question_of(PortQuestion::Kind::receive);
        question.length = max_piece;
        check_open();
        PortAnswer answer = co_await ask(std::move(question), receiving_, false);
        if (!answer.value) co_return Blob();
        co_return std::move(*answer.value);
    }

    void close() override {
        if (std::exchange(closed_, true)) return;
        for (const auto &held : {sending_, receiving_})
            if (const auto request = held.lock()) request->close(closed());
        try {
            port_->push(std::make_shared<PortRequest>(port_, question_of(PortQuestion::Kind::close), url_, connection_,
                                                      nullptr));
        } catch (...) {
            // The port has gone, or there is no memory to tell it.
        }
    }

  private:
    Error closed() const { return {Errc::closed, "the connection " + url_ + " was closed"}; }
    void check_open() const {
        if (closed_) throw closed();
    }

    // The request is left in `place`, for close(). `keeps`: see PortWaiter.
    Awaitable<PortAnswer> ask(PortQuestion question, std::weak_ptr<PortRequest> &place, bool keeps) {
        const ProcessRef process = process_.lock();
        if (!process) throw closed();
        return wait(push(process, std::move(question), place, keeps), process_);
    }

    std::shared_ptr<PortWaiter> push(const ProcessRef &process, PortQuestion question,
                                     std::weak_ptr<PortRequest> &place, bool keeps) {
        auto waiter = std::make_shared<PortWaiter>(process, keeps);
        auto request = std::make_shared<PortRequest>(port_, std::move(question), url_, connection_, waiter);
        place = request;
        port_->push(std::move(request));
        return waiter;
    }

    static Awaitable<PortAnswer> wait(std::shared_ptr<PortWaiter> waiter, std::weak_ptr<Process> waiting) {
        co_await waiter->gate.wait();
        if (const ProcessRef process = waiting.lock()) process->runtime()->budget().beat();
        if (waiter->error) throw *waiter->error;
        co_return std::move(waiter->answer);
    }

    const std::shared_ptr<Port> port_;
    const std::weak_ptr<Process> process_;
    const std::uint64_t connection_;
    const std::string url_;
    std::weak_ptr<PortRequest> opening_, sending_, receiving_;
    bool closed_ = true; // until it is open
};

} // namespace

Awaitable<std::shared_ptr<net::Stream>> open_port_stream(std::shared_ptr<Port> port, ProcessRef process,
                                                         std::uint64_t connection, std::string url) {
    auto stream = std::make_shared<PortStream>(std::move(port), process, connection, std::move(url));
    co_await stream->open();
    co_return stream;
}

} // namespace safe
