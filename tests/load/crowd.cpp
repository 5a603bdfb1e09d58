// Many connections to one daemon: most say nothing, some ask all the time. Any error ends it with 1.
//
//   load_crowd URL PID IDLE ACTIVE REQUESTS SECONDS     PID: the daemon's; the idle ones are held for SECONDS at least
//
// The last line is JSON.
#include "crypto/hash.hpp"
#include "host/connect.hpp"
#include "load/figures.hpp"
#include "net/dial.hpp"
#include "net/secure.hpp"
#include "net/stream_channel.hpp"
#include "protocol/messages.hpp"

#include <boost/asio/use_future.hpp>

#include <cstdio>
#include <cstring>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>

namespace {

using namespace safe;

constexpr unsigned handshakes_at_once = 64;

struct Crowd {
    ProcessRef process;
    ConnectionUrl url;
    std::vector<std::shared_ptr<net::Channel>> channels = {};
    std::size_t wanted = 0, next = 0;
    std::size_t requests = 0; // that are still to be made
    std::optional<Error> broken = {};
};

template <class T>
T wait_for(Process &process, Awaitable<T> work) {
    return asio::co_spawn(process.loop(), std::move(work), asio::use_future).get();
}

// Copies of one coroutine at a time.
Awaitable<void> all(Crowd &crowd, std::size_t copies, std::function<Awaitable<void>(std::size_t)> one) {
    const auto over = std::make_shared<Gate>(crowd.process->loop());
    std::size_t running = copies;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < copies; ++i)
        asio::co_spawn(crowd.process->loop(), one(i), [&, over](std::exception_ptr failed) {
            if (failed) failure = failed;
            if (--running == 0) over->open();
        });
    if (copies > 0) co_await over->wait();
    if (failure) std::rethrow_exception(failure);
    if (crowd.broken) throw *crowd.broken;
}

Awaitable<void> enter_some(Crowd &crowd) {
    while (crowd.channels.size() + crowd.next < crowd.wanted) {
        ++crowd.next; // on its way
        const RuntimeRef runtime = crowd.process->runtime();
        const JobRef job = std::make_shared<Job>();
        net::Endpoint endpoint = crowd.url.endpoint;
        auto stream = co_await net::dial(runtime, job, std::move(endpoint));
        std::optional<crypto::SigningKey> me = crypto::SigningKey::generate(runtime->random());
        stream = co_await net::secure_client(runtime, job, std::move(stream), *crowd.url.key, std::move(me));
        net::Ended ended = [&crowd](Error why) { crowd.broken = std::move(why); };
        crowd.channels.push_back(net::make_stream_channel(runtime, std::move(stream), "load:", std::move(ended)));
        --crowd.next;
    }
}

Awaitable<protocol::Reply> ask(Crowd &crowd, std::size_t number, protocol::Request request, Blob payload) {
    net::Frame frame{protocol::encode(request), std::move(payload)};
    frame.deadline_ms = 60000;
    JobRef job = std::make_shared<Job>();
    const auto channel = crowd.channels[number];
    const net::Frame answer = co_await channel->call(std::move(frame), std::move(job));
    const protocol::Reply reply = protocol::decode_reply(answer.header);
    if (const auto *failure = std::get_if<protocol::Failure>(&reply)) throw Error(failure->code, failure->message);
    co_return reply;
}

Bytes value_of(std::size_t number) {
    Bytes value(200);
    std::memcpy(value.data(), &number, sizeof number);
    return value;
}

Awaitable<void> ask_all_the_time(Crowd &crowd, std::size_t number) {
    while (crowd.requests > 1) {
        crowd.requests -= 2;
        Blob value(value_of(crowd.requests % 1000));
        const Address address = crypto::blake3(value.view());
        protocol::Request put = protocol::PutChunk{address};
        co_await ask(crowd, number, std::move(put), std::move(value));
        protocol::Request get = protocol::GetChunk{address};
        Blob nothing;
        const auto reply = co_await ask(crowd, number, std::move(get), std::move(nothing));
        if (!std::holds_alternative<protocol::Data>(reply)) throw std::runtime_error("no data for an answer");
    }
}

Awaitable<void> say_that_you_live(Crowd &crowd, std::size_t number) {
    protocol::Request has = protocol::HasChunk{Address{}};
    Blob nothing;
    co_await ask(crowd, number, std::move(has), std::move(nothing));
}

Awaitable<void> let_in(Crowd &crowd, std::size_t more) {
    crowd.wanted = crowd.channels.size() + more;
    co_await all(crowd, handshakes_at_once, [&crowd](std::size_t) { return enter_some(crowd); });
}

Awaitable<void> let_out(Crowd &crowd) {
    crowd.channels.clear();
    co_return;
}

int run(const std::string &url, const std::string &daemon, std::size_t idle, std::size_t active, std::size_t requests,
        unsigned seconds) {
    load::raise_descriptor_limit();
    Crowd crowd{Process::start({1}), parse_connection_url(url)};
    Process &process = *crowd.process;
    // What is there once only.
    wait_for(process, let_in(crowd, 1));
    wait_for(process, let_out(crowd));
    const std::size_t files = load::descriptors_at_rest(daemon), own_files = load::descriptors_at_rest("self");
    const std::size_t before = load::resident_bytes(daemon);

    const auto began = std::chrono::steady_clock::now();
    wait_for(process, let_in(crowd, idle));
    const std::chrono::duration<double> entering = std::chrono::steady_clock::now() - began;
    const std::size_t after = load::resident_bytes(daemon);
    wait_for(process, let_in(crowd, active));
    crowd.requests = requests;
    const auto asking = std::chrono::steady_clock::now();
    wait_for(process, all(crowd, active, [&](std::size_t i) { return ask_all_the_time(crowd, idle + i); }));
    const std::chrono::duration<double> asked = std::chrono::steady_clock::now() - asking;
    std::this_thread::sleep_until(began + std::chrono::seconds(seconds));
    wait_for(process, all(crowd, idle, [&](std::size_t i) { return say_that_you_live(crowd, i); }));

    wait_for(process, let_out(crowd));
    const long left = load::descriptors_left(daemon, files), own_left = load::descriptors_left("self", own_files);
    std::printf(
        "{\"idle\": %zu, \"active\": %zu, \"bytes_per_idle_connection\": %zu, \"connections_per_second\": %.0f, "
        "\"requests\": %zu, \"requests_per_second\": %.0f, \"descriptors_left\": %ld, "
        "\"descriptors_left_in_client\": %ld}\n",
        idle, active, (after - before) / idle, static_cast<double>(idle) / entering.count(), requests,
        static_cast<double>(requests) / asked.count(), left, own_left);
    return left <= 0 && own_left <= 0 ? 0 : 1;
}

} // namespace

int main(int count, char **words) {
    if (count != 7) return std::fprintf(stderr, "usage: load_crowd URL PID IDLE ACTIVE REQUESTS SECONDS\n"), 2;
    try {
        const auto number = [&](int at) { return std::stoul(words[at]); };
        return run(words[1], words[2], number(3), number(4), number(5), static_cast<unsigned>(number(6)));
    } catch (const std::exception &error) {
        return std::fprintf(stderr, "load_crowd: %s\n", error.what()), 1;
    }
}
