#include "safe/client.h"

#include "entry.hpp"
#include "objects.hpp"
#include "shared_process.hpp"
#include "start.hpp"

#include "host/connect.hpp"

using namespace safe;

namespace {

Awaitable<Outcome> connect_client(ProcessRef process, JobRef job, std::string url, ConnectOptions options) {
    auto client = co_await connect(process, std::move(job), url, std::move(options));
    auto owned = loop_owned(process, std::move(client));
    co_return Outcome::of<safe_client>(std::make_shared<Session>(std::move(process), std::move(owned), std::move(url)));
}

auto start_connect(std::string url, ConnectOptions options) {
    ProcessRef process = shared_process();
    return start_op(process, [process, url = std::move(url), options = std::move(options)](JobRef job) {
        return connect_client(process, std::move(job), url, options);
    });
}

static_assert(static_cast<int>(net::Link::up) == SAFE_CLIENT_CONNECTED);
static_assert(static_cast<int>(net::Link::down) == SAFE_CLIENT_DISCONNECTED);
static_assert(static_cast<int>(net::Link::closed) == SAFE_CLIENT_CLOSED);

Awaitable<Outcome> other_state(std::shared_ptr<Client> client, JobRef job, net::Link known) {
    co_await client->until_other_than(std::move(job), known);
    co_return Outcome();
}

constexpr std::uint64_t usual_timeout = 10'000, longest_timeout = 24 * 3600 * 1000; // milliseconds

} // namespace

safe_op *safe_connect(const char *url, uint32_t flags) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        call.flags(flags, SAFE_CONNECT_NO_CREATE | SAFE_CONNECT_ANONYMOUS, "flags");
        return start_connect(std::move(text),
                             {!(flags & SAFE_CONNECT_NO_CREATE), {}, (flags & SAFE_CONNECT_ANONYMOUS) != 0});
    });
}

safe_op *safe_connect_as(const safe_key *key, const char *url, uint32_t flags) {
    return start(__func__, [&](Call call) {
        const auto own = call.object(key, "key");
        std::string text = call.text(url, "url");
        call.flags(flags, SAFE_CONNECT_NO_CREATE, "flags");
        return start_connect(std::move(text), {!(flags & SAFE_CONNECT_NO_CREATE), own->key, false});
    });
}

const char *safe_client_url(const safe_client *client) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(client, "client")->url().c_str(); });
}

int32_t safe_client_state(const safe_client *client) {
    return ask(__func__, static_cast<int32_t>(SAFE_CLIENT_CLOSED),
               [&](Call call) { return static_cast<int32_t>(call.object(client, "client")->client()->link()); });
}

safe_op *safe_client_next_state(safe_client *client, int32_t known) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        if (known < SAFE_CLIENT_CONNECTED || known > SAFE_CLIENT_CLOSED)
            call.refuse("known", "is no state of a client");
        return start_op(session, [core = session->client(), known](JobRef job) {
            return other_state(core, std::move(job), static_cast<net::Link>(known));
        });
    });
}

safe_status safe_client_set_timeout(safe_client *client, uint64_t milliseconds, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto session = call.object(client, "client");
        if (milliseconds > longest_timeout) call.refuse("milliseconds", "is more than a day");
        const std::chrono::milliseconds time(milliseconds ? milliseconds : usual_timeout);
        asio::post(session->process()->loop(), [core = session->client(), time] { core->set_patience(time); });
    });
}

void safe_client_free(safe_client *client) {
    if (const auto session = release(client)) session->close();
}
