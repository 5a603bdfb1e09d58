// Records through client and vault: versions, conflicts, and vaults that lie.
#include "unit/host/lying_channel.hpp"

#include "crypto/sign.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

using test::Bench;
using test::code_of;
using test::job;

struct Records : testing::Test {
    VerifiedRecord create(std::string label, Bytes value) {
        return bench.loop.run(bench.client->record_create(job(), key, std::move(label), std::move(value)));
    }
    VerifiedRecord set(std::string label, std::uint64_t version, Bytes value) {
        return bench.loop.run(bench.client->record_set(job(), key, std::move(label), version, std::move(value)));
    }
    VerifiedRecord get(std::uint64_t version = protocol::newest_version) {
        return bench.loop.run(bench.client->record_get(job(), address, version));
    }

    Bench bench;
    test::UrandomSource random;
    crypto::SigningKey key = crypto::SigningKey::generate(random);
    Address address = record_address(key.public_key(), "name");
};

std::uint64_t current_version(const std::function<void()> &call, Errc expected) {
    try {
        call();
    } catch (const Error &error) {
        EXPECT_EQ(expected, error.code()) << error.message();
        const std::uint64_t *version = error.number("current_version");
        return version ? *version : UINT64_MAX;
    }
    ADD_FAILURE() << "no error";
    return UINT64_MAX;
}

TEST_F(Records, HaveVersionsThatAllStayReadable) {
    create("name", {0});
    for (Byte version = 1; version < 10; ++version) set("name", version, {version});
    EXPECT_EQ(9u, get().record.version);
    for (Byte version = 0; version < 10; ++version) EXPECT_EQ(Bytes{version}, get(version).record.value);
    EXPECT_EQ(Errc::no_such_data, code_of([&] { get(10); }));
}

TEST_F(Records, AreMadeOnceAndTheConflictTellsTheCurrentVersion) {
    create("name", {0});
    set("name", 1, {1});
    EXPECT_EQ(1u, current_version([&] { create("name", {9}); }, Errc::data_exists));
}

TEST_F(Records, TakeOnlyTheVersionThatFollows) {
    EXPECT_EQ(Errc::no_such_data, code_of([&] { set("name", 1, {1}); }));
    create("name", {0});
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{2}, UINT64_MAX})
        EXPECT_EQ(0u, current_version([&] { set("name", wrong, {1}); }, Errc::invalid_successor));
}

TEST_F(Records, OfTwoRacingWritersOneWinsAndTheOtherIsTold) {
    create("name", {0});
    unsigned won = 0, lost = 0;
    for (Byte writer = 0; writer < 8; ++writer)
        asio::co_spawn(bench.loop.context(),
                       bench.client->record_set(job(), key, std::string("name"), 1, Bytes{writer}),
                       [&](std::exception_ptr error, VerifiedRecord) { error ? ++lost : ++won; });
    bench.loop.context().restart();
    bench.loop.context().run();
    EXPECT_EQ(1u, won);
    EXPECT_EQ(7u, lost);
    EXPECT_EQ(1u, get().record.version);
}

TEST_F(Records, AreListedByPagesFromTheNewestDown) {
    create("name", {0});
    for (Byte version = 1; version < 7; ++version) set("name", version, {version});
    std::vector<std::uint64_t> seen;
    std::optional<std::uint64_t> before = protocol::newest_version;
    while (before) {
        const RecordPage page = bench.loop.run(bench.client->record_list(job(), address, *before, 3));
        EXPECT_LE(page.records.size(), 3u);
        for (const VerifiedRecord &record : page.records) seen.push_back(record.record.version);
        before = page.next;
    }
    EXPECT_EQ((std::vector<std::uint64_t>{6, 5, 4, 3, 2, 1, 0}), seen);
}

TEST_F(Records, ThatAVaultChangesAreFoundOut) {
    create("name", {0});
    set("name", 1, {1});
    const Blob older = bench.loop.run(bench.vault->get_record(address, 0));
    // Another version, a flipped bit, somebody else's record.
    bench.channel->lie = [&](std::size_t, net::Frame &reply) { reply.payload = older; };
    EXPECT_EQ(Errc::vault_lied, code_of([&] { get(1); }));
    bench.channel->lie = [&](std::size_t, net::Frame &reply) {
        Bytes bytes(reply.payload.view().begin(), reply.payload.view().end());
        if (!bytes.empty()) bytes[bytes.size() / 2] ^= 1;
        reply.payload = Blob(std::move(bytes));
    };
    EXPECT_EQ(Errc::vault_lied, code_of([&] { get(1); }));
    bench.channel->lie = nullptr;
    create("other", {3});
    const Blob other = bench.loop.run(bench.vault->get_record(record_address(key.public_key(), "other"), 0));
    bench.channel->lie = [&](std::size_t, net::Frame &reply) { reply.payload = other; };
    EXPECT_EQ(Errc::vault_lied, code_of([&] { get(0); }));
}

TEST_F(Records, ThatTheVaultHasShownCannotBeTakenBack) {
    create("name", {0});
    const Blob older = bench.loop.run(bench.vault->get_record(address, 0));
    set("name", 1, {1});
    bench.channel->lie = [&](std::size_t, net::Frame &reply) { reply.payload = older; };
    EXPECT_EQ(Errc::vault_lied, code_of([&] { get(protocol::newest_version); }));
    EXPECT_EQ(Errc::vault_lied, code_of([&] { set("name", 2, {2}); }));
    EXPECT_EQ(0u, get(0).record.version) << "it is good as what it is";
    bench.channel->lie = nullptr;
    EXPECT_EQ(1u, get(protocol::newest_version).record.version);
}

TEST_F(Records, WithoutTheOwnersSignatureAreRefusedByTheVault) {
    const VerifiedRecord made = create("name", {0});
    EXPECT_EQ(Errc::access_denied, code_of([&] { sign_record(made.record, crypto::SigningKey::generate(random)); }));
    Record next = made.record;
    next.version = 1;
    next.previous = made.hash;
    Bytes forged = sign_record(next, key);
    forged.back() ^= 1;
    Blob blob(std::move(forged));
    EXPECT_EQ(Errc::bad_signature, code_of([&] { bench.loop.run(bench.vault->put_record(blob)); }));
}

TEST_F(Records, PutTwiceByARetryingClientAreThereOnce) {
    Record record;
    record.owner = key.public_key();
    record.label = "name";
    Blob stored(sign_record(record, key));
    bench.loop.run(bench.vault->put_record(stored));
    bench.loop.run(bench.vault->put_record(stored));
    EXPECT_EQ(0u, get().record.version);
    // Also when others have gone on meanwhile; but not another record of that version.
    set("name", 1, {1});
    bench.loop.run(bench.vault->put_record(stored));
    record.mutation_id[0] ^= 1;
    Blob other(sign_record(record, key));
    EXPECT_EQ(Errc::data_exists, code_of([&] { bench.loop.run(bench.vault->put_record(other)); }));
    EXPECT_EQ(1u, get().record.version);
}

TEST_F(Records, OfMoreThanAMebibyteAreRefused) {
    EXPECT_EQ(Errc::data_too_large, code_of([&] { create("name", Bytes(limits::max_record_value + 1)); }));
    EXPECT_EQ(limits::max_record_value, create("name", Bytes(limits::max_record_value)).record.value.size());
}

} // namespace
} // namespace safe
