#include "host/open_vault.hpp"

#include "store/directory.hpp"
#include "store/memory.hpp"
#include "store/native/posix.hpp"

#include <filesystem>

namespace safe {

// A directory that is being opened, or is open. Clients of one directory share its store: its connections and threads
// are paid for once.
struct Process::OpenVault {
    explicit OpenVault(Loop &loop) : ready(loop) {}
    Gate ready;
    std::weak_ptr<Vault> vault;
};

namespace {

std::string canonical(const std::string &path) {
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(absolute, error);
    return error ? absolute.lexically_normal().string() : resolved.string();
}

} // namespace

Awaitable<std::shared_ptr<Vault>> open_vault(ProcessRef process, ConnectionUrl url, bool create) {
    const RuntimeRef runtime = process->runtime();
    if (url.scheme == ConnectionUrl::Scheme::memory) {
        StoreRef store = make_memory_store(runtime);
        co_return std::make_shared<Vault>(runtime, std::move(store));
    }
    const std::string path = canonical(url.path);
    auto &vaults = process->vaults();
    for (auto found = vaults.find(path); found != vaults.end(); found = vaults.find(path)) {
        const auto entry = found->second;
        co_await entry->ready.wait();
        if (auto vault = entry->vault.lock()) co_return vault;
        const auto now = vaults.find(path);
        if (now != vaults.end() && now->second == entry) vaults.erase(now); // closed since, or never opened
    }
    auto entry = std::make_shared<Process::OpenVault>(process->loop());
    vaults[path] = entry;
    // Whatever the outcome, those who wait for this one go on.
    const std::shared_ptr<void> done(nullptr, [entry](void *) { entry->ready.open(); });
    DirectoryOptions options;
    options.create = create;
    auto files = posix_file_system();
    StoreRef store = co_await open_directory_store(runtime, std::move(files), path, options);
    auto vault = std::make_shared<Vault>(runtime, std::move(store));
    entry->vault = vault;
    co_return vault;
}

} // namespace safe
