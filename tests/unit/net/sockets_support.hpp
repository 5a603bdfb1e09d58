// Real connections within one program: listeners at ports of the system's choice, and clients of them.
#pragma once

#include "net/dial.hpp"
#include "net/listener.hpp"

#include "support/loop.hpp"

#include <gtest/gtest.h>

namespace safe::test {
using net::Accepted;
using net::Endpoint;
using net::Listener;
using net::Stream;
using net::TlsFiles;

// How something came out; nothing while it is under way.
struct Outcome {
    std::optional<Errc> code;
    std::string message;
    Bytes got;
};
using OutcomeRef = std::shared_ptr<Outcome>;

inline Awaitable<void> note(OutcomeRef outcome, Awaitable<void> work) {
    try {
        co_await std::move(work);
        outcome->code = Errc::ok;
    } catch (const Error &error) {
        outcome->code = error.code();
        outcome->message = error.message();
    }
}

// Until there are so many bytes, or the other side closes.
inline Awaitable<void> receive(std::shared_ptr<Stream> stream, OutcomeRef outcome, std::size_t size) {
    while (outcome->got.size() < size) {
        const Blob piece = co_await stream->receive();
        if (piece.size() == 0) co_return;
        outcome->got.insert(outcome->got.end(), piece.view().begin(), piece.view().end());
    }
}

inline Awaitable<void> send(std::shared_ptr<Stream> stream, Bytes bytes, std::size_t piece) {
    const Blob all(std::move(bytes));
    for (std::size_t at = 0; at < all.size(); at += piece) {
        Blob part = all.part(at, std::min(piece, all.size() - at));
        co_await stream->send(std::move(part));
    }
}

// Until the other side closes.
inline Awaitable<void> echo(std::shared_ptr<Stream> stream) {
    for (;;) {
        Blob piece = co_await stream->receive();
        if (piece.size() == 0) co_return;
        co_await stream->send(std::move(piece));
    }
}

// Says a byte when it is there, so that all that a connection needs has been done.
inline Awaitable<void> keep(std::shared_ptr<std::shared_ptr<Stream>> where,
                            Awaitable<std::shared_ptr<Stream>> dialling) {
    *where = co_await std::move(dialling);
    Blob byte(Bytes{1});
    co_await (*where)->send(std::move(byte));
}

class Sockets : public ::testing::Test {
  protected:
    void TearDown() override {
        for (const auto &stream : streams) stream->close();
        streams.clear();
        for (const auto &listener : listeners) listener->close();
        loop.context().restart();
        loop.context().run(); // would go on for ever if anybody were left waiting
    }

    // While somebody listens the loop does not come to its end by itself.
    template <class Done>
    void run_until(Done done, std::chrono::milliseconds most = std::chrono::seconds(20)) {
        const auto end = std::chrono::steady_clock::now() + most;
        while (!done() && std::chrono::steady_clock::now() < end) {
            loop.context().restart();
            loop.context().run_one_for(std::chrono::milliseconds(100));
        }
        ASSERT_TRUE(done()) << "not in the time given";
    }
    OutcomeRef start(Awaitable<void> work) { return start(std::make_shared<Outcome>(), std::move(work)); }
    OutcomeRef start(OutcomeRef outcome, Awaitable<void> work) {
        asio::co_spawn(loop.context(), note(outcome, std::move(work)), asio::detached);
        return outcome;
    }
    OutcomeRef start_receive(const std::shared_ptr<Stream> &stream, std::size_t size = SIZE_MAX) {
        const auto outcome = std::make_shared<Outcome>();
        return start(outcome, receive(stream, outcome, size));
    }
    OutcomeRef finish(OutcomeRef outcome) {
        run_until([&] { return outcome->code.has_value(); });
        return outcome;
    }
    OutcomeRef finish(Awaitable<void> work) { return finish(start(std::move(work))); }

    std::shared_ptr<Listener> listen(Endpoint endpoint, TlsFiles files = {}) {
        listeners.push_back(loop.run(net::listen(loop.runtime(), job, std::move(endpoint), std::move(files))));
        return listeners.back();
    }
    static Endpoint at(Endpoint::Kind kind, std::string path = "", std::uint16_t port = 0) {
        return Endpoint{kind, "127.0.0.1", port, std::move(path)};
    }

    // A connection on which nothing is said.
    std::shared_ptr<Stream> dial(Endpoint endpoint) {
        const auto where = std::make_shared<std::shared_ptr<Stream>>();
        finish(start([](auto dialling, auto to) -> Awaitable<void> {
            *to = co_await std::move(dialling);
        }(net::dial(loop.runtime(), job, std::move(endpoint)), where)));
        streams.push_back(*where);
        return *where;
    }

    // What comes in next where somebody listens.
    std::shared_ptr<Stream> accepted(std::shared_ptr<Listener> listener) {
        const auto where = std::make_shared<std::shared_ptr<Stream>>();
        finish(start([](auto from, auto to) -> Awaitable<void> {
            Accepted accepted = co_await from->accept();
            *to = std::move(accepted.stream);
        }(std::move(listener), where)));
        streams.push_back(*where);
        return *where;
    }

    static Bytes pattern(std::size_t size) {
        Bytes bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(i * 31 + i / 251);
        return bytes;
    }
    static Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

    TestLoop loop;
    JobRef job = std::make_shared<Job>();
    std::vector<std::shared_ptr<Listener>> listeners;
    std::vector<std::shared_ptr<Stream>> streams;
};

} // namespace safe::test
