// Secure sessions (docs/protocol.md, "Secure session"): who gets one, and what somebody in between can do.
#include "secure_support.hpp"

#include "crypto/exchange.hpp"
#include "encoding/text.hpp"
#include "encoding/vault_key.hpp"

#include <fstream>

namespace safe::test {
namespace {

using namespace net;

TEST_F(Secure, BothSidesGetASessionAndTheVaultKnowsWhoIsThere) {
    wire();
    shake(me);
    EXPECT_EQ(Errc::ok, client->ended);
    EXPECT_EQ(Errc::ok, server->ended);
    EXPECT_EQ(me.public_key(), server->peer->key);
}

TEST_F(Secure, AClientMayBeAnonymousAndLooksTheSameFromOutside) {
    wire();
    shake();
    EXPECT_EQ(Errc::ok, client->ended);
    EXPECT_FALSE(server->peer->key);
    const std::size_t anonymous = between->out.count;
    TearDown();
    wire();
    shake(me);
    EXPECT_EQ(anonymous, between->out.count);
}

TEST_F(Secure, BytesComeThroughInRecordsOfAnySizeAndPiecesOfAnySize) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, Stream::max_piece}) {
        wire(piece);
        shake();
        Bytes all;
        for (const std::size_t size : {std::size_t{1}, std::size_t{500}, max_record_plain, Stream::max_piece}) {
            const Bytes bytes = pattern(piece == 1 ? size % 5000 + 1 : size);
            all.insert(all.end(), bytes.begin(), bytes.end());
            for (const SideRef &side : {client, server}) start(std::make_shared<Side>(), write(side, bytes));
            start(client, read(client, all.size()));
            start(server, read(server, all.size()));
            settle();
            ASSERT_EQ(Errc::ok, client->ended);
            ASSERT_EQ(Errc::ok, server->ended);
            ASSERT_TRUE(all == client->got && all == server->got) << size << " " << piece;
        }
        TearDown();
    }
}

TEST_F(Secure, NothingReadableIsOnTheWire) {
    wire();
    shake(me);
    const std::string secret(3000, 's');
    start(client, write(client, Bytes(secret.begin(), secret.end())));
    settle();
    const std::string seen(text_of(between->out.seen));
    EXPECT_GT(seen.size(), secret.size());
    EXPECT_EQ(std::string::npos, seen.find(std::string(12, 's'))); // fewer may come up in random bytes
    EXPECT_EQ(std::string::npos, seen.find(text_of(me.public_key())));
    EXPECT_EQ(std::string::npos, seen.find(text_of(vault.public_key())));
}

TEST_F(Secure, NoRecordIsLargerThanAPieceOfAStream) {
    wire();
    shake();
    between->out.instead = [](Bytes piece) {
        EXPECT_LE(piece.size(), Stream::max_piece);
        return std::vector<Bytes>{std::move(piece)};
    };
    start(client, write(client, pattern(Stream::max_piece)));
    start(server, read(server, Stream::max_piece));
    settle();
    EXPECT_EQ(Errc::ok, server->ended);
    EXPECT_EQ(max_record_plain, client->stream->best_piece());
}

