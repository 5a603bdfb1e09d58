// Inside core/crypto only: whether the platform gives random bytes.
#pragma once

namespace safe::crypto {

// Throws RANDOM_FAILED. For platforms whose libsodium would abort instead of saying so.
void need_entropy();

} // namespace safe::crypto
