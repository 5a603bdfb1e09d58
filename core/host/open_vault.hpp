// Vaults that this process has open.
#pragma once

#include "host/connect.hpp"
#include "vault/vault.hpp"

namespace safe {

// Opens the vault of a URL, or gives the one that is open already. Throws as connect() does.
Awaitable<std::shared_ptr<Vault>> open_vault(ProcessRef process, JobRef job, ConnectionUrl url, bool create);

// What a platform has of directories: how to tell that two paths are one, and the store in one.
std::string canonical_directory(const std::string &path);
Awaitable<StoreRef> open_directory(RuntimeRef runtime, std::string path, bool create);

} // namespace safe
