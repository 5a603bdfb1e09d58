#include "crypto/entropy.hpp"

#include "base/error.hpp"

#include <cstddef>

// Imported (wasm/glue): fills from crypto.getRandomValues, which knows no bad day. 0: done; else there is none.
extern "C" int safe_wasm_entropy(void *out, std::size_t size);

namespace safe::crypto {

void need_entropy() {
    char probe = 0;
    if (safe_wasm_entropy(&probe, sizeof probe) != 0)
        throw Error(Errc::random_failed, "cannot start the cryptography library: this JavaScript engine has no "
                                         "crypto.getRandomValues; use a browser or a Node that has it");
}

} // namespace safe::crypto
