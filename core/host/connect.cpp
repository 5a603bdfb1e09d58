#include "host/connect.hpp"

#include "host/open_vault.hpp"

namespace safe {

Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, bool create) {
    ConnectionUrl parsed = parse_connection_url(url);
    std::shared_ptr<Vault> vault = co_await open_vault(process, std::move(parsed), create);
    job->cancel.check();
    auto channel = net::make_in_process_channel(vault->open_session());
    co_return std::make_shared<Client>(process->runtime(), std::move(channel), std::move(url));
}

} // namespace safe
