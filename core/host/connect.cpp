#include "host/connect.hpp"

#include "base/unless_cancelled.hpp"
#include "host/open_vault.hpp"
#include "net/stream_channel.hpp"

namespace safe {

Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, JobRef job, ConnectionUrl url) {
    const RuntimeRef runtime = process->runtime();
    Awaitable<std::shared_ptr<net::Stream>> opening = url.opener->open_stream(std::move(process), url.url);
    opening = unless_cancelled(runtime, std::move(job), std::move(opening));
    co_return co_await std::move(opening);
}

Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, bool create) {
    ConnectionUrl parsed = parse_connection_url(url, process->schemes().get());
    if (parsed.opener && parsed.opener->is_transport()) {
        const RuntimeRef runtime = process->runtime();
        auto stream = co_await open_stream(std::move(process), std::move(job), std::move(parsed));
        auto channel = net::make_stream_channel(runtime, std::move(stream), url);
        co_return std::make_shared<Client>(runtime, std::move(channel), std::move(url));
    }
    const bool may_take_for_ever = parsed.scheme == ConnectionUrl::Scheme::added;
    std::shared_ptr<Vault> vault = co_await open_vault(process, job, std::move(parsed), create);
    job->cancel.check();
    const RuntimeRef runtime = process->runtime();
    auto session = vault->open_session();
    auto channel = may_take_for_ever ? net::make_patient_channel(runtime, std::move(session))
                                     : net::make_in_process_channel(std::move(session));
    co_return std::make_shared<Client>(runtime, std::move(channel), std::move(url));
}

} // namespace safe
