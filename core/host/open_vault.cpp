#include "host/open_vault.hpp"

#include "base/unless_cancelled.hpp"
#include "store/memory.hpp"

namespace safe {

// A vault that is being opened, or is open. Clients of one share its store: its connections and threads are paid for
// once.
struct Process::OpenVault {
    explicit OpenVault(const RuntimeRef &runtime) : ready(runtime->loop()) {}
    Gate ready;
    std::weak_ptr<Vault> vault;
};

namespace {

Awaitable<StoreRef> open_store(ProcessRef process, ConnectionUrl url, bool create) {
    if (url.scheme == ConnectionUrl::Scheme::added) {
        std::string text = url.url;
        co_return co_await url.opener->open_store(std::move(process), std::move(text), create);
    }
    std::string path = canonical_directory(url.path);
    co_return co_await open_directory(process->runtime(), std::move(path), create);
}

// The opener is part of the name: what was opened through one that has gone is of no use any more.
std::string name_of(const ConnectionUrl &url) {
    if (url.scheme == ConnectionUrl::Scheme::directory) return canonical_directory(url.path);
    return std::to_string(reinterpret_cast<std::uintptr_t>(url.opener.get())) + " " + url.url;
}

Awaitable<std::shared_ptr<Vault>> open_shared(ProcessRef process, ConnectionUrl url, bool create) {
    const RuntimeRef runtime = process->runtime();
    const std::string name = name_of(url);
    auto &vaults = process->vaults();
    for (auto found = vaults.find(name); found != vaults.end(); found = vaults.find(name)) {
        const auto entry = found->second;
        co_await entry->ready.wait();
        if (auto vault = entry->vault.lock()) co_return vault;
        const auto now = vaults.find(name);
        if (now != vaults.end() && now->second == entry) vaults.erase(now); // closed since, or never opened
    }
    auto entry = std::make_shared<Process::OpenVault>(runtime);
    vaults[name] = entry;
    // Whatever the outcome, those who wait for this one go on.
    const std::shared_ptr<void> done(nullptr, [entry](void *) { entry->ready.open(); });
    StoreRef store = co_await open_store(std::move(process), std::move(url), create);
    auto vault = std::make_shared<Vault>(runtime, std::move(store));
    entry->vault = vault;
    co_return vault;
}

} // namespace

Awaitable<std::shared_ptr<Vault>> open_vault(ProcessRef process, JobRef job, ConnectionUrl url, bool create) {
    const RuntimeRef runtime = process->runtime();
    if (url.is_elsewhere())
        throw Error(Errc::unsupported,
                    "the vault of " + url.url + " is elsewhere; this can only be done where it is kept");
    if (url.scheme == ConnectionUrl::Scheme::memory) {
        StoreRef store = make_memory_store(runtime);
        co_return std::make_shared<Vault>(runtime, std::move(store));
    }
    const bool may_take_for_ever = url.scheme == ConnectionUrl::Scheme::added;
    Awaitable<std::shared_ptr<Vault>> opening = open_shared(std::move(process), std::move(url), create);
    if (may_take_for_ever) opening = unless_cancelled(runtime, std::move(job), std::move(opening));
    co_return co_await std::move(opening);
}

} // namespace safe
