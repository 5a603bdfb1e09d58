// Channels for tests of the client: one that counts, and one that changes what an honest vault says.
#pragma once

#include "client/client.hpp"
#include "store/memory.hpp"
#include "support/loop.hpp"
#include "vault/vault.hpp"

#include <functional>

namespace safe::test {

class WatchedChannel : public net::Channel {
  public:
    explicit WatchedChannel(std::shared_ptr<net::Channel> honest) : honest_(std::move(honest)) {}

    Awaitable<net::Frame> call(net::Frame request, JobRef job) override {
        const auto kind = protocol::decode_request(request.header).index();
        ++calls[kind];
        net::Frame reply = co_await honest_->call(std::move(request), std::move(job));
        if (lie) lie(kind, reply);
        co_return reply;
    }

    std::map<std::size_t, unsigned> calls; // by protocol::Request's index
    std::function<void(std::size_t kind, net::Frame &reply)> lie;

  private:
    std::shared_ptr<net::Channel> honest_;
};

// A client of a vault in memory, with a view of what goes between them.
struct Bench {
    explicit Bench(unsigned workers = 2) : loop(workers) {
        store = make_memory_store(loop.runtime());
        vault = std::make_shared<Vault>(loop.runtime(), store);
        channel = std::make_shared<WatchedChannel>(net::make_in_process_channel(vault->open_session()));
        client = std::make_shared<Client>(loop.runtime(), channel, "mem:");
    }

    TestLoop loop;
    StoreRef store;
    std::shared_ptr<Vault> vault;
    std::shared_ptr<WatchedChannel> channel;
    std::shared_ptr<Client> client;
};

inline JobRef job() { return std::make_shared<Job>(); }

template <class Call>
Errc code_of(Call call) {
    try {
        call();
    } catch (const Error &error) {
        return error.code();
    }
    return Errc::ok;
}

} // namespace safe::test
