// WebSockets with somebody who says anything. The first byte of the input says to which side, and in pieces of what size. For
// a client the answer to its request, whose key is not known before, stands before the input where the second byte is odd.
#include "net/native/websocket.hpp"
#include "fuzz/fuzz.hpp"

#include <boost/beast/websocket/detail/hybi13.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace safe;
using namespace safe::net;

constexpr int most_calls = 200'000; // replays have inputs of at most 64 KiB

class Canned : public Stream {
  public:
    Canned(ByteView input, std::size_t piece, bool answers) : rest_(input), piece_(piece), answers_(answers) {}

    Awaitable<void> send(Blob bytes) override {
        if (closed_) throw Error(Errc::closed, "closed");
        fuzz::expect(bytes.size() > 0, "what is sent is something");
        if (std::exchange(answers_, false)) answer(bytes.view());
        co_return;
    }
    Awaitable<Blob> receive() override {
        if (closed_) throw Error(Errc::closed, "closed");
        fuzz::expect(++calls_ < most_calls, "the end is seen");
        ByteView &from = answer_at_.empty() ? rest_ : answer_at_;
        const ByteView next = from.first(std::min(piece_, from.size()));
        from = from.subspan(next.size());
        co_return Blob(Bytes(next.begin(), next.end()));
    }
    void close() override { closed_ = true; }

  private:
    void answer(ByteView request) {
        const std::string text(request.begin(), request.end()), name = "Sec-WebSocket-Key: ";
        const std::size_t at = text.find(name);
        if (at == std::string::npos) return;
        boost::beast::websocket::detail::sec_ws_accept_type accept;
        boost::beast::websocket::detail::make_sec_ws_accept(accept, text.substr(at + name.size(), 24));
        answer_ =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " +
            std::string(accept.data(), accept.size()) + "\r\n\r\n";
        answer_at_ = ByteView(reinterpret_cast<const Byte *>(answer_.data()), answer_.size());
    }

    ByteView rest_, answer_at_;
    std::string answer_;
    const std::size_t piece_;
    bool answers_, closed_ = false;
    int calls_ = 0;
};

Awaitable<void> hear(std::shared_ptr<Stream> stream, std::optional<Error> *failure) {
    try {
        for (;;) {
            const Blob piece = co_await stream->receive();
            if (piece.size() == 0) break;
            fuzz::expect(piece.size() <= Stream::max_piece, "a piece is one");
        }
    } catch (...) {
        failure->emplace(current_error());
    }
    stream->close();
}

class NoRandom : public Random {
  public:
    void fill(MutableView out) override { std::fill(out.begin(), out.end(), Byte{7}); }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    if (size < 2) return 0;
    static Loop loop;
    static const auto runtime = std::make_shared<Runtime>(
        loop, Runtime::Ports{nullptr, std::make_shared<NoRandom>(), nullptr, nullptr}, 1, limits::memory_for(1));
    const bool as_vault = data[0] & 1;
    const std::size_t piece = data[0] < 0x80 ? Stream::max_piece : 1 + (data[0] >> 1 & 0x3fu);
    auto said = std::make_shared<Canned>(ByteView(data + 2, size - 2), piece, !as_vault && data[1] & 1);
    auto stream = as_vault ? make_websocket_server(runtime, said, "/")
                           : make_websocket_client(runtime, said, Endpoint{Endpoint::Kind::ws, "h", 1, ""});
    std::optional<Error> failure;
    asio::co_spawn(loop, hear(std::move(stream), &failure), asio::detached);
    loop.restart();
    while (loop.poll() > 0) continue;
    fuzz::accepted(
        [&] {
            if (failure) throw *failure;
            return true;
        },
        {Errc::bad_message, Errc::connection_failed});
    return 0;
}
