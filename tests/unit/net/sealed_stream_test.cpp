// The records of a secure session (docs/protocol.md, "Records"), and its end.
#include "secure_support.hpp"

namespace safe::test {
namespace {

using namespace net;

// The records of three messages, as a client has sent them.
class SecureRecords : public Secure {
  protected:
    void send_three() {
        wire();
        shake();
        between->out.instead = [this](Bytes piece) {
            records.push_back(piece);
            return std::vector<Bytes>{};
        };
        for (const std::size_t size : {10u, 20u, 30u}) {
            start(client, write(client, pattern(size)));
            settle();
        }
        ASSERT_EQ(3u, records.size());
    }
    // What the vault makes of these bytes.
    Errc code_of(const Bytes &bytes) {
        if (!bytes.empty()) say(near, bytes);
        start(server, read(server, SIZE_MAX));
        settle();
        if (!server->ended) near->close();
        settle();
        const Errc code = *server->ended;
        TearDown();
        return code;
    }
    Bytes joined(const std::vector<std::size_t> &which) {
        Bytes all;
        for (const std::size_t i : which) all.insert(all.end(), records[i].begin(), records[i].end());
        return all;
    }
    std::vector<Bytes> records;
};

TEST_F(SecureRecords, ThatAreDoubledLeftOutOrMovedAreNoticed) {
    for (const auto &order :
         std::vector<std::vector<std::size_t>>{{0, 0}, {0, 1, 1}, {0, 2}, {1}, {2}, {1, 0, 2}, {0, 2, 1}}) {
        records.clear();
        send_three();
        EXPECT_EQ(Errc::connection_failed, code_of(joined(order)));
        EXPECT_TRUE(far->is_closed());
    }
    records.clear();
    send_three();
    say(near, joined({0, 1, 2}));
    start(server, read(server, 60));
    settle();
    EXPECT_EQ(Errc::ok, server->ended);
}

TEST_F(SecureRecords, OfTheOtherDirectionAreRefused) {
    send_three();
    const Bytes mine = joined({0});
    say(far, mine); // back to whom they are from
    start(client, read(client, 1));
    settle();
    EXPECT_EQ(Errc::connection_failed, client->ended);
    EXPECT_TRUE(client->got.empty());
}

TEST_F(SecureRecords, WithABitTurnedAnywhereAreNoticedAtOnce) {
    for (std::size_t at = 0; at < 4 + 17 + 10; ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            records.clear();
            send_three();
            Bytes all = joined({0, 1, 2});
            all[at] ^= static_cast<Byte>(1u << bit);
            say(near, all);
            start(server, read(server, 1));
            settle();
            ASSERT_EQ(Errc::connection_failed, server->ended) << at << " " << bit;
            EXPECT_TRUE(server->got.empty());
            TearDown();
        }
    }
}

TEST_F(SecureRecords, ThatEndAnywhereWithoutAFarewellWereCutOff) {
    send_three();
    const std::size_t size = joined({0, 1, 2}).size();
    TearDown();
    for (std::size_t at = 0; at <= size; ++at) {
        records.clear();
        send_three();
        Bytes all = joined({0, 1, 2});
        all.resize(at);
        ASSERT_EQ(Errc::connection_failed, code_of(all)) << at;
    }
}

TEST_F(Secure, AFarewellIsTheEndAndNothingComesAfterIt) {
    wire();
    shake();
    start(client, write(client, pattern(100)));
    settle();
    client->stream->close();
    start(server, read(server, SIZE_MAX));
    settle();
    EXPECT_EQ(Errc::ok, server->ended);
    EXPECT_EQ(pattern(100), server->got);
    EXPECT_TRUE(near->is_closed());
    start(client, write(client, pattern(1)));
    settle();
    EXPECT_EQ(Errc::closed, client->ended);
    start(client, read(client, 1));
    settle();
    EXPECT_EQ(Errc::closed, client->ended);
}

TEST_F(Secure, AFarewellWaitsForWhatIsBeingSent) {
    limits.records.farewell = std::chrono::seconds(30);
    wire();
    std::tie(near, far) = MemoryStream::make(loop.runtime(), Stream::max_piece, 1);
    between = std::make_shared<Meddled>(near);
    shake();
    for (int i = 0; i < 2; ++i) { // the second waits for the other side to take the first
        start(std::make_shared<Side>(), write(client, pattern(100)));
        settle();
    }
    client->stream->close();
    settle();
    EXPECT_FALSE(near->is_closed());
    start(server, read(server, SIZE_MAX));
    settle();
    EXPECT_EQ(Errc::ok, server->ended);
    EXPECT_EQ(200u, server->got.size());
    EXPECT_TRUE(near->is_closed());
}

TEST_F(Secure, WhoeverWaitsIsToldOfTheCloseEvenIfNobodyTakesTheFarewell) {
    limits.records.farewell = std::chrono::milliseconds(20);
    wire();
    std::tie(near, far) = MemoryStream::make(loop.runtime(), Stream::max_piece, 1);
    between = std::make_shared<Meddled>(near);
    shake();
    start(client, read(client, 1));
    start(std::make_shared<Side>(), write(server, pattern(1)));
    start(std::make_shared<Side>(), write(client, pattern(1000)));
    settle();
    start(client, read(client, SIZE_MAX));
    settle();
    EXPECT_FALSE(client->ended);
    client->stream->close();
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(Errc::closed, client->ended);
}

} // namespace
} // namespace safe::test
