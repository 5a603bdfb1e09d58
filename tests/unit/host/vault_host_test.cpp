// A vault that is served: who may do what, how much, and for how long.
#include "host/vault_host.hpp"

#include "net/secure.hpp"
#include "net/stream_channel.hpp"
#include "store/memory.hpp"
#include "unit/host/lying_channel.hpp"
#include "unit/net/memory_stream.hpp"

#include "crypto/hash.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

using test::code_of;
using test::job;
using test::MemoryStream;
using namespace std::chrono_literals;

struct Served : testing::Test {
    // A client on the other side of a stream.
    struct Guest {
        std::shared_ptr<Client> client;
        std::shared_ptr<MemoryStream> end;   // its end of the stream
        std::shared_ptr<net::Stream> stream; // the session over it
        Errc refused = Errc::ok;             // with what the connection could not be made
        std::shared_ptr<std::optional<Errc>> over = std::make_shared<std::optional<Errc>>();
    };
    Guest guest(std::optional<crypto::SigningKey> key, std::string from = "") {
        auto ends = MemoryStream::make(loop.runtime());
        Guest guest;
        guest.end = ends.first;
        asio::co_spawn(
            loop.context(), VaultHost::serve(host, job(), ends.second, std::move(from)),
            [over = guest.over](std::exception_ptr failure) { *over = failure ? error_code(failure) : Errc::ok; });
        try {
            guest.stream =
                wait_for(net::secure_client(loop.runtime(), job(), ends.first, host->key().public_key(), key));
        } catch (const Error &error) {
            guest.refused = error.code();
            return guest;
        }
        auto channel = net::make_stream_channel(loop.runtime(), guest.stream, "test:");
        guest.client = std::make_shared<Client>(loop.runtime(), std::move(channel), "test:");
        return guest;
    }
    static Errc error_code(std::exception_ptr failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const Error &error) {
            return error.code();
        }
    }
    crypto::SigningKey somebody() { return crypto::SigningKey::generate(random); }

    // While a connection is open the loop does not come to its end by itself.
    template <class T>
    T wait_for(Awaitable<T> work) {
        std::optional<T> result;
        std::exception_ptr failure;
        asio::co_spawn(loop.context(), std::move(work), [&](std::exception_ptr error, T value) {
            failure = error;
            result.emplace(std::move(value));
        });
        loop.context().restart();
        while (!result && loop.context().run_one()) {
        }
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }
    Awaitable<bool> done(Awaitable<void> work) {
        co_await std::move(work);
        co_return true;
    }
    Address put(Guest &guest, Bytes bytes) {
        Blob blob(std::move(bytes));
        return wait_for(guest.client->chunk_put(job(), std::move(blob)));
    }
    Blob get(Guest &guest, Address address) { return wait_for(guest.client->chunk_get(job(), address)); }
    void leave(Guest guest) {
        guest.client.reset();
        guest.stream->close();
    }
    void settle() {
        loop.context().restart();
        loop.context().run();
    }
    std::string metrics() { return wait_for(host->metrics()); }
    bool says_more_than(const std::string &name, double most) {
        const std::string all = metrics();
        const std::size_t at = all.find("\n" + name + " ");
        return at == std::string::npos || std::stod(all.substr(at + name.size() + 2)) > most;
    }
    bool says(const std::string &line) {
        const std::string all = metrics();
        const bool found = all.find(line + "\n") != std::string::npos;
        if (!found) ADD_FAILURE() << all;
        return found;
    }

    test::TestLoop loop;
    test::UrandomSource random;
    StoreRef store = make_memory_store(loop.runtime());
    std::shared_ptr<Vault> vault = std::make_shared<Vault>(loop.runtime(), store);
    std::shared_ptr<VaultHost> host = std::make_shared<VaultHost>(vault, crypto::SigningKey::generate(random));
};

