#include "host/vault_key_file.hpp"

#include "base/error.hpp"

namespace safe {

crypto::SigningKey keep_vault_key(const std::string &path, const crypto::SigningKey &) {
    throw Error(Errc::unsupported, "this build has no files to keep a vault's key in (" + path + "); give a key");
}

} // namespace safe
