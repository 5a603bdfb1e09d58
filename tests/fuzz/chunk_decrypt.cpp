// The stored bytes of a chunk and what its data map says of it. The first byte chooses how deep the rest
// gets: as they are, or sealed with the right keys under their right address, as one could who made up a map
// with them.
#include "fuzz/fuzz.hpp"

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "selfencrypt/brotli.hpp"
#include "selfencrypt/chunk.hpp"

#include <algorithm>

namespace {

using namespace safe;

enum : Byte { sealed = 1, right_hash = 2 };

std::uint64_t take_number(ByteView &input, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes && !input.empty(); ++i, input = input.subspan(1)) value = value << 8 | input[0];
    return value;
}

// The hash of what the stream holds, if it holds as much as is said.
void set_hash(const BufferPoolRef &pool, ByteView packed, ChunkInfo &info) {
    Bytes plain(info.size);
    if (fuzz::accepted([&] { return brotli::expand(pool, packed, plain), true; }, {Errc::chunk_corrupt}))
        info.content_hash = crypto::blake3(plain);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static const auto pool = std::make_shared<BufferPool>(64 << 20);
    ByteView input{data, size};
    const auto mode = static_cast<Byte>(take_number(input, 1));
    ChunkInfo info;
    info.size = take_number(input, 3) % (1 << 20) + 1;
    ChunkKeys keys;
    keys.index = take_number(input, 1);
    keys.level = take_number(input, 1);
    Bytes stored(input.begin(), input.end());
    if (mode & right_hash) set_hash(pool, input, info);
    if (mode & sealed) {
        stored.resize(stored.size() + crypto::tag_size);
        info.address = seal_chunk(stored, keys);
    }
    const auto plain = fuzz::accepted([&] { return decrypt_chunk(pool, stored, info, keys); }, {Errc::chunk_corrupt});
    fuzz::expect(plain || pool->used() == 0, "a refusal keeps no memory");
    if (!plain) return 0;
    fuzz::expect(crypto::blake3(stored) == info.address, "what is accepted has its address");
    fuzz::expect(plain->size() == info.size, "what is accepted has its size");
    fuzz::expect(crypto::blake3(plain->view()) == info.content_hash, "what is accepted has its content hash");
    return 0;
}