TEST_F(Served, WhoSaysWhoTheyAreMayStoreAndEverybodyMayRead) {
    Guest known = guest(somebody()), unknown = guest(std::nullopt);
    const Address address = put(known, {1, 2, 3});
    const Blob got = get(unknown, address);
    EXPECT_EQ((Bytes{1, 2, 3}), Bytes(got.view().begin(), got.view().end()));
    EXPECT_TRUE(wait_for(unknown.client->chunk_exists(job(), address)));
    EXPECT_EQ(Errc::access_denied, code_of([&] { put(unknown, {4}); }));
    const crypto::SigningKey key = crypto::SigningKey::generate(random);
    EXPECT_EQ(Errc::access_denied,
              code_of([&] { wait_for(unknown.client->record_create(job(), key, std::string("name"), Bytes{1})); }));
    leave(std::move(known));
    leave(std::move(unknown));
    settle();
    EXPECT_TRUE(says("safe_vault_connections 0"));
    EXPECT_TRUE(says("safe_vault_in_flight_bytes 0"));
    EXPECT_TRUE(says("safe_vault_handshakes_total{client=\"anonymous\"} 1"));
    EXPECT_TRUE(says("safe_vault_requests_total{kind=\"put_chunk\",outcome=\"OK\"} 1"));
    EXPECT_TRUE(says("safe_vault_requests_total{kind=\"put_chunk\",outcome=\"ACCESS_DENIED\"} 1"));
    EXPECT_TRUE(says("safe_vault_stored_bytes_total 3"));
}

TEST_F(Served, ConnectionsAboveTheLimitAreRefusedAndOthersGoOn) {
    host->set_limit(&VaultLimits::connections, 1);
    Guest first = guest(somebody());
    put(first, {1});
    Guest second = guest(somebody());
    EXPECT_EQ(Errc::busy, second.refused);
    put(first, {3});
    leave(std::move(first));
    settle();
    EXPECT_TRUE(says("safe_vault_refusals_total{reason=\"connections\"} 1"));
    Guest third = guest(somebody());
    put(third, {4});
    leave(std::move(third));
    settle();
}

TEST_F(Served, HalfOpenConnectionsHaveALimitOfTheirOwn) {
    host->set_limit(&VaultLimits::handshakes, 1);
    auto silent = MemoryStream::make(loop.runtime());
    asio::co_spawn(loop.context(), VaultHost::serve(host, job(), silent.second, ""), asio::detached);
    Guest second = guest(somebody());
    EXPECT_NE(Errc::ok, second.refused);
    EXPECT_EQ(Errc::busy, *second.over);
    silent.first->close();
    settle();
    Guest third = guest(somebody());
    put(third, {1});
    leave(std::move(third));
    settle();
    EXPECT_TRUE(says("safe_vault_handshakes 0"));
    EXPECT_TRUE(says("safe_vault_refusals_total{reason=\"handshakes\"} 1"));
}

// However slow strangers are, and however many: nobody is kept out for long.
TEST_F(Served, AHalfOpenConnectionThatHasHadItsTimeMakesWay) {
    host->set_limit(&VaultLimits::handshakes, 2);
    std::vector<std::shared_ptr<MemoryStream>> silent;
    for (int i = 0; i < 2; ++i) {
        const auto ends = MemoryStream::make(loop.runtime());
        silent.push_back(ends.first);
        asio::co_spawn(loop.context(), VaultHost::serve(host, job(), ends.second, ""), asio::detached);
    }
    loop.context().poll(); // their time begins now
    loop.context().restart();
    loop.context().run_for(2100ms);
    Guest known = guest(somebody());
    EXPECT_EQ(Errc::ok, known.refused);
    put(known, {1});
    loop.context().poll();
    EXPECT_TRUE(silent[0]->is_cut());
    EXPECT_FALSE(silent[1]->is_cut());
    EXPECT_TRUE(says("safe_vault_handshakes 1"));
    EXPECT_TRUE(says("safe_vault_refusals_total{reason=\"handshakes\"} 1"));
    leave(std::move(known));
    silent[1]->close();
    settle();
    EXPECT_TRUE(says("safe_vault_handshakes 0"));
}

