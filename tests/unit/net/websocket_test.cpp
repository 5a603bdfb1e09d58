// WebSocket and TLS over real connections, with others on the other side that do what they should not.
#include "certificates.hpp"
#include "sockets_support.hpp"

namespace safe::test {
namespace {

using Kind = Endpoint::Kind;
using namespace std::chrono_literals;

// What is the same with TLS below and without.
class WebSockets : public Sockets, public ::testing::WithParamInterface<Kind> {
  protected:
    void SetUp() override {
        if (GetParam() == Kind::ws) return;
        files = certificates.make("localhost", "DNS:localhost,IP:127.0.0.1");
        if (files.certificate.empty()) GTEST_SKIP() << "there is no openssl";
        ::setenv("SSL_CERT_FILE", files.certificate.c_str(), 1);
    }
    // Both ends of a connection.
    void connect(const std::string &path = "") {
        listener = listen(at(GetParam(), path), files);
        const auto where = std::make_shared<std::shared_ptr<Stream>>();
        auto dialled = start(keep(where, net::dial(loop.runtime(), job, listener->bound())));
        far = accepted(listener);
        auto first = start_receive(far, 1);
        finish(dialled);
        ASSERT_EQ(Errc::ok, *dialled->code) << dialled->message;
        near = *where;
        streams.push_back(near);
        finish(first);
    }

