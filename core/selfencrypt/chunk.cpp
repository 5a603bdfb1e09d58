#include "selfencrypt/chunk.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "selfencrypt/brotli.hpp"
#include "selfencrypt/pad.hpp"

#include <algorithm>
#include <string>

namespace safe {
namespace {

constexpr std::string_view kdf_context = "self_encryption/chunk/v2";
constexpr std::size_t pad_size = 52;
constexpr std::size_t kdf_size = pad_size + crypto::chacha_key_size + crypto::chacha_nonce_size;
// The pad and the hash go over the bytes together, a part at a time that stays in the first two caches.
constexpr std::size_t stride = 128 * 1024;

void put_le(std::uint64_t value, Byte *to) {
    for (int i = 0; i < 8; ++i) to[i] = static_cast<Byte>(value >> (8 * i));
}

struct Secrets {
    explicit Secrets(const ChunkKeys &keys) {
        std::array<Byte, 3 * 32 + 2 * 8> material;
        auto to = std::copy(keys.own.begin(), keys.own.end(), material.begin());
        to = std::copy(keys.before.begin(), keys.before.end(), to);
        to = std::copy(keys.before_that.begin(), keys.before_that.end(), to);
        put_le(keys.index, &*to);
        put_le(keys.level, &*to + 8);
        crypto::blake3_derive(kdf_context, material, bytes);
    }
    ByteView pad() const { return ByteView(bytes).first(pad_size); }
    ByteView key() const { return ByteView(bytes).subspan(pad_size, crypto::chacha_key_size); }
    ByteView nonce() const { return ByteView(bytes).last(crypto::chacha_nonce_size); }

    std::array<Byte, kdf_size> bytes;
};

Error corrupt(const ChunkKeys &keys, const char *what) {
    return {Errc::chunk_corrupt,
            "chunk " + std::to_string(keys.index) + (keys.level ? " of a data map" : "") + " is corrupt: " + what +
                "; fetch it again from elsewhere, or put the file again (CHUNK_CORRUPT -3083)",
            {{"index", keys.index}}};
}

// Checks the address on the way.
Buffer without_pad(const BufferPoolRef &pool, ByteView stored, const Pad<pad_size> &pad, const Address &address,
                   const ChunkKeys &keys) {
    Buffer sealed(pool, stored.size(), Term::call);
    crypto::Blake3 hash;
    for (std::size_t at = 0; at < stored.size(); at += stride) {
        const ByteView part = stored.subspan(at, std::min(stride, stored.size() - at));
        hash.update(part);
        pad.apply(part, sealed.data() + at, at);
    }
    sealed.resize(stored.size());
    if (hash.digest() != address) throw corrupt(keys, "its bytes do not have its address");
    return sealed;
}

} // namespace

ChunkKeys keys_of(const DataMap &map, std::uint64_t index, std::uint64_t level) {
    const auto [before, before_that] = predecessors(index, map.chunks.size());
    return {map.chunks[index].content_hash, map.chunks[before].content_hash, map.chunks[before_that].content_hash,
            index, level};
}

std::uint64_t chunk_booking(std::uint64_t plain_size) {
    return std::min<std::uint64_t>(brotli::bound(plain_size) + crypto::tag_size, limits::chunk_memory);
}

Buffer chunk_buffer(const BufferPoolRef &pool, std::size_t plain_size) {
    return {pool, brotli::bound(plain_size) + crypto::tag_size};
}

EncryptedChunk encrypt_chunk(const BufferPoolRef &pool, Buffer chunk, const ChunkKeys &keys) {
    brotli::compress(pool, chunk);
    chunk.resize(chunk.size() + crypto::tag_size);
    const Address address = seal_chunk(chunk.view(), keys);
    return {std::move(chunk), address};
}

EncryptedChunk encrypt_chunk(const BufferPoolRef &pool, ByteView plain, const ChunkKeys &keys) {
    Buffer chunk = chunk_buffer(pool, plain.size());
    chunk.append(plain);
    return encrypt_chunk(pool, std::move(chunk), keys);
}

Address seal_chunk(MutableView bytes, const ChunkKeys &keys) {
    const Secrets secrets(keys);
    crypto::chacha_seal(bytes, secrets.key(), secrets.nonce());
    const Pad<pad_size> pad(secrets.pad());
    crypto::Blake3 hash;
    for (std::size_t at = 0; at < bytes.size(); at += stride) {
        const MutableView part = bytes.subspan(at, std::min(stride, bytes.size() - at));
        pad.apply(part, part.data(), at);
        hash.update(part);
    }
    return hash.digest();
}

Buffer decrypt_chunk(const BufferPoolRef &pool, ByteView stored, const ChunkInfo &info, const ChunkKeys &keys) {
    if (stored.size() <= crypto::tag_size || stored.size() > limits::max_stored_chunk)
        throw corrupt(keys, "no chunk has its size");
    if (info.size > limits::chunk_memory) throw corrupt(keys, "its data map gives it a size that no chunk has");
    const Secrets secrets(keys);
    Buffer sealed = without_pad(pool, stored, Pad<pad_size>(secrets.pad()), info.address, keys);
    if (!crypto::chacha_open(sealed.view(), secrets.key(), secrets.nonce()))
        throw corrupt(keys, "it was not encrypted with the keys of its data map");
    Buffer plain(pool, info.size);
    plain.resize(info.size);
    brotli::expand(pool, sealed.view().first(sealed.size() - crypto::tag_size), plain.view());
    if (crypto::blake3(plain.view()) != info.content_hash)
        throw corrupt(keys, "its content does not have the hash that its data map gives");
    return plain;
}

} // namespace safe
