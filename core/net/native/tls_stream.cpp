#include "net/native/tls_context.hpp"

#include "base/error.hpp"
#include "net/deadline.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace safe::net {
namespace {

constexpr std::size_t record = 16 * 1024; // RFC 8446, section 5.1
constexpr std::chrono::milliseconds farewell_time{1000};

// OpenSSL reads and writes memory; what it has written there is sent, and what is received is put there.
class TlsStream : public Stream, public std::enable_shared_from_this<TlsStream> {
  public:
    // `host`: whose certificate it has to be; none: this side is the server.
    TlsStream(RuntimeRef runtime, std::shared_ptr<Stream> stream, TlsContextRef context, std::string host)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), context_(std::move(context)),
          openssl_(context_->openssl()), host_(std::move(host)),
          owned_(openssl_.new_session(context_->get()), openssl_.free_session), session_(owned_.get()) {
        in_ = session_ ? openssl_.new_bio(openssl_.memory_method()) : nullptr;
        out_ = in_ ? openssl_.new_bio(openssl_.memory_method()) : nullptr;
        if (!out_) throw Error(Errc::out_of_memory, "no memory for TLS");
        openssl_.set_bios(session_, in_, out_);
        host_.empty() ? openssl_.begin_as_server(session_) : be_client();
    }
    ~TlsStream() override { stream_->close(); }

    Awaitable<void> send(Blob bytes) override { return send(shared_from_this(), std::move(bytes)); }
    Awaitable<Blob> receive() override { return receive(shared_from_this()); }

    void close() override {
        if (std::exchange(closed_, true)) return;
        if (!ready_ || over_ || sending_) {
            stream_->close();
            return;
        }
        openssl_.say_farewell(session_);
        openssl_.forget_problems();
        asio::co_spawn(runtime_->loop(), farewell(shared_from_this()), asio::detached);
    }

  private:
    void be_client() {
        openssl_.begin_as_client(session_);
        boost::system::error_code no_number;
        asio::ip::make_address(host_, no_number);
        if (no_number) {
            openssl_.set_host(session_, host_.c_str());
            openssl_.control(session_, OpenSsl::set_host_name, OpenSsl::host_name, host_.data());
        } else {
            openssl_.set_address(openssl_.verification(session_), host_.c_str());
        }
    }

    static Awaitable<void> send(std::shared_ptr<TlsStream> self, Blob bytes) {
        if (!self->ready_) co_await shake_hands(self);
        self->check_open();
        self->openssl_.forget_problems();
        const int size = static_cast<int>(bytes.size());
        if (self->openssl_.write(self->session_, bytes.view().data(), size) != size) self->fail(self->broken());
        co_await flush(self);
    }

    static Awaitable<Blob> receive(std::shared_ptr<TlsStream> self) {
        if (!self->ready_) co_await shake_hands(self);
        for (;;) {
            self->check_open();
            if (self->over_) co_return Blob();
            Blob plain = self->read();
            if (plain.size() > 0) co_return plain;
            co_await flush(self); // what reading has made OpenSSL say
            if (!self->over_) co_await feed(self);
        }
    }

    // None: nothing is there, or it was the end.
    Blob read() {
        Buffer plain(runtime_->buffers(), record);
        openssl_.forget_problems();
        const int size = openssl_.read(session_, plain.data(), static_cast<int>(plain.capacity()));
        if (size > 0) {
            plain.resize(static_cast<std::size_t>(size));
            return Blob(std::move(plain));
        }
        const int outcome = openssl_.outcome(session_, size);
        if (outcome == OpenSsl::peer_closed) over_ = true;
        if (outcome != OpenSsl::peer_closed && outcome != OpenSsl::wants_read) fail(broken());
        return Blob();
    }

    static Awaitable<void> shake_hands(std::shared_ptr<TlsStream> self) {
        std::optional<Error> failure;
        while (!self->ready_ && !failure) {
            self->check_open();
            self->openssl_.forget_problems();
            const int result = self->openssl_.shake_hands(self->session_);
            const bool waits = self->openssl_.outcome(self->session_, result) == OpenSsl::wants_read;
            self->ready_ = result == 1;
            if (!self->ready_ && !waits) failure = self->refusal();
            co_await flush(self); // also the alert that says why not
            if (!self->ready_ && !failure) co_await feed(self);
            if (self->over_)
                failure = Error(Errc::connection_failed,
                                "the connection ended before the TLS handshake did; is wss: spoken there?");
        }
        if (failure) self->fail(*failure);
    }

