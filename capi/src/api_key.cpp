#include "safe/key.h"

#include "entry.hpp"
#include "objects.hpp"

using namespace safe;

safe_status safe_key_generate(safe_key **out, safe_error **error) {
    return make(__func__, out, error, [](Call) {
        crypto::SodiumRandom random;
        return std::make_shared<KeyObject>(crypto::SigningKey::generate(random));
    });
}

safe_status safe_key_import(const uint8_t seed[32], safe_key **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        const ByteView view(call.pointer(seed, "seed"), 32);
        return std::make_shared<KeyObject>(crypto::SigningKey::from_seed(view));
    });
}

safe_status safe_key_export(const safe_key *key, uint8_t seed[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(key, "key");
        object->key.export_seed({call.pointer(seed, "seed"), 32});
    });
}

safe_status safe_key_public(const safe_key *key, uint8_t public_key[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(key, "key");
        call.pointer(public_key, "public_key");
        copy_out(object->key.public_key(), public_key);
    });
}

safe_status safe_key_sign(const safe_key *key, const uint8_t *data, size_t size, uint8_t signature[64],
                          safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(key, "key");
        const ByteView message = call.bytes(data, size, "data");
        call.pointer(signature, "signature");
        copy_out(object->key.sign(message), signature);
    });
}

safe_status safe_key_verify(const uint8_t public_key[32], const uint8_t *data, size_t size, const uint8_t signature[64],
                            safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const crypto::PublicKey key = call.array32(public_key, "public_key");
        const ByteView message = call.bytes(data, size, "data");
        crypto::Signature copy;
        std::copy_n(call.pointer(signature, "signature"), copy.size(), copy.begin());
        if (!crypto::verify(key, message, copy))
            throw Error(Errc::bad_signature, "the signature is not one of this key over these bytes");
    });
}

void safe_key_free(safe_key *key) { release(key); }
