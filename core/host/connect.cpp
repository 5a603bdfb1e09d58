#include "host/connect.hpp"

#include "base/unless_cancelled.hpp"
#include "host/open_vault.hpp"
#include "net/dial.hpp"
#include "net/lasting_channel.hpp"
#include "net/secure.hpp"
#include "net/stream_channel.hpp"

namespace safe {
namespace {

// What a connection to a vault elsewhere is made with, again and again.
struct Elsewhere {
    std::weak_ptr<Process> process;
    std::vector<ConnectionUrl> urls;
    std::optional<crypto::SigningKey> key; // none: anonymous
};

Awaitable<std::shared_ptr<net::Channel>> reach(ProcessRef process, JobRef job, ConnectionUrl url,
                                               std::optional<crypto::SigningKey> key, net::Ended ended) {
    const RuntimeRef runtime = process->runtime();
    auto stream = co_await open_stream(std::move(process), job, url);
    if (url.key)
        stream = co_await net::secure_client(runtime, std::move(job), std::move(stream), *url.key, std::move(key));
    co_return net::make_stream_channel(runtime, std::move(stream), url.url, std::move(ended));
}

// The first of the URLs that can be reached. Else throws why the last one cannot that may be reached later.
Awaitable<std::shared_ptr<net::Channel>> reach_any(std::shared_ptr<const Elsewhere> there, JobRef job,
                                                   net::Ended ended) {
    std::optional<Error> failure;
    for (const ConnectionUrl &url : there->urls) {
        ProcessRef process = there->process.lock();
        if (!process) throw Error(Errc::closed, "the client was freed");
        try {
            co_return co_await reach(std::move(process), job, url, there->key, ended);
        } catch (...) {
            Error error = current_error();
            job->cancel.check();
            if (!failure || is_retryable(error.code()) || !is_retryable(failure->code())) failure = std::move(error);
        }
    }
    throw *failure;
}

Awaitable<std::shared_ptr<Client>> connect_elsewhere(ProcessRef process, JobRef job, std::string url,
                                                     std::vector<ConnectionUrl> urls, ConnectOptions options) {
    const RuntimeRef runtime = process->runtime();
    if (!options.key && !options.anonymous) options.key = crypto::SigningKey::generate(runtime->random());
    const auto there = std::make_shared<const Elsewhere>(
        Elsewhere{process, std::move(urls), options.anonymous ? std::nullopt : std::move(options.key)});
    net::Dial dial = [there](JobRef dialling, net::Ended ended) {
        return reach_any(there, std::move(dialling), std::move(ended));
    };
    auto channel = co_await net::make_lasting_channel(runtime, std::move(job), std::move(dial), url,
                                                      net::LastingChannel::Pauses());
    co_return std::make_shared<Client>(runtime, std::move(channel), std::move(url));
}

} // namespace

Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, JobRef job, ConnectionUrl url) {
    const RuntimeRef runtime = process->runtime();
    if (url.scheme == ConnectionUrl::Scheme::network) {
        co_return co_await net::dial(runtime, std::move(job), std::move(url.endpoint));
    }
    Awaitable<std::shared_ptr<net::Stream>> opening = url.opener->open_stream(std::move(process), url.url);
    opening = unless_cancelled(runtime, std::move(job), std::move(opening));
    co_return co_await std::move(opening);
}

Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, ConnectOptions options) {
    std::vector<ConnectionUrl> urls = parse_connection_urls(url, process->schemes().get());
    if (urls.front().is_elsewhere())
        co_return co_await connect_elsewhere(std::move(process), std::move(job), std::move(url), std::move(urls),
                                             std::move(options));
    const bool may_take_for_ever = urls.front().scheme == ConnectionUrl::Scheme::added;
    std::shared_ptr<Vault> vault = co_await open_vault(process, job, std::move(urls.front()), options.create);
    job->cancel.check();
    const RuntimeRef runtime = process->runtime();
    auto session = vault->open_session();
    auto channel = may_take_for_ever ? net::make_patient_channel(runtime, std::move(session))
                                     : net::make_in_process_channel(std::move(session));
    co_return std::make_shared<Client>(runtime, std::move(channel), std::move(url));
}

} // namespace safe
