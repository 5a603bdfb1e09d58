// A vault in an Asio program: many things at a time in one thread, with timeouts.
//
//   asio [URL]
#include <safe/asio.hpp>
#include <safe/safe.hpp>

#include <asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

// Puts some text and reads it back; other coroutines go on meanwhile.
asio::awaitable<std::size_t> round_trip(safe::Client &client, int number) {
    const std::string text = "note " + std::to_string(number) + ": " + std::string(20000, 'x');
    auto receipt = co_await safe::async_get(client.put(text), asio::use_awaitable);
    const auto link = receipt.link();
    const auto bytes = co_await safe::async_get(client.get(link), asio::use_awaitable);
    co_return bytes.text() == text ? bytes.size() : 0;
}

// What takes longer than a moment is cancelled.
asio::awaitable<bool> in_time(safe::Client &client, const std::vector<char> &data) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
    const auto first =
        co_await (safe::async_get(client.put(data), asio::use_awaitable) || timer.async_wait(asio::use_awaitable));
    co_return first.index() == 0;
}

asio::awaitable<void> run(std::string url) {
    auto client = co_await safe::async_get(safe::connect(url), asio::use_awaitable);
    const auto [one, two] = co_await (round_trip(client, 1) && round_trip(client, 2));
    std::printf("%zu and %zu bytes came back\n", one, two);

    const std::vector<char> large(50000000, 'x');
    const bool done = co_await in_time(client, large);
    std::printf("a large put was %s\n", done ? "done in time" : "cancelled");

    const auto link = safe::Link::parse("safe:public-aeawdenx5aji2pzt73b4bhr2fewt5n56uhc5n5ke45sgwaxp7yec74qfsbufmmi");
    try {
        co_await safe::async_get(client.get(link), asio::use_awaitable);
    } catch (const safe::Error &error) {
        std::printf("%s: %s\n", error.name(), error.what());
    }
}

} // namespace

int main(int argc, char **argv) {
    asio::io_context context;
    std::exception_ptr problem;
    asio::co_spawn(context, run(argc > 1 ? argv[1] : "mem:"), [&](std::exception_ptr thrown) { problem = thrown; });
    context.run();
    if (problem) std::rethrow_exception(problem);
    std::printf("live handles %llu\n", static_cast<unsigned long long>(safe::live_handles()));
    return safe::live_handles() == 0 ? 0 : 1;
}
