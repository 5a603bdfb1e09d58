// Secure sessions with somebody who says anything. The first byte of the input says to which side, and in pieces of what
// size. Randomness counts up, so that the vectors of docs/protocol.md are accepted and what is near them is reached.
#include "fuzz/fuzz.hpp"
#include "net/secure.hpp"

#include <algorithm>

namespace {

using namespace safe;
using namespace safe::net;

class Counting : public Random {
  public:
    void fill(MutableView out) override {
        for (Byte &byte : out) byte = next++;
    }
    Byte next = 0;
};

// Says the input and hears nothing.
class Canned : public Stream {
  public:
    Canned(ByteView input, std::size_t piece) : rest_(input), piece_(piece) {}
    Awaitable<void> send(Blob bytes) override {
        fuzz::expect(bytes.size() > 0 && bytes.size() <= max_piece, "what is sent is a piece");
        co_return;
    }
    Awaitable<Blob> receive() override {
        const ByteView next = rest_.first(std::min(piece_, rest_.size()));
        rest_ = rest_.subspan(next.size());
        co_return Blob(Bytes(next.begin(), next.end()));
    }
    void close() override { rest_ = {}; }

  private:
    ByteView rest_;
    const std::size_t piece_;
};

crypto::SigningKey key_of(Byte first) {
    Bytes seed(32);
    for (Byte &byte : seed) byte = first++;
    return crypto::SigningKey::from_seed(seed);
}

Awaitable<void> talk(RuntimeRef runtime, std::shared_ptr<Stream> stream, bool as_vault, std::optional<Error> *failure) {
    static const crypto::SigningKey vault = key_of(0x40);
    const auto job = std::make_shared<Job>();
    try {
        if (as_vault) {
            Secured secured = co_await secure_server(runtime, job, stream, vault);
            stream = std::move(secured.stream);
        } else {
            crypto::PublicKey wanted = vault.public_key();
            stream = co_await secure_client(runtime, job, stream, wanted, std::nullopt);
        }
        while (true) {
            const Blob piece = co_await stream->receive();
            if (piece.size() == 0) break;
        }
    } catch (...) {
        failure->emplace(current_error());
    }
    stream->close();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    if (size == 0) return 0;
    static Loop loop;
    static const auto random = std::make_shared<Counting>();
    static const auto runtime =
        std::make_shared<Runtime>(loop, Runtime::Ports{nullptr, random, nullptr, nullptr}, 1, limits::memory_for(1));
    const bool as_vault = data[0] & 1;
    random->next = as_vault ? 0x80 : 0;
    const std::size_t piece = data[0] < 0x80 ? Stream::max_piece : 1 + (data[0] >> 1 & 0x3fu);
    std::optional<Error> failure;
    asio::co_spawn(loop,
                   talk(runtime, std::make_shared<Canned>(ByteView(data + 1, size - 1), piece), as_vault, &failure),
                   asio::detached);
    loop.restart();
    while (loop.poll() > 0) continue;
    fuzz::accepted(
        [&] {
            if (failure) throw *failure;
            return true;
        },
        {Errc::bad_message, Errc::bad_signature, Errc::connection_failed});
    return 0;
}
