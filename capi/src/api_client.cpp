#include "safe/client.h"

#include "entry.hpp"
#include "shared_process.hpp"
#include "start.hpp"

#include "host/connect.hpp"

using namespace safe;

namespace {

Awaitable<Outcome> connect_client(ProcessRef process, JobRef job, std::string url, bool create) {
    auto client = co_await connect(process, std::move(job), url, create);
    auto owned = loop_owned(process, std::move(client));
    co_return Outcome::of<safe_client>(std::make_shared<Session>(std::move(process), std::move(owned), std::move(url)));
}

} // namespace

safe_op *safe_connect(const char *url, uint32_t flags) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        call.flags(flags, SAFE_CONNECT_NO_CREATE, "flags");
        ProcessRef process = shared_process();
        return start_op(process, [process, text = std::move(text), flags](JobRef job) {
            return connect_client(process, std::move(job), text, !(flags & SAFE_CONNECT_NO_CREATE));
        });
    });
}

const char *safe_client_url(const safe_client *client) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(client, "client")->url().c_str(); });
}

void safe_client_free(safe_client *client) {
    if (const auto session = release(client)) session->close();
}
