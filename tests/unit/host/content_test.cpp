// Content through client and vault.
#include "unit/host/lying_channel.hpp"

#include <gtest/gtest.h>

#include <random>

namespace safe {
namespace {

using test::Bench;
using test::code_of;
using test::job;

constexpr std::size_t get_chunk = 0, put_chunk = 1, has_chunk = 2;

Bytes numbered(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>((i * 7 + i / 251) % 253);
    return bytes;
}

// Whose chunks have more bytes than are sent without asking.
Bytes large() {
    std::mt19937 random(7);
    Bytes bytes(50'000);
    for (Byte &byte : bytes) byte = static_cast<Byte>(random());
    return bytes;
}

Receipt put(Bench &bench, Bytes data, PutOptions options = {}) {
    return bench.loop.run(bench.client->put(job(), std::move(data), std::move(options)));
}

Bytes get(Bench &bench, const Link &link) { return bench.loop.run(bench.client->get(job(), link, UINT64_MAX)); }

TEST(Content, OfEverySmallSizeComesBackFromPublicAndPrivateLinks) {
    Bench bench;
    for (const std::size_t size : {0, 1, 2, 3, 4, 1000, 100'000}) {
        for (const bool is_private : {false, true}) {
            PutOptions options;
            options.is_private = is_private;
            const Receipt receipt = put(bench, numbered(size), options);
            EXPECT_EQ(is_private, receipt.link.is_private());
            EXPECT_EQ(size, receipt.size);
            EXPECT_EQ(numbered(size), get(bench, receipt.link)) << size;
        }
    }
}

TEST(Content, ThatIsThereAlreadyIsNotSentAgain) {
    Bench bench;
    const Receipt first = put(bench, large());
    EXPECT_EQ(4u, first.new_chunks); // three of content and the public data map
    bench.channel->calls.clear();
    const Receipt again = put(bench, large());
    EXPECT_EQ(0u, again.new_chunks);
    EXPECT_EQ(3u, bench.channel->calls[has_chunk]);
    EXPECT_EQ(1u, bench.channel->calls[put_chunk]); // the map, which takes no longer than to ask for it
    EXPECT_EQ(std::get<Address>(first.link.target), std::get<Address>(again.link.target));
}

TEST(Content, ThatIsThereAlreadyIsPutWhereNothingElseMayBe) {
    for (const Errc why : {Errc::access_denied, Errc::vault_refused, Errc::store_full, Errc::store_read_only}) {
        Bench bench;
        put(bench, numbered(5'000));
        bool is_there = true;
        bench.channel->lie = [why, &is_there](std::size_t kind, net::Frame &reply) {
            if (kind == put_chunk)
                reply = {protocol::encode(protocol::Reply(protocol::Failure{why, "nothing is stored", {}})), Blob()};
            if (kind == has_chunk && !is_there)
                reply = {protocol::encode(protocol::Reply(protocol::Flag{false})), Blob()};
        };
        EXPECT_EQ(0u, put(bench, numbered(5'000)).new_chunks);
        is_there = false;
        EXPECT_EQ(why, code_of([&] { put(bench, numbered(5'000)); }));
        EXPECT_EQ(why, code_of([&] { put(bench, large()); }));
    }
}

TEST(Content, ADryRunGivesTheSameReceiptAndAsksTheVaultNothing) {
    Bench bench;
    PutOptions options;
    options.dry_run = true;
    const Receipt dry = put(bench, numbered(50'000), options);
    EXPECT_TRUE(bench.channel->calls.empty());
    const Receipt wet = put(bench, numbered(50'000));
    EXPECT_EQ(to_text(dry.link), to_text(wet.link));
    ASSERT_EQ(dry.chunks.size(), wet.chunks.size());
    for (std::size_t i = 0; i < dry.chunks.size(); ++i) EXPECT_EQ(dry.chunks[i].address, wet.chunks[i].address);
}

TEST(Content, VerifyReadsEveryChunkBack) {
    Bench bench;
    PutOptions options;
    options.verify = true;
    put(bench, numbered(50'000), options);
    EXPECT_EQ(4u, bench.channel->calls[get_chunk]);
}

TEST(Content, VerifyFindsOutAVaultThatOnlySaysItStored) {
    Bench bench;
    bench.channel->lie = [](std::size_t kind, net::Frame &reply) {
        if (kind == get_chunk) reply = {protocol::encode(protocol::Reply(protocol::Data{})), Blob(Bytes(10))};
    };
    PutOptions options;
    options.verify = true;
    EXPECT_EQ(Errc::chunk_corrupt, code_of([&] { put(bench, numbered(5'000), options); }));
}

TEST(Content, AVaultThatGivesOtherBytesIsFoundOut) {
    for (const int what : {0, 1, 2}) {
        Bench bench;
        const Receipt receipt = put(bench, numbered(5'000));
        bench.channel->lie = [what](std::size_t kind, net::Frame &reply) {
            if (kind != get_chunk) return;
            Bytes bytes(reply.payload.view().begin(), reply.payload.view().end());
            if (what == 0) bytes[bytes.size() / 2] ^= 1;
            if (what == 1) bytes.pop_back();
            if (what == 2) bytes.assign(limits::max_stored_chunk + 1, 0);
            reply.payload = Blob(std::move(bytes));
        };
        EXPECT_EQ(Errc::chunk_corrupt, code_of([&] { get(bench, receipt.link); })) << what;
    }
}

TEST(Content, AnAnswerToAnotherRequestIsFoundOut) {
    for (const std::size_t which : {put_chunk, has_chunk}) {
        Bench bench;
        bench.channel->lie = [which](std::size_t kind, net::Frame &reply) {
            if (kind == which) reply = {protocol::encode(protocol::Reply(protocol::Held{1})), Blob()};
        };
        EXPECT_EQ(Errc::vault_lied, code_of([&] { put(bench, large()); }));
    }
}

TEST(Content, ADamagedChunkIsMendedByTheNextPut) {
    Bench bench;
    const Receipt receipt = put(bench, numbered(5'000));
    const std::string key = chunk_key(receipt.chunks.front().address);
    Blob wrong(numbered(17));
    bench.loop.run(bench.store->replace(key, wrong));
    EXPECT_EQ(Errc::chunk_corrupt, code_of([&] { get(bench, receipt.link); }));
    EXPECT_EQ(1u, put(bench, numbered(5'000)).new_chunks);
    EXPECT_EQ(numbered(5'000), get(bench, receipt.link));
}

TEST(Content, ThatIsNotThereSaysSo) {
    Bench bench;
    Link link;
    link.target = Address{};
    EXPECT_EQ(Errc::no_such_data, code_of([&] { get(bench, link); }));
}

TEST(Content, ALinkWhoseSizeIsNotTheMapsIsRefused) {
    Bench bench;
    Receipt receipt = put(bench, numbered(5'000));
    receipt.link.size = 4'999;
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { get(bench, receipt.link); }));
}

TEST(Content, AClosedClientRefusesEverything) {
    Bench bench;
    const Receipt receipt = put(bench, numbered(5'000));
    bench.client->close();
    EXPECT_EQ(Errc::closed, code_of([&] { get(bench, receipt.link); }));
    EXPECT_EQ(Errc::closed, code_of([&] { put(bench, numbered(5)); }));
}

TEST(Content, ACancelledPutStopsAndLeavesTheBudgetWhole) {
    Bench bench;
    auto cancelled = job();
    bench.channel->lie = [&](std::size_t, net::Frame &) { cancelled->cancel.request(); };
    EXPECT_EQ(Errc::cancelled, code_of([&] {
                  Bytes data = numbered(9'000'000);
                  bench.loop.run(bench.client->put(cancelled, std::move(data), PutOptions{}));
              }));
    EXPECT_EQ(0u, bench.loop.runtime()->budget().used());
}

TEST(Chunks, GoInAndComeOutAsTheyAre) {
    Bench bench;
    Blob bytes(numbered(1'000));
    const Address address = bench.loop.run(bench.client->chunk_put(job(), bytes));
    const Blob again = bench.loop.run(bench.client->chunk_get(job(), address));
    EXPECT_EQ(text_of(bytes.view()), text_of(again.view()));
    EXPECT_TRUE(bench.loop.run(bench.client->chunk_exists(job(), address)));
    EXPECT_FALSE(bench.loop.run(bench.client->chunk_exists(job(), Address{})));
}

TEST(Chunks, OfNoBytesOrTooManyAreRefused) {
    Bench bench;
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { bench.loop.run(bench.client->chunk_put(job(), Blob())); }));
    Blob large{Bytes(limits::max_stored_chunk + 1)};
    EXPECT_EQ(Errc::data_too_large, code_of([&] { bench.loop.run(bench.client->chunk_put(job(), large)); }));
}

TEST(Vaults, RefuseBytesThatAreNotThoseOfTheAddress) {
    Bench bench;
    Blob bytes(numbered(100));
    EXPECT_EQ(Errc::vault_refused, code_of([&] { bench.loop.run(bench.vault->put_chunk(Address{}, bytes)); }));
}

} // namespace
} // namespace safe
