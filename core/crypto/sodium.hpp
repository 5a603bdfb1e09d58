// libsodium, made ready. Inside core/crypto only. The archive is linked into libsafe.so with its symbols hidden (DETAILS
// D6), so a program's own libsodium, of whatever version, has another state and is never touched by ours.
#pragma once

namespace safe::crypto {

// Every function here that calls libsodium calls this first. Thread-safe and cheap after the first time. Throws
// RANDOM_FAILED if libsodium found no source of randomness.
void need_sodium();

} // namespace safe::crypto