TEST_F(Served, RequestsAboveTheLimitsAreRefusedOneByOne) {
    host->set_limit(&VaultLimits::request_size, 1000);
    host->set_limit(&VaultLimits::bytes_in_flight, 1500);
    Guest one = guest(somebody());
    EXPECT_EQ(Errc::data_too_large, code_of([&] { put(one, Bytes(1001)); }));
    const Address address = put(one, Bytes(1000));
    EXPECT_EQ(1000u, get(one, address).size());
    host->set_limit(&VaultLimits::bytes_in_flight, 999);
    EXPECT_EQ(Errc::busy, code_of([&] { put(one, Bytes(1000, 1)); }));
    EXPECT_EQ(Errc::busy, code_of([&] { get(one, address); }));
    EXPECT_TRUE(wait_for(one.client->chunk_exists(job(), address)));
    leave(std::move(one));
    settle();
    EXPECT_TRUE(says("safe_vault_in_flight_bytes 0"));
}

// A client that asks for much and takes none of it.
TEST_F(Served, WhoDoesNotReadHoldsUpOnlyThemselves) {
    host->set_limit(&VaultLimits::bytes_in_flight, 4 << 20);
    Guest good = guest(somebody());
    const Address large = put(good, Bytes(2'000'000, 1)), small = put(good, Bytes(700'000, 2));
    std::vector<Guest> deaf;
    for (int i = 0; i < 3; ++i) {
        deaf.push_back(guest(std::nullopt, "192.0.2.1"));
        deaf.back().end->stop_reading();
        for (int n = 0; n < 8; ++n)
            asio::co_spawn(loop.context(), deaf.back().client->chunk_get(job(), n % 2 ? large : small),
                           [](std::exception_ptr, Blob) {});
    }
    loop.context().run_for(50ms);
    put(good, Bytes(700'000, 3));
    EXPECT_EQ(2'000'000u, get(good, large).size());
    for (Guest &one : deaf) leave(std::move(one));
    leave(std::move(good));
    settle();
    EXPECT_TRUE(says("safe_vault_in_flight_bytes 0"));
}

TEST_F(Served, ALimitOfBytesHoldsAlsoForWhoIsConnectedAlready) {
    Guest good = guest(somebody()), deaf = guest(std::nullopt, "192.0.2.1");
    const Address large = put(good, Bytes(2'000'000, 1));
    host->set_limit(&VaultLimits::bytes_in_flight, 1'000'000);
    deaf.end->stop_reading();
    for (int n = 0; n < 3; ++n)
        asio::co_spawn(loop.context(), deaf.client->chunk_get(job(), large), [](std::exception_ptr, Blob) {});
    loop.context().run_for(50ms);
    EXPECT_FALSE(says_more_than("safe_vault_in_flight_bytes", 2'000'000)) << "one at a time, as one has to be possible";
    leave(std::move(deaf));
    leave(std::move(good));
    settle();
}

TEST_F(Served, EachClientHasARateOfItsOwn) {
    host->set_limit(&VaultLimits::requests_per_second, 3);
    const Address address = crypto::blake3(Bytes{9});
    const auto ask = [&](Guest &guest) {
        return code_of([&] { wait_for(guest.client->chunk_exists(job(), address)); });
    };
    // A third of a second gives each another request: a try that was held up so long by others on the machine says nothing.
    bool in_time = false;
    for (int tries = 0; tries < 50 && !in_time; ++tries) {
        const auto key = somebody();
        const std::string network = "192.0." + std::to_string(tries);
        Guest one = guest(key), same = guest(key), other = guest(somebody()),
              here = guest(std::nullopt, network + ".1"), there = guest(std::nullopt, network + ".2");
        const auto begun = std::chrono::steady_clock::now();
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(Errc::ok, ask(i % 2 ? one : same));
            EXPECT_EQ(Errc::ok, ask(here));
        }
        const std::vector<Errc> above{ask(one), ask(same), ask(here)};
        in_time = std::chrono::steady_clock::now() - begun < 300ms;
        if (in_time) {
            EXPECT_EQ(std::vector<Errc>(3, Errc::busy), above);
        }
        EXPECT_EQ(Errc::ok, ask(other));
        EXPECT_EQ(Errc::ok, ask(there));
        for (Guest *guest : {&one, &same, &other, &here, &there}) leave(std::move(*guest));
        settle();
    }
    EXPECT_TRUE(in_time);
}

TEST_F(Served, AClientStoresAsMuchAsItsQuotaAndWhatIsThereCostsNothing) {
    host->set_limit(&VaultLimits::quota, 1000);
    Guest one = guest(somebody()), other = guest(somebody());
    put(one, Bytes(600));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Errc::vault_refused, code_of([&] { put(one, Bytes(401, 1)); }));
    put(one, Bytes(400, 2));
    EXPECT_EQ(Errc::vault_refused, code_of([&] { put(one, {1}); }));
    put(other, Bytes(600)); // is there
    put(other, Bytes(1000, 3));
    leave(std::move(one));
    leave(std::move(other));
    settle();
}

TEST_F(Served, WhoSaysNothingIsDisconnectedAndWhoWaitsForAnAnswerIsNot) {
    host->set_limit(&VaultLimits::idle_ms, 1);
    Guest one = guest(somebody());
    settle(); // comes to an end only when the connection has
    EXPECT_EQ(Errc::ok, *one.over);
    EXPECT_TRUE(says("safe_vault_refusals_total{reason=\"idle\"} 1"));
}

TEST_F(Served, ADrainedVaultRefusesWhatIsNewAndClosesItsConnections) {
    Guest one = guest(somebody());
    put(one, {1});
    wait_for(done(VaultHost::drain(host, 10s)));
    settle();
    EXPECT_EQ(Errc::ok, *one.over);
    EXPECT_EQ(Errc::connection_failed, code_of([&] { put(one, {2}); }));
    Guest late = guest(somebody());
    EXPECT_EQ(Errc::busy, late.refused);
    EXPECT_TRUE(says("safe_vault_draining 1"));
}

TEST_F(Served, AClosedVaultServesNobody) {
    Guest one = guest(somebody());
    put(one, {1});
    host->close();
    settle();
    EXPECT_EQ(Errc::ok, *one.over);
    EXPECT_EQ(Errc::closed, code_of([&] {
                  auto ends = MemoryStream::make(loop.runtime());
                  wait_for(done(VaultHost::serve(host, job(), ends.second, "")));
              }));
}

TEST(ClientLedger, SaysWhenToTryAgainAndForgetsWhoIsIdle) {
    VaultLimits limits;
    limits.requests_per_second = 2;
    ClientLedger ledger(limits);
    const ClientLedger::Time begin{};
    ledger.ask("a", 0, begin);
    ledger.ask("a", 0, begin);
    try {
        ledger.ask("a", 0, begin);
        ADD_FAILURE();
    } catch (const Error &error) {
        ASSERT_TRUE(error.number("retry_after_ms"));
        EXPECT_EQ(500u, *error.number("retry_after_ms"));
    }
    ledger.ask("a", 0, begin + 500ms);
    for (int i = 0; i < 5000; ++i) ledger.ask(std::to_string(i), 0, begin + std::chrono::seconds(i));
    EXPECT_LT(ledger.clients(), 2048u);
}

TEST(ClientLedger, LetsOneLargeRequestThroughAndWaitsForItAfterwards) {
    VaultLimits limits;
    limits.bytes_per_second = 1000;
    ClientLedger ledger(limits);
    const ClientLedger::Time begin{};
    ledger.ask("a", 5000, begin);
    EXPECT_EQ(Errc::busy, code_of([&] { ledger.ask("a", 1, begin + 3900ms); }));
    ledger.ask("a", 1, begin + 4100ms);
    ledger.send("a", 3000, begin + 4100ms);
    EXPECT_EQ(Errc::busy, code_of([&] { ledger.ask("a", 1, begin + 5s); }));
    ledger.ask("b", 1, begin);
}

} // namespace
} // namespace safe
