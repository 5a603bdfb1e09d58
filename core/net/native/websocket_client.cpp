#include "net/native/websocket.hpp"
#include "net/native/websocket_stream.hpp"

namespace safe::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t masked_at_once = 16 * 1024; // a client's bytes are masked in a buffer of that size, which stays

class WebSocketClient : public WebSocketStream {
  public:
    WebSocketClient(RuntimeRef runtime, std::shared_ptr<Stream> stream, Endpoint endpoint)
        : WebSocketStream(std::move(runtime), std::move(stream)), endpoint_(std::move(endpoint)) {
        socket_.write_buffer_bytes(masked_at_once);
    }

  protected:
    Awaitable<void> begin() override {
        Endpoint there = endpoint_;
        there.kind = Endpoint::Kind::tcp;
        there.path.clear();
        const std::string host = there.text().substr(std::string_view("tcp://").size());
        const std::string target = endpoint_.path.empty() ? "/" : endpoint_.path;
        websocket::response_type response;
        const auto [problem] =
            co_await socket_.async_handshake(response, host, target, asio::as_tuple(asio::use_awaitable));
        if (problem) throw refusal(response, problem);
    }

    // As the server's, but masked (RFC 6455, section 5.3).
    Blob close_frame() const override {
        Bytes frame{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
        runtime_->random().fill(MutableView(frame).subspan(2, 4));
        frame[6] ^= frame[2];
        frame[7] ^= frame[3];
        return Blob(std::move(frame));
    }

  private:
    Error refusal(const websocket::response_type &response, const error_code &problem) const {
        if (problem == http::error::end_of_stream || problem == http::error::partial_message)
            return {Errc::connection_failed, "cannot connect to " + endpoint_.text() +
                                                 ": the connection ended before it was a WebSocket; is a vault served "
                                                 "there, and over ws:?"};
        if (problem == websocket::error::upgrade_declined) {
            const unsigned status = response.result_int();
            const bool passes = status >= 500 || status == 429; // also what a proxy says for a vault that is down
            return {passes ? Errc::connection_failed : Errc::bad_message,
                    "cannot connect to " + endpoint_.text() + ": the answer is HTTP " + std::to_string(status) +
                        ", not a WebSocket" + (passes ? "; try again later" : "; are address and path right?")};
        }
        if (problem.category() == http::make_error_code(http::error::need_more).category())
            return {Errc::bad_message, "cannot connect to " + endpoint_.text() +
                                           ": what is there does not speak HTTP (" + problem.message() + ")"};
        return failure("upgrade", problem);
    }

    const Endpoint endpoint_;
};

} // namespace

std::shared_ptr<Stream> make_websocket_client(RuntimeRef runtime, std::shared_ptr<Stream> stream, Endpoint endpoint) {
    return std::make_shared<WebSocketClient>(std::move(runtime), std::move(stream), std::move(endpoint));
}

} // namespace safe::net
