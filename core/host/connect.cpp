#include "host/connect.hpp"

#include "host/open_vault.hpp"

namespace safe {

Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, bool create) {
    ConnectionUrl parsed = parse_connection_url(url, process->schemes().get());
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
