// Both sides of a secure session in one program, with somebody in between.
#pragma once

#include "net/secure.hpp"

#include "meddled.hpp"
#include "memory_stream.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

namespace safe::test {
using crypto::SigningKey;
using net::Admit;
using net::Peer;
using net::Secured;
using net::SecureLimits;
using net::Stream;

// Random bytes that are none: those of the document's vectors.
class Counting : public Random {
  public:
    explicit Counting(Byte first) : next(first) {}
    void fill(MutableView out) override {
        for (Byte &byte : out) byte = next++;
    }
    Byte next;
};

inline SigningKey key_of(Byte first) {
    Bytes seed(32);
    for (Byte &byte : seed) byte = first++;
    return SigningKey::from_seed(seed);
}

// A side of a session, and how it came out.
struct Side {
    std::optional<Errc> ended; // of the handshake, or of what was done last
    std::string message;
    std::shared_ptr<Stream> stream;
    std::optional<Peer> peer;
    Bytes got;
};
using SideRef = std::shared_ptr<Side>;

inline Awaitable<void> note(SideRef side, Awaitable<void> work) {
    side->ended.reset();
    try {
        co_await std::move(work);
        side->ended = Errc::ok;
    } catch (const Error &error) {
        side->ended = error.code();
        side->message = error.message();
    }
}

inline Awaitable<void> take_client(SideRef side, Awaitable<std::shared_ptr<Stream>> work) {
    side->stream = co_await std::move(work);
}

inline Awaitable<void> take_server(SideRef side, Awaitable<Secured> work) {
    Secured secured = co_await std::move(work);
    side->stream = std::move(secured.stream);
    side->peer = secured.peer;
}

// Until there are so many bytes, or the other side says farewell.
inline Awaitable<void> read(SideRef side, std::size_t size) {
    while (side->got.size() < size) {
        const Blob piece = co_await side->stream->receive();
        if (piece.size() == 0) co_return;
        side->got.insert(side->got.end(), piece.view().begin(), piece.view().end());
    }
}

inline Awaitable<void> write(SideRef side, Bytes bytes) {
    Blob blob(std::move(bytes));
    co_await side->stream->send(std::move(blob));
}

constexpr std::size_t hello = 64, answer = 128, proof = 24 + 4 + 256 + 17;

class Secure : public ::testing::Test {
  protected:
    void TearDown() override {
        for (const SideRef &side : {client, server}) {
            if (side->stream) side->stream->close();
            side->stream.reset();
        }
        for (const auto &stream : {near, far})
            if (stream) stream->close();
        loop.context().restart();
        loop.context().run(); // would go on for ever if anybody were left waiting
    }
    void wire(std::size_t piece = Stream::max_piece) {
        client = std::make_shared<Side>();
        server = std::make_shared<Side>();
        std::tie(near, far) = MemoryStream::make(loop.runtime(), piece);
        between = std::make_shared<Meddled>(near);
    }
    void start_client(std::optional<SigningKey> who = {}, std::optional<crypto::PublicKey> wanted = {}) {
        start(client, take_client(client, secure_client(loop.runtime(), job, between,
                                                        wanted ? *wanted : vault.public_key(), who, limits)));
    }
    void start_server(Admit admit = {}) {
        start(server, take_server(server, secure_server(loop.runtime(), job, far, vault, admit, limits)));
    }
    void shake(std::optional<SigningKey> who = {}, Admit admit = {}) {
        start_server(std::move(admit));
        start_client(std::move(who));
        settle();
    }
    void start(const SideRef &side, Awaitable<void> work) {
        asio::co_spawn(loop.context(), note(side, std::move(work)), asio::detached);
    }
    // Until nothing is left to do but to wait.
    void settle() {
        loop.context().restart();
        while (loop.context().poll() > 0) continue;
    }
    Bytes pattern(std::size_t size) {
        Bytes bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(i * 31 + i / 251);
        return bytes;
    }
    // Bytes that somebody says to one of the sides, whatever it says.
    void say(const std::shared_ptr<MemoryStream> &stream, const Bytes &bytes) {
        start(std::make_shared<Side>(), [](std::shared_ptr<MemoryStream> to, Bytes all) -> Awaitable<void> {
            Blob blob(std::move(all));
            co_await to->send(std::move(blob));
        }(stream, bytes));
        settle();
    }

    TestLoop loop;
    SigningKey vault = key_of(0x40), me = key_of(0x60), other = key_of(0xc0);
    JobRef job = std::make_shared<Job>();
    SecureLimits limits;
    std::shared_ptr<MemoryStream> near, far;
    std::shared_ptr<Meddled> between;
    SideRef client = std::make_shared<Side>(), server = std::make_shared<Side>();
};

} // namespace safe::test
