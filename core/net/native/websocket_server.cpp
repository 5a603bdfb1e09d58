#include "net/native/websocket.hpp"
#include "net/native/websocket_stream.hpp"
#include "net/native/websocket_upgrade.hpp"

namespace safe::net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view not_found = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

class WebSocketServer : public WebSocketStream {
  public:
    WebSocketServer(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string path)
        : WebSocketStream(std::move(runtime), std::move(stream)), path_(path.empty() ? "/" : std::move(path)) {
        socket_.set_option(websocket::stream_base::decorator(
            [](websocket::response_type &response) { response.set(http::field::server, "libsafe"); }));
    }

  protected:
    Awaitable<void> begin() override {
        Upgrade upgrade = co_await read_upgrade(pipe_->stream());
        const std::string_view target(upgrade.request.target().data(), upgrade.request.target().size());
        if (target.substr(0, target.find('?')) != path_) {
            Blob answer(Bytes(not_found.begin(), not_found.end()));
            co_await pipe_->stream()->send(std::move(answer));
            throw Error(Errc::bad_message, "a WebSocket was asked for at a path where there is none");
        }
        pipe_->put_back(std::move(upgrade.rest));
        const auto [problem] = co_await socket_.async_accept(upgrade.request, asio::as_tuple(asio::use_awaitable));
        if (problem) throw failure("upgrade", problem);
    }

    // RFC 6455, sections 5.2 and 7.4.1: FIN and Close, two bytes: 1000, "normal".
    Blob close_frame() const override { return Blob(Bytes{0x88, 0x02, 0x03, 0xe8}); }

  private:
    const std::string path_;
};

} // namespace

std::shared_ptr<Stream> make_websocket_server(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::string path) {
    return std::make_shared<WebSocketServer>(std::move(runtime), std::move(stream), std::move(path));
}

} // namespace safe::net
