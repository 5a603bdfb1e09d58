#include "host/serve.hpp"

#include "host/open_vault.hpp"
#include "net/stream_service.hpp"

namespace safe {

Awaitable<void> serve(ProcessRef process, JobRef job, std::string vault_url, std::string transport_url, bool create) {
    ConnectionUrl kept = parse_connection_url(vault_url, process->schemes().get());
    ConnectionUrl asked = parse_connection_url(transport_url, process->schemes().get());
    if (!asked.opener || !asked.opener->is_transport())
        throw Error(Errc::bad_url, "cannot serve a vault over \"" + transport_url +
                                       "\": no transport serves its scheme; make a port for it first "
                                       "(SAFE_PORT_TRANSPORT)");
    const RuntimeRef runtime = process->runtime();
    const std::shared_ptr<Vault> vault = co_await open_vault(process, job, std::move(kept), create);
    auto stream = co_await open_stream(std::move(process), job, std::move(asked));
    co_await net::serve_stream(runtime, std::move(job), std::move(stream), vault->open_session());
}

} // namespace safe
