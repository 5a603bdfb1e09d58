#include "crypto/sodium.hpp"

#include "base/error.hpp"
#include "crypto/entropy.hpp"

#include <sodium.h>

namespace safe::crypto {

void need_sodium() {
    // 0: initialised now; 1: it was already; -1: failed.
    static const bool ready = (need_entropy(), sodium_init() >= 0);
    if (!ready)
        throw Error(Errc::random_failed, "cannot start the cryptography library: the system gives no random bytes "
                                         "(getrandom and /dev/urandom both failed)");
}

} // namespace safe::crypto