    // Waits for bytes, and gives them to OpenSSL.
    static Awaitable<void> feed(std::shared_ptr<TlsStream> self) {
        Blob piece;
        std::optional<Error> failure;
        try {
            piece = co_await self->stream_->receive();
        } catch (...) {
            failure = current_error();
        }
        if (failure) self->fail(*failure);
        const int size = static_cast<int>(piece.size());
        if (size == 0) self->over_ = true;
        if (size > 0 && self->openssl_.put(self->in_, piece.view().data(), size) != size)
            self->fail(Error(Errc::out_of_memory, "no memory for TLS"));
    }

    // Sends what OpenSSL has to say. Whoever comes while that is being done leaves it to the one who does.
    static Awaitable<void> flush(std::shared_ptr<TlsStream> self) {
        while (const auto sending = self->sending_) co_await sending->wait();
        std::optional<Error> failure;
        for (;;) {
            const long size = self->openssl_.ask(self->out_, OpenSsl::pending, 0, nullptr);
            if (size <= 0 || failure) break;
            Buffer out(self->runtime_->buffers(), static_cast<std::size_t>(size));
            out.resize(out.capacity());
            self->openssl_.take(self->out_, out.data(), static_cast<int>(size));
            const auto sending = std::make_shared<Gate>(self->runtime_->loop());
            self->sending_ = sending;
            try {
                Blob bytes(std::move(out));
                co_await self->stream_->send(std::move(bytes));
            } catch (...) {
                failure = current_error();
            }
            self->sending_.reset();
            sending->open();
        }
        if (failure) self->fail(*failure);
    }

    static Awaitable<void> farewell(std::shared_ptr<TlsStream> self) {
        const Deadline deadline(self->runtime_, std::make_shared<Job>(), self->stream_, farewell_time);
        try {
            co_await flush(self);
        } catch (...) {
            // Whoever does not take it sees the connection end.
        }
        self->stream_->close();
    }

    void check_open() const {
        if (closed_) throw Error(Errc::closed, "the connection was closed");
        if (failure_) throw *failure_;
    }

    [[noreturn]] void fail(Error error) {
        if (!failure_) failure_ = std::move(error);
        over_ = true;
        stream_->close();
        throw *failure_;
    }

    Error broken() const {
        return {Errc::connection_failed,
                "what came over the connection is not what the other side has sent: it was damaged "
                "or altered on the way (TLS: " +
                    openssl_.problem() + "); connect again"};
    }

    Error refusal() const {
        const long code = openssl_.verified(session_);
        if (!host_.empty() && code != 0)
            return {Errc::bad_signature, "the certificate of " + host_ +
                                             " is not to be trusted: " + openssl_.certificate_problem(code) +
                                             "; is the clock right, and does this machine know who has signed it? "
                                             "(SSL_CERT_FILE names certificates of your own)"};
        return {Errc::bad_message, "no TLS session came about: " + openssl_.problem()};
    }

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const TlsContextRef context_;
    const OpenSsl &openssl_;
    std::string host_;
    const std::unique_ptr<OpenSsl::Session, void (*)(OpenSsl::Session *)> owned_;
    OpenSsl::Session *const session_;
    OpenSsl::Bio *in_, *out_;       // the session's own
    std::shared_ptr<Gate> sending_; // opened when what is being sent was
    std::optional<Error> failure_;
    bool ready_ = false, closed_ = false;
    bool over_ = false; // the other side has closed, or it has failed
};

} // namespace

std::shared_ptr<Stream> make_tls_server(RuntimeRef runtime, std::shared_ptr<Stream> stream, TlsContextRef context) {
    return std::make_shared<TlsStream>(std::move(runtime), std::move(stream), std::move(context), "");
}

std::shared_ptr<Stream> make_tls_client(RuntimeRef runtime, std::shared_ptr<Stream> stream, TlsContextRef context,
                                        std::string host) {
    return std::make_shared<TlsStream>(std::move(runtime), std::move(stream), std::move(context), std::move(host));
}

} // namespace safe::net
