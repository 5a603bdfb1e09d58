/* libsafe.a in a program that is linked with another libsodium: each uses its own. */
#include "check.h"

#ifdef BESIDE_SODIUM
#include <sodium.h>
#endif

int main(void) {
    uint8_t seed[32] = {1}, public_key[32], signature[64];
    safe_key *key = NULL;
    safe_client *client = connect_to("mem:");
    safe_link_free(link_of(safe_put(client, seed, sizeof seed, 0)));
    safe_client_free(client);
    CHECK_EQ(SAFE_OK, safe_key_import(seed, &key, NULL));
    CHECK_EQ(SAFE_OK, safe_key_public(key, public_key, NULL));
    CHECK_EQ(SAFE_OK, safe_key_sign(key, seed, sizeof seed, signature, NULL));
    safe_key_free(key);
#ifdef BESIDE_SODIUM
    CHECK(sodium_init() >= 0);
    CHECK_EQ(0, crypto_sign_verify_detached(signature, seed, sizeof seed, public_key));
    CHECK_EQ(0, strcmp(sodium_version_string(), SODIUM_VERSION_STRING));
#endif
    return done();
}
