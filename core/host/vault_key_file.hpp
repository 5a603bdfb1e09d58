// The key of a vault in a directory: 32 bytes, the seed, in a file that nobody else may read.
#pragma once

#include "crypto/sign.hpp"

#include <string>

namespace safe {

constexpr const char *vault_key_name = "vault.key";

// The key in that file; `fresh`, written there before, if there is none: of racing callers, in all processes, all get the
// same one. Blocks. Throws BAD_KEY (malformed, or readable by others), IO.
crypto::SigningKey keep_vault_key(const std::string &path, const crypto::SigningKey &fresh);

} // namespace safe
