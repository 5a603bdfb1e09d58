/* Signing keys: Ed25519 (RFC 8032). Secret parts live in guarded memory and are wiped. */
#ifndef SAFE_KEY_H
#define SAFE_KEY_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A new key from the platform's random bytes. Errors: SAFE_RANDOM_FAILED. */
SAFE_API safe_status safe_key_generate(safe_key **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* From the 32 bytes of the seed that safe_key_export gave. */
SAFE_API safe_status safe_key_import(const uint8_t seed[32], safe_key **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The seed: whoever has it can sign. The caller wipes it. */
SAFE_API safe_status safe_key_export(const safe_key *key, uint8_t seed[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The public key: what others verify signatures with. */
SAFE_API safe_status safe_key_public(const safe_key *key, uint8_t public_key[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The signature of `size` bytes. */
SAFE_API safe_status safe_key_sign(const safe_key *key, const uint8_t *data SAFE_LEN("size") SAFE_NULLABLE, size_t size, uint8_t signature[64] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Errors: SAFE_BAD_SIGNATURE. */
SAFE_API safe_status safe_key_verify(const uint8_t public_key[32], const uint8_t *data SAFE_LEN("size") SAFE_NULLABLE, size_t size, const uint8_t signature[64], safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

SAFE_API void safe_key_free(safe_key *key SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
