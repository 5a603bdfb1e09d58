#include "encoding/data_map.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"
#include "encoding/msgpack.hpp"

#include <algorithm>
#include <string>

namespace safe {
namespace {

// The version that both serialisations begin with (reference/self_encryption.md B.2, B.5).
constexpr Byte map_version = 1;

// Bincode, the fixed-width little-endian form: 01, u64 count, the entries, option tag, u64 child.
constexpr std::size_t entry_size = 8 + 32 + 32 + 8;
constexpr std::size_t least_bincode = 1 + 8 + 1;

[[noreturn]] void refuse(const std::string &problem) { throw Error(Errc::bad_data_map, "the data map " + problem); }

class BincodeReader {
  public:
    explicit BincodeReader(ByteView bytes) : rest_(bytes) {}

    ByteView take(std::size_t size) {
        if (size > rest_.size()) refuse("ends too early");
        const ByteView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    Byte byte() { return take(1).front(); }
    std::uint64_t u64() {
        const ByteView bytes = take(8);
        std::uint64_t value = 0;
        for (std::size_t i = 8; i-- > 0;) value = value << 8 | bytes[i];
        return value;
    }
    Bytes32 hash() {
        Bytes32 out;
        const ByteView bytes = take(out.size());
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }
    std::size_t left() const { return rest_.size(); }

  private:
    ByteView rest_;
};

void append_u64(Bytes &out, std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<Byte>(value >> (8 * i)));
}

void append(Bytes &out, const Bytes32 &hash) { out.insert(out.end(), hash.begin(), hash.end()); }

void need_version(std::uint64_t version) {
    if (version != map_version)
        refuse("has version " + std::to_string(version) + ", this library reads version " +
               std::to_string(map_version) + "; upgrade libsafe, or it is not a data map");
}

// Upstream serialises a hash as an array of 32 integers, not as binary.
void write_hash(msgpack::Writer &out, const Bytes32 &hash) {
    out.array(hash.size());
    for (const Byte byte : hash) out.uint(byte);
}

Bytes32 read_hash(msgpack::Reader &in) {
    Bytes32 hash;
    if (!in.is_array()) return in.fixed<std::tuple_size_v<Bytes32>>();
    in.array_of(hash.size());
    for (Byte &byte : hash) byte = static_cast<Byte>(in.uint(UINT8_MAX));
    return hash;
}

} // namespace

std::uint64_t DataMap::size() const {
    std::uint64_t sum = 0;
    for (const ChunkInfo &chunk : chunks) {
        if (chunk.size > UINT64_MAX - sum) refuse("has chunks of more than 2^64 bytes in all");
        sum += chunk.size;
    }
    return sum;
}

void check(const DataMap &map) {
    if (map.chunks.empty()) refuse("names no chunk");
    if (map.chunks.size() > limits::max_chunks)
        refuse("names " + std::to_string(map.chunks.size()) + " chunks, more than the " +
               std::to_string(limits::max_chunks) + " that content can have");
    for (std::size_t i = 0; i < map.chunks.size(); ++i) {
        const ChunkInfo &chunk = map.chunks[i];
        if (chunk.index != i)
            refuse("has chunk " + std::to_string(chunk.index) + " where chunk " + std::to_string(i) + " should be");
        if (chunk.size == 0 || chunk.size > limits::max_stored_chunk)
            refuse("gives chunk " + std::to_string(i) + " a size of " + std::to_string(chunk.size) +
                   " bytes; it must be 1 to " + std::to_string(limits::max_stored_chunk));
    }
    if (map.child && *map.child > limits::max_map_depth)
        refuse("is " + std::to_string(*map.child) + " levels deep, more than " + std::to_string(limits::max_map_depth));
}

Bytes to_bincode(const DataMap &map) {
    Bytes out;
    out.reserve(least_bincode + map.chunks.size() * entry_size + 8);
    out.push_back(map_version);
    append_u64(out, map.chunks.size());
    for (const ChunkInfo &chunk : map.chunks) {
        append_u64(out, chunk.index);
        append(out, chunk.address);
        append(out, chunk.content_hash);
        append_u64(out, chunk.size);
    }
    out.push_back(map.child ? 1 : 0);
    if (map.child) append_u64(out, *map.child);
    return out;
}

DataMap from_bincode(ByteView bytes) {
    BincodeReader in(bytes);
    need_version(in.byte());
    const std::uint64_t count = in.u64();
    if (count > limits::max_chunks || count > in.left() / entry_size)
        refuse("announces " + std::to_string(count) + " chunks in " + std::to_string(bytes.size()) + " bytes");
    DataMap map;
    map.chunks.resize(static_cast<std::size_t>(count));
    for (ChunkInfo &chunk : map.chunks) {
        chunk.index = in.u64();
        chunk.address = in.hash();
        chunk.content_hash = in.hash();
        chunk.size = in.u64();
    }
    const Byte option = in.byte();
    if (option > 1) refuse("is malformed after its chunks");
    if (option == 1) map.child = in.u64();
    if (in.left() != 0) refuse("goes on after its end");
    check(map);
    return map;
}

Bytes to_msgpack(const DataMap &map) {
    msgpack::Writer out;
    out.array(3).uint(map_version).array(map.chunks.size());
    for (const ChunkInfo &chunk : map.chunks) {
        out.array(4).uint(chunk.index);
        write_hash(out, chunk.address);
        write_hash(out, chunk.content_hash);
        out.uint(chunk.size);
    }
    if (map.child) {
        out.uint(*map.child);
    } else {
        out.nil();
    }
    return out.take();
}

DataMap from_msgpack(ByteView bytes) {
    msgpack::Reader in(bytes, "the data map", Errc::bad_data_map);
    in.array_of(3);
    need_version(in.uint());
    // The least entry: array head, index, two hashes as bin 32, size.
    constexpr std::size_t least_entry = 1 + 1 + 2 * (2 + 32) + 1;
    const std::size_t count = in.array(limits::max_chunks);
    if (count > in.left() / least_entry) in.fail("ends too early");
    DataMap map;
    map.chunks.resize(count);
    for (ChunkInfo &chunk : map.chunks) {
        in.array_of(4);
        chunk.index = in.uint();
        chunk.address = read_hash(in);
        chunk.content_hash = read_hash(in);
        chunk.size = in.uint();
    }
    if (in.is_nil()) {
        in.nil();
    } else {
        map.child = in.uint();
    }
    in.end();
    check(map);
    return map;
}

} // namespace safe
