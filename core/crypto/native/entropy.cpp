#include "crypto/entropy.hpp"

namespace safe::crypto {

void need_entropy() {} // sodium_init says it

} // namespace safe::crypto
