// How fast a client of ours stores and reads at a vault in another process.
//
//   net_ours URL chunks COUNT FLIGHT     COUNT chunks of 4 MiB, FLIGHT of them under way: stored, then read
//   net_ours URL small COUNT FLIGHT      COUNT immutable values of 200 bytes, the same
//
// The last line is JSON.
#include "bench/net/figures.hpp"
#include "crypto/hash.hpp"
#include "host/connect.hpp"

#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <cstring>
#include <future>
#include <stdexcept>

namespace {

using namespace safe;
using bench::Clock;

constexpr std::size_t chunk_size = 4 * 1024 * 1024;

template <class T>
T wait_for(Process &process, Awaitable<T> work) {
    return asio::co_spawn(process.loop(), std::move(work), asio::use_future).get();
}

// All different, and none of them guessed by a compressor.
std::vector<Blob> values(std::size_t count, std::size_t size) {
    std::vector<Blob> all;
    std::uint64_t state = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
    for (std::size_t i = 0; i < count; ++i) {
        Bytes bytes(size);
        for (std::size_t at = 0; at + 8 <= size; at += 8) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const std::uint64_t word = state ^ state >> 29;
            std::memcpy(&bytes[at], &word, 8);
        }
        all.emplace_back(std::move(bytes));
    }
    return all;
}

struct Run {
    std::shared_ptr<Client> client;
    std::vector<Blob> values;
    std::vector<Address> addresses;
    std::size_t next = 0;
    bench::Latencies latencies;
};

Awaitable<void> put_some(Run &run) {
    while (run.next < run.values.size()) {
        const std::size_t at = run.next++;
        const auto since = Clock::now();
        JobRef job = std::make_shared<Job>();
        Blob value = run.values[at];
        run.addresses[at] = co_await run.client->chunk_put(std::move(job), std::move(value));
        run.latencies.took(since);
    }
}

Awaitable<void> get_some(Run &run) {
    while (run.next < run.values.size()) {
        const std::size_t at = run.next++;
        const auto since = Clock::now();
        JobRef job = std::make_shared<Job>();
        const Address address = run.addresses[at];
        const Blob got = co_await run.client->chunk_get(std::move(job), address);
        if (got.size() != run.values[at].size()) throw std::runtime_error("another chunk");
        run.latencies.took(since);
    }
}

Awaitable<double> all(Run &run, unsigned flight, Awaitable<void> (*some)(Run &)) {
    run.next = 0;
    run.latencies = {};
    Loop &loop = run.client->runtime()->loop();
    const auto over = std::make_shared<Gate>(loop);
    std::exception_ptr failure;
    unsigned running = flight;
    const auto began = Clock::now();
    for (unsigned i = 0; i < flight; ++i)
        asio::co_spawn(loop, some(run), [&, over](std::exception_ptr failed) {
            if (failed) failure = failed;
            if (--running == 0) over->open();
        });
    co_await over->wait();
    if (failure) std::rethrow_exception(failure);
    co_return bench::seconds_since(began);
}

int measure(const std::string &url, const std::string &what, std::size_t count, unsigned flight) {
    const bool small = what == "small";
    const auto process = Process::start({1});
    Run run;
    run.values = values(count, small ? bench::small_value : chunk_size);
    run.addresses.resize(count);
    JobRef job = std::make_shared<Job>();
    ConnectOptions options;
    run.client = wait_for(*process, connect(process, std::move(job), url, std::move(options)));
    const double put = wait_for(*process, all(run, flight, put_some));
    const std::string put_json = bench::json(count, put, run.latencies);
    const double get = wait_for(*process, all(run, flight, get_some));
    std::printf("{\"bytes\": %zu, \"put_seconds\": %.6f, \"get_seconds\": %.6f, \"put\": {%s}, \"get\": {%s}}\n",
                count * run.values.front().size(), put, get, put_json.c_str(),
                bench::json(count, get, run.latencies).c_str());
    auto last = std::move(run.client);
    asio::post(process->loop(), [last = std::move(last)]() mutable { last.reset(); });
    return 0;
}

} // namespace

int main(int count, char **words) {
    const std::vector<std::string> said(words + 1, words + count);
    if (said.size() != 4 || (said[1] != "chunks" && said[1] != "small"))
        return std::fprintf(stderr, "usage: net_ours URL chunks|small COUNT FLIGHT\n"), 2;
    try {
        return measure(said[0], said[1], std::stoul(said[2]), static_cast<unsigned>(std::stoul(said[3])));
    } catch (const std::exception &error) {
        return std::fprintf(stderr, "net_ours: %s\n", error.what()), 1;
    }
}
