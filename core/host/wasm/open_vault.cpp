#include "host/open_vault.hpp"

#include "store/memory.hpp"

namespace safe {

struct Process::OpenVault {};

Awaitable<std::shared_ptr<Vault>> open_vault(ProcessRef process, ConnectionUrl url, bool) {
    if (url.scheme != ConnectionUrl::Scheme::memory)
        throw Error(Errc::unsupported, "cannot connect to \"file:" + url.path +
                                           "\": this build has no files of its own; use mem:");
    const RuntimeRef runtime = process->runtime();
    StoreRef store = make_memory_store(runtime);
    co_return std::make_shared<Vault>(runtime, std::move(store));
}

} // namespace safe
