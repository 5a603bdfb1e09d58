// Vaults that this process has open.
#pragma once

#include "host/connect.hpp"
#include "vault/vault.hpp"

namespace safe {

// Opens the vault of a URL, or gives the one that is open already. Throws as connect() does.
Awaitable<std::shared_ptr<Vault>> open_vault(ProcessRef process, ConnectionUrl url, bool create);

} // namespace safe
