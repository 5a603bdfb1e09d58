// Which transport serves which scheme.
#include "net/dial.hpp"
#include "net/native/tcp.hpp"
#include "net/native/tls_certificate.hpp"
#include "net/native/websocket.hpp"

namespace safe::net {
namespace {

// WebSockets on what comes in over TCP, or over TLS on that.
class WebSocketListener : public Listener {
  public:
    WebSocketListener(RuntimeRef runtime, std::shared_ptr<Listener> tcp, std::shared_ptr<TlsCertificate> certificate)
        : runtime_(std::move(runtime)), tcp_(std::move(tcp)), certificate_(std::move(certificate)) {}

    Awaitable<Accepted> accept() override {
        for (;;) {
            Accepted accepted = co_await tcp_->accept();
            try {
                if (certificate_ && certificate_->is_replaced()) {
                    auto work = [certificate = certificate_] { certificate->renew(); };
                    co_await runtime_->on_io(std::move(work));
                }
                if (certificate_)
                    accepted.stream = make_tls_server(runtime_, std::move(accepted.stream), certificate_->context());
                accepted.stream = make_websocket_server(runtime_, std::move(accepted.stream), bound().path);
                co_return accepted;
            } catch (...) {
                // There is no memory for this one. The next is another matter.
            }
        }
    }
    void close() override { tcp_->close(); }
    Endpoint bound() const override { return tcp_->bound(); }

  private:
    const RuntimeRef runtime_;
    const std::shared_ptr<Listener> tcp_;
    const std::shared_ptr<TlsCertificate> certificate_; // none: ws
};

} // namespace

Awaitable<std::shared_ptr<Stream>> dial(RuntimeRef runtime, JobRef job, Endpoint endpoint) {
    TlsContextRef tls;
    if (endpoint.kind == Endpoint::Kind::wss) tls = co_await runtime->on_io(make_tls_client_context);
    std::shared_ptr<Stream> stream = co_await dial_tcp(runtime, job, endpoint);
    if (endpoint.kind == Endpoint::Kind::tcp) co_return stream;
    if (tls) stream = make_tls_client(runtime, std::move(stream), std::move(tls), endpoint.host);
    co_return make_websocket_client(std::move(runtime), std::move(stream), std::move(endpoint));
}

Awaitable<std::shared_ptr<Listener>> listen(RuntimeRef runtime, JobRef job, Endpoint endpoint, TlsFiles files) {
    const Endpoint::Kind kind = endpoint.kind;
    std::shared_ptr<TlsCertificate> certificate;
    if (kind == Endpoint::Kind::wss) {
        auto work = [files = std::move(files)] { return std::make_shared<TlsCertificate>(files); };
        certificate = co_await runtime->on_io(std::move(work));
    }
    std::shared_ptr<Listener> tcp = co_await listen_tcp(runtime, std::move(job), std::move(endpoint));
    if (kind == Endpoint::Kind::tcp) co_return tcp;
    co_return std::make_shared<WebSocketListener>(std::move(runtime), std::move(tcp), std::move(certificate));
}

} // namespace safe::net