TEST_F(Secure, KeysAreChangedAfterSoManyRecordsOrBytes) {
    limits.records.records = 3;
    limits.records.bytes = 100'000;
    wire();
    shake();
    const Bytes bytes = pattern(60'000);
    for (std::size_t i = 1; i <= 20; ++i) {
        start(client, write(client, bytes));
        start(server, read(server, i * bytes.size()));
        settle();
        ASSERT_EQ(Errc::ok, server->ended) << i;
    }
}

// ---- the vectors of docs/protocol.md, made by tests/protocol

std::string vector_of(const std::string &name) {
    std::ifstream document(SAFE_SOURCE_DIR "/docs/protocol.md");
    std::string line, all;
    while (std::getline(document, line) && line != name + ":") continue;
    while (std::getline(document, line) && !line.empty() && line.back() != ':' && line != "```") all += line;
    return all;
}

TEST(SecureVectors, AreWhatIsSaid) {
    // Each side draws from its own source; they take turns, so one port with the right bytes does for both.
    class Turns : public Random {
      public:
        void fill(MutableView out) override {
            Counting &source = turn++ % 2 == 0 ? client : server; // client's key, vault's, client's header, vault's
            source.fill(out);
        }
        Counting client{0}, server{0x80};
        unsigned turn = 0;
    };
    for (const bool named : {true, false}) {
        TestLoop loop(2, 0, std::make_shared<Turns>());
        auto [near, far] = MemoryStream::make(loop.runtime());
        const auto between = std::make_shared<Meddled>(near);
        const auto client = std::make_shared<Side>(), server = std::make_shared<Side>();
        const SigningKey vault = key_of(0x40);
        EXPECT_EQ(vector_of("vault key"), vault_key_text(vault.public_key()));
        std::optional<SigningKey> me;
        if (named) me = key_of(0x60);
        const auto start = [&](const SideRef &side, Awaitable<void> work) {
            asio::co_spawn(loop.context(), note(side, std::move(work)), asio::detached);
        };
        const auto job = std::make_shared<Job>();
        start(server, take_server(server, secure_server(loop.runtime(), job, far, vault)));
        start(client, take_client(client, secure_client(loop.runtime(), job, between, vault.public_key(), me)));
        loop.context().run();
        ASSERT_EQ(Errc::ok, client->ended) << client->message;
        start(client, write(client, Bytes{'h', 'e', 'l', 'l', 'o'}));
        loop.context().restart();
        loop.context().run();
        server->stream->close();
        start(client, read(client, 1));
        loop.context().restart();
        loop.context().run();
        EXPECT_EQ(Errc::ok, client->ended);
        const std::string identity = named ? "identity" : "identity of an anonymous client";
        const std::string sent = to_hex(between->out.seen), got = to_hex(between->in.seen);
        EXPECT_EQ(vector_of("hello") + vector_of(identity) +
                      (named ? vector_of("record") : sent.substr(2 * (hello + proof))),
                  sent);
        EXPECT_EQ(vector_of("answer") + vector_of("verdict") + vector_of("farewell"), got);
        near->close();
        loop.context().restart();
        loop.context().run();
    }
}

// ---- others than the vault that is meant

TEST_F(Secure, AnotherVaultIsRefusedBeforeAnythingIsSaid) {
    wire();
    start_server();
    start_client(me, other.public_key());
    settle();
    EXPECT_EQ(Errc::bad_signature, client->ended);
    EXPECT_EQ(hello, between->out.count);
    EXPECT_EQ(Errc::connection_failed, server->ended);
}

TEST_F(Secure, SomebodyInTheMiddleWithAKeyOfHisOwnIsRefused) {
    // Two sessions, with him as the vault of one and the client of the other, do not come about.
    wire();
    const SigningKey real = vault;
    vault = other;
    start_server();
    start_client(me, real.public_key());
    settle();
    EXPECT_EQ(Errc::bad_signature, client->ended);
}

TEST_F(Secure, SomebodyWhoPutsHisOwnExchangeKeyInIsRefused) {
    Counting mallory(0x11);
    const Bytes32 his = crypto::ExchangeKey(mallory).public_key();
    for (const bool to_server : {true, false}) {
        wire();
        Meddled::Way &way = to_server ? between->out : between->in;
        way.instead = [&, first = true](Bytes piece) mutable {
            if (std::exchange(first, false)) std::copy(his.begin(), his.end(), piece.begin() + (to_server ? 5 : 4));
            return std::vector<Bytes>{std::move(piece)};
        };
        shake(me);
        EXPECT_EQ(Errc::bad_signature, client->ended) << to_server;
        EXPECT_EQ(Errc::connection_failed, server->ended);
        EXPECT_FALSE(server->stream);
        TearDown();
    }
}

TEST_F(Secure, AReplayedVaultIsRefused) {
    wire();
    shake(me);
    const Bytes said = between->in.seen;
    TearDown();
    wire();
    start_client(me);
    say(far, said);
    EXPECT_EQ(Errc::bad_signature, client->ended);
}

TEST_F(Secure, AReplayedClientIsRefused) {
    wire();
    shake(me);
    const Bytes said = between->out.seen;
    TearDown();
    wire();
    start_server();
    say(near, said);
    EXPECT_EQ(Errc::bad_signature, server->ended);
    EXPECT_FALSE(server->stream);
}

TEST_F(Secure, AReflectedHandshakeIsRefused) {
    wire();
    start_client(me);
    settle();
    Bytes back = between->out.seen;
    back.resize(answer);
    say(far, back);
    EXPECT_EQ(Errc::bad_signature, client->ended);
}

TEST_F(Secure, AClientThatIsNotWantedIsToldWhy) {
    wire();
    shake(me, [&](const Peer &peer) {
        EXPECT_EQ(me.public_key(), peer.key);
        return std::optional<Error>(Error(Errc::busy, "too many of you"));
    });
    EXPECT_EQ(Errc::busy, client->ended);
    EXPECT_EQ("too many of you", client->message);
    EXPECT_EQ(Errc::busy, server->ended);
}

TEST_F(Secure, ExchangeKeysThatMakeSecretsPredictableAreRefused) {
    // Points of small order (RFC 7748, section 7): the shared secret would be zero whatever the other's key.
    for (const char *point : {"0000000000000000000000000000000000000000000000000000000000000000",
                              "0100000000000000000000000000000000000000000000000000000000000000",
                              "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
        const Bytes bytes = *from_hex(point);
        wire();
        between->out.instead = [&, first = true](Bytes piece) mutable {
            if (std::exchange(first, false)) std::copy(bytes.begin(), bytes.end(), piece.begin() + 5);
            return std::vector<Bytes>{std::move(piece)};
        };
        shake();
        EXPECT_EQ(Errc::bad_signature, server->ended) << point;
        EXPECT_EQ(0u, between->in.count) << point;
        TearDown();
    }
}

// ---- what is altered on the way

TEST_F(Secure, ABitThatIsTurnedAnywhereInTheHandshakeIsNoticed) {
    for (const bool out : {true, false}) {
        const std::size_t size = out ? hello + proof : answer + proof;
        for (std::size_t at = 0; at < size; ++at) {
            wire(at % 3 ? Stream::max_piece : 10);
            Meddled::Way &way = out ? between->out : between->in;
            way.flip = at;
            way.bits = static_cast<Byte>(1u << at % 8);
            shake(me);
            ASSERT_TRUE(client->ended && server->ended) << out << " " << at; // nobody waits for what will not come
            ASSERT_FALSE(client->stream) << out << " " << at;
            const bool first = at == 0;
            if (!out) {
                EXPECT_EQ(first ? Errc::bad_message : Errc::bad_signature, client->ended) << at;
            } else if (at < hello) {
                EXPECT_FALSE(server->stream);
                EXPECT_TRUE(client->ended == Errc::bad_signature || server->ended == Errc::bad_message) << at;
            } else {
                EXPECT_EQ(Errc::bad_signature, server->ended) << at;
                EXPECT_EQ(Errc::connection_failed, client->ended) << at;
            }
            TearDown();
        }
    }
}

TEST_F(Secure, AHandshakeThatIsCutAnywhereFails) {
    for (const bool out : {true, false}) {
        const std::size_t size = out ? hello + proof : answer + proof;
        for (std::size_t at = 0; at < size; at += at < 200 ? 1 : 7) {
            wire();
            (out ? between->out : between->in).cut = at;
            shake(me);
            EXPECT_EQ(Errc::connection_failed, client->ended) << out << " " << at;
            EXPECT_TRUE(!out || server->ended == Errc::connection_failed || server->ended == Errc::closed) << at;
            TearDown();
        }
    }
}

// ---- who says nothing, or something else

TEST_F(Secure, AnotherProtocolIsRefusedAtItsFirstByte) {
    for (const Bytes &said : {Bytes{'G'}, Bytes{0x16}, Bytes{1}, Bytes{0}}) {
        wire();
        start_server();
        say(near, said);
        EXPECT_EQ(Errc::bad_message, server->ended);
        EXPECT_TRUE(far->is_closed());
        TearDown();
        wire();
        start_client();
        say(far, said);
        EXPECT_EQ(Errc::bad_message, client->ended);
        EXPECT_TRUE(near->is_closed());
        TearDown();
    }
}

TEST_F(Secure, AClientOfOtherVersionsIsRefused) {
    wire();
    start_server();
    Bytes later{0x92, 0x92, 0x02, 0x03, 0xc4, 0x20};
    later.resize(hello);
    say(near, later);
    EXPECT_EQ(Errc::bad_message, server->ended);
}

TEST_F(Secure, ThereIsADeadlineForTheWholeHandshake) {
    limits.client_handshake = limits.server_handshake = std::chrono::milliseconds(20);
    wire();
    start_server();
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(Errc::timeout, server->ended);
    EXPECT_TRUE(far->is_closed());
    wire();
    start_client();
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(Errc::timeout, client->ended);
    EXPECT_TRUE(near->is_closed());
}

TEST_F(Secure, AHandshakeIsCancelledAtOnce) {
    wire();
    start_client();
    settle();
    job->cancel.request();
    settle();
    EXPECT_EQ(Errc::cancelled, client->ended);
    EXPECT_TRUE(near->is_closed());
}

} // namespace
} // namespace safe::test