    Certificates certificates;
    TlsFiles files;
    std::shared_ptr<Listener> listener;
    std::shared_ptr<Stream> near, far; // the client's and the server's
};
INSTANTIATE_TEST_SUITE_P(, WebSockets, ::testing::Values(Kind::ws, Kind::wss),
                         [](const auto &which) { return which.param == Kind::ws ? "Plain" : "OverTls"; });

TEST_P(WebSockets, CarryBytesBothWaysWhateverThePieces) {
    connect("/vault");
    const Bytes bytes = pattern(3'000'000);
    auto echoing = start(echo(far));
    for (const std::size_t piece : {std::size_t{1000}, Stream::max_piece}) {
        auto back = start_receive(near, bytes.size());
        auto sent = start(send(near, bytes, piece));
        finish(back);
        EXPECT_EQ(bytes, back->got);
        EXPECT_EQ(Errc::ok, *finish(sent)->code);
    }
    near->close();
    EXPECT_EQ(Errc::ok, *finish(echoing)->code);
}

TEST_P(WebSockets, CarrySingleBytes) {
    connect();
    auto echoing = start(echo(far));
    const Bytes bytes = pattern(300);
    auto back = start_receive(near, bytes.size());
    finish(send(near, bytes, 1));
    EXPECT_EQ(bytes, finish(back)->got);
}

TEST_P(WebSockets, EndWhenEitherSideCloses) {
    for (const bool by_client : {true, false}) {
        connect();
        auto &closes = by_client ? near : far;
        auto &other = by_client ? far : near;
        auto waiting = start_receive(closes), hearing = start_receive(other);
        closes->close();
        EXPECT_EQ(Errc::closed, *finish(waiting)->code);
        EXPECT_EQ(Errc::ok, *finish(hearing)->code); // the end
        EXPECT_EQ(Errc::ok, *finish(start_receive(other))->code);
        EXPECT_EQ(Errc::connection_failed, *finish(send(other, Bytes{1}, 1))->code);
        EXPECT_EQ(Errc::closed, *finish(send(closes, Bytes{1}, 1))->code);
    }
}

TEST_P(WebSockets, CloseAlthoughTheOtherSideTakesNothing) {
    connect();
    auto sending = start(send(near, pattern(30'000'000), Stream::max_piece));
    loop.context().restart();
    loop.context().run_for(200ms);
    ASSERT_FALSE(sending->code); // nobody reads
    near->close();
    EXPECT_EQ(Errc::closed, *finish(sending)->code);
}

TEST_P(WebSockets, MayBeUsedByBothDirectionsBeforeTheyAreMade) {
    listener = listen(at(GetParam()), files);
    auto dialled =
        start(keep(std::make_shared<std::shared_ptr<Stream>>(), net::dial(loop.runtime(), job, listener->bound())));
    far = accepted(listener);
    auto hearing = start_receive(far, 1);
    auto sending = start(send(far, Bytes{1}, 1));
    EXPECT_EQ(Errc::ok, *finish(dialled)->code) << dialled->message;
    EXPECT_EQ(Errc::ok, *finish(sending)->code);
    EXPECT_EQ(Errc::ok, *finish(hearing)->code);
}

TEST_P(WebSockets, AreAwaitedUntilTheyAreClosed) {
    const auto silent = listen(at(Kind::tcp));
    Endpoint there = silent->bound();
    there.kind = GetParam();
    const auto where = std::make_shared<std::shared_ptr<Stream>>();
    auto dialled = start(keep(where, net::dial(loop.runtime(), job, there)));
    auto other = accepted(silent);
    EXPECT_EQ(Errc::ok, *finish(start_receive(other, 1))->code); // it has begun
    ASSERT_FALSE(dialled->code);
    const auto waiting = start_receive(*where);
    (*where)->close();
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(Errc::closed, *finish(dialled)->code);
    EXPECT_EQ(Errc::closed, *finish(waiting)->code);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
}

TEST_P(WebSockets, AreNotWaitedForByWhoAccepts) {
    listener = listen(at(GetParam()), files);
    Endpoint there = listener->bound();
    there.kind = Kind::tcp;
    dial(there); // and says nothing
    auto slow = accepted(listener);
    auto waiting = start_receive(slow, 1);
    auto dialled =
        start(keep(std::make_shared<std::shared_ptr<Stream>>(), net::dial(loop.runtime(), job, listener->bound())));
    auto next = start(echo(accepted(listener)));
    EXPECT_EQ(Errc::ok, *finish(dialled)->code);
    ASSERT_FALSE(waiting->code);
    slow->close();
    EXPECT_EQ(Errc::closed, *finish(waiting)->code);
}

TEST_P(WebSockets, AreAtTheirPathOnly) {
    listener = listen(at(GetParam(), "/vault"), files);
    Endpoint there = listener->bound();
    for (const char *path : {"", "/", "/vaults", "/vault/"}) {
        there.path = path;
        const auto where = std::make_shared<std::shared_ptr<Stream>>();
        auto dialled = start(keep(where, net::dial(loop.runtime(), job, there)));
        auto refused = start_receive(accepted(listener));
        EXPECT_EQ(Errc::bad_message, *finish(dialled)->code) << path;
        EXPECT_NE(std::string::npos, dialled->message.find("HTTP 404")) << dialled->message;
        EXPECT_EQ(Errc::bad_message, *finish(refused)->code) << path;
    }
    there.path = "/vault?from=here";
    auto dialled = start(keep(std::make_shared<std::shared_ptr<Stream>>(), net::dial(loop.runtime(), job, there)));
    auto serving = start_receive(accepted(listener));
    EXPECT_EQ(Errc::ok, *finish(dialled)->code);
}

// Somebody who speaks TCP, and what the two sides make of what is said.
class Strangers : public Sockets {
  protected:
    // What comes of a server's stream if a client says that.
    OutcomeRef server_told(const std::string &text, bool ends = false) {
        const auto listener = listen(at(Kind::ws, "/"));
        Endpoint there = listener->bound();
        there.kind = Kind::tcp;
        client = dial(there);
        auto outcome = start_receive(accepted(listener));
        finish(send(client, bytes_of(text), Stream::max_piece));
        if (ends) client->close();
        return finish(outcome);
    }
    // And of a client that dials, if the server says that.
    OutcomeRef client_told(const std::string &text, Kind kind = Kind::ws) {
        const auto listener = listen(at(Kind::tcp));
        Endpoint there = listener->bound();
        there.kind = kind;
        auto dialled = start(keep(std::make_shared<std::shared_ptr<Stream>>(), net::dial(loop.runtime(), job, there)));
        auto server = accepted(listener);
        finish(start_receive(server, 1));
        if (!text.empty()) finish(send(server, bytes_of(text), Stream::max_piece));
        server->close();
        return finish(dialled);
    }
    std::string request() const {
        return "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    }
    // A client's frame whose mask is zero.
    static std::string frame(int first, std::size_t size) {
        std::string text{static_cast<char>(first), static_cast<char>(0xff)};
        for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift);
        if (size < 65536) {
            text = {static_cast<char>(first), static_cast<char>(0xfe), static_cast<char>(size >> 8),
                    static_cast<char>(size)};
        }
        if (size < 126) text = {static_cast<char>(first), static_cast<char>(0x80 | size)};
        return text + std::string(4, '\0') + std::string(std::min<std::size_t>(size, 70'000), 'x');
    }
    std::shared_ptr<Stream> client;
};

TEST_F(Strangers, WithTheRequestOfTheStandardGetItsAnswer) {
    const auto heard = server_told(request() + frame(0x82, 5) + frame(0x88, 0)); // RFC 6455, section 1.3
    EXPECT_EQ(Errc::ok, *heard->code) << heard->message;
    EXPECT_EQ(bytes_of("xxxxx"), heard->got);
    const auto answer = finish(start_receive(client))->got;
    const std::string text(answer.begin(), answer.end());
    EXPECT_EQ(0u, text.find("HTTP/1.1 101 ")) << text;
    EXPECT_NE(std::string::npos, text.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) << text;
    EXPECT_EQ(std::string("\r\n\r\n\x88\x02\x03\xe8"), text.substr(text.size() - 8)) << "the Close was not answered";
}

TEST_F(Strangers, WithoutAWebSocketAreSentAwayAtOnce) {
    for (const std::string &text :
         {std::string("\x92"), std::string("GEX"), std::string("GET / NONSENSE\r\n"),
          "GET / HTTP/1.1\r\nA: " + std::string(9000, 'a'), "GET /" + std::string(9000, 'a'),
          std::string("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), std::string("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")})
        EXPECT_EQ(Errc::bad_message, *server_told(text)->code) << text.substr(0, 20);
    EXPECT_EQ(Errc::connection_failed, *server_told("GET / HT", true)->code);
}

TEST_F(Strangers, WithFramesThatMayNotBeAreSentAway) {
    for (const std::string &frames :
         {frame(0x81, 4), frame(0x82, 65537), frame(0x82, SIZE_MAX), frame(0xc2, 4), frame(0x83, 4), frame(0x80, 4),
          frame(0x89, 126), std::string("\x82\x04text"), frame(0x02, 40'000) + frame(0x80, 40'000)})
        EXPECT_EQ(Errc::bad_message, *server_told(request() + frames)->code) << int(frames[0]);
    const auto heard = server_told(request() + frame(0x82, 65536) + frame(0x02, 100) + frame(0x89, 4) + frame(0x00, 0) +
                                   frame(0x80, 400) + frame(0x88, 0));
    EXPECT_EQ(Errc::ok, *heard->code) << heard->message;
    EXPECT_EQ(66036u, heard->got.size());
}

TEST_F(Strangers, ThatAnswerSomethingElseAreNoVault) {
    EXPECT_EQ(Errc::connection_failed, *client_told("")->code);
    EXPECT_EQ(Errc::connection_failed, *client_told("HTTP/1.1 101 Swi")->code);
    EXPECT_EQ(Errc::connection_failed, *client_told("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")->code);
    for (const char *text : {"\x92\x91\x01 something", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"})
        EXPECT_EQ(Errc::bad_message, *client_told(text)->code) << text;
    EXPECT_EQ(Errc::bad_message, *client_told("HTTP/1.1 101 Yes\r\nA: " + std::string(20'000, 'a'))->code);
    EXPECT_EQ(Errc::connection_failed, *client_told("", Kind::wss)->code);
    EXPECT_EQ(Errc::bad_message, *client_told("HTTP/1.1 400 Bad Request\r\n\r\n", Kind::wss)->code);
}

class Tls : public Sockets {
  protected:
    void SetUp() override {
        files = certificates.make("localhost", "DNS:localhost,IP:127.0.0.1");
        other = certificates.make("other", "DNS:vault.example");
        if (other.certificate.empty()) GTEST_SKIP() << "there is no openssl";
        ::setenv("SSL_CERT_FILE", files.certificate.c_str(), 1);
    }
    OutcomeRef dial_to(const TlsFiles &served, const std::string &host) {
        return dial_to(listen(at(Kind::wss), served), host);
    }
    OutcomeRef dial_to(const std::shared_ptr<Listener> &listener, const std::string &host) {
        Endpoint there = listener->bound();
        there.host = host;
        const auto where = std::make_shared<std::shared_ptr<Stream>>();
        auto dialled = start(keep(where, net::dial(loop.runtime(), job, there)));
        auto serving = start_receive(accepted(listener));
        finish(dialled);
        if (*where) (*where)->close();
        finish(serving);
        return dialled;
    }
    Errc listen_with(const TlsFiles &with) {
        try {
            listen(at(Kind::wss), with);
            return Errc::ok;
        } catch (const Error &error) {
            message = error.message();
            return error.code();
        }
    }
    Certificates certificates;
    TlsFiles files, other;
    std::string message;
};

TEST_F(Tls, IsWithTheHostThatWasMeantAlone) {
    EXPECT_EQ(Errc::ok, *dial_to(files, "127.0.0.1")->code);
    EXPECT_EQ(Errc::ok, *dial_to(files, "localhost")->code);
    const auto unknown = dial_to(other, "127.0.0.1");
    EXPECT_EQ(Errc::bad_signature, *unknown->code);
    EXPECT_NE(std::string::npos, unknown->message.find("certificate of 127.0.0.1")) << unknown->message;
    ::setenv("SSL_CERT_FILE", other.certificate.c_str(), 1);
    EXPECT_EQ(Errc::bad_signature, *dial_to(other, "127.0.0.1")->code); // known, but another's
    EXPECT_EQ(Errc::bad_signature, *dial_to(other, "localhost")->code);
    EXPECT_EQ(Errc::bad_signature, *dial_to(files, "localhost")->code);
}

// Without a restart: whoever renews it replaces the files, one after the other.
TEST_F(Tls, ShowsTheCertificateThatItsFilesHold) {
    const TlsFiles served{certificates.path("served.crt"), certificates.path("served.key")};
    // Each at a time of its own: those that a file system notes have ticks, within which a file of the same size is no
    // other one.
    auto replace = [age = std::chrono::seconds(0)](const std::string &from, const std::string &to) mutable {
        std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::last_write_time(to, std::filesystem::last_write_time(to) + ++age);
    };
    replace(files.certificate, served.certificate);
    replace(files.key, served.key);
    const auto listener = listen(at(Kind::wss), served);
    EXPECT_EQ(Errc::ok, *dial_to(listener, "localhost")->code);
    replace(other.certificate, served.certificate); // not the key's: the one of before is shown
    EXPECT_EQ(Errc::ok, *dial_to(listener, "localhost")->code);
    replace(other.key, served.key);
    EXPECT_EQ(Errc::bad_signature, *dial_to(listener, "localhost")->code);
    std::filesystem::remove(served.key);
    certificates.write("served.crt", "text");
    EXPECT_EQ(Errc::bad_signature, *dial_to(listener, "localhost")->code);
    replace(files.certificate, served.certificate);
    replace(files.key, served.key);
    EXPECT_EQ(Errc::ok, *dial_to(listener, "localhost")->code);
}

TEST_F(Tls, NeedsACertificateAndItsKey) {
    EXPECT_EQ(Errc::ok, listen_with(files));
    EXPECT_EQ(Errc::invalid_argument, listen_with({}));
    EXPECT_NE(std::string::npos, message.find("needs a certificate")) << message;
    EXPECT_EQ(Errc::file_not_found, listen_with({certificates.path("none"), files.key}));
    EXPECT_EQ(Errc::file_not_found, listen_with({files.certificate, certificates.path("none")}));
    EXPECT_EQ(Errc::invalid_argument, listen_with({files.key, files.key}));
    EXPECT_EQ(Errc::invalid_argument, listen_with({files.certificate, files.certificate}));
    EXPECT_EQ(Errc::invalid_argument, listen_with({certificates.write("x", "text"), files.key}));
    EXPECT_EQ(Errc::invalid_argument, listen_with({files.certificate, other.key}));
    EXPECT_NE(std::string::npos, message.find(other.key)) << message;
}

} // namespace
} // namespace safe::test
