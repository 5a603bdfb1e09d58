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
        co_await ask(std::move(question), nullptr);
        closed_ = false;
    }

    Awaitable<void> send(Blob bytes) override {
        PortQuestion question = question_of(PortQuestion::Kind::send);
        question.value = std::move(bytes);
        check_open();
        co_await ask(std::move(question), &sending_);
    }

    Awaitable<Blob> receive() override {
        PortQuestion question = question_of(PortQuestion::Kind::receive);
        question.length = max_piece;
        check_open();
        PortAnswer answer = co_await ask(std::move(question), &receiving_);
        if (!answer.value) co_return Blob();
        co_return std::move(*answer.value);
    }

    void close() override {
        if (std::exchange(closed_, true)) return;
        for (const auto &request : {sending_, receiving_})
            if (request) request->withdraw(closed());
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

    // `place`: where the request is while it waits, for close(). The process goes on until then.
    Awaitable<PortAnswer> ask(PortQuestion question, std::shared_ptr<PortRequest> *place) {
        const ProcessRef process = process_.lock();
        if (!process) throw closed();
        auto waiter = std::make_shared<PortWaiter>(process);
        auto request = std::make_shared<PortRequest>(port_, std::move(question), url_, connection_, waiter);
        port_->push(request);
        if (place) *place = std::move(request);
        return wait(std::move(waiter), process_, place);
    }

    static Awaitable<PortAnswer> wait(std::shared_ptr<PortWaiter> waiter, std::weak_ptr<Process> waiting,
                                      std::shared_ptr<PortRequest> *place) {
        co_await waiter->gate.wait();
        if (place) place->reset();
        if (const ProcessRef process = waiting.lock()) process->runtime()->budget().beat();
        if (waiter->error) throw *waiter->error;
        co_return std::move(waiter->answer);
    }

    const std::shared_ptr<Port> port_;
    const std::weak_ptr<Process> process_;
    const std::uint64_t connection_;
    const std::string url_;
    std::shared_ptr<PortRequest> sending_, receiving_; // while they wait
    bool closed_ = true;                               // until it is open
};

} // namespace

Awaitable<std::shared_ptr<net::Stream>> open_port_stream(std::shared_ptr<Port> port, ProcessRef process,
                                                         std::uint64_t connection, std::string url) {
    auto stream = std::make_shared<PortStream>(std::move(port), process, connection, std::move(url));
    co_await stream->open();
    co_return stream;
}

} // namespace safe
