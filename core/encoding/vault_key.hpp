// The key of a vault as text: what stands after the # of a connection URL (docs/protocol.md, "Keys of vaults").
#pragma once

#include "crypto/sign.hpp"

#include <string>
#include <string_view>

namespace safe {

std::string vault_key_text(const crypto::PublicKey &key); // 56 letters and digits
// Only what vault_key_text gives; else BAD_URL.
crypto::PublicKey parse_vault_key(std::string_view text);

} // namespace safe
