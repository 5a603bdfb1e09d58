#include "selfencrypt/s1.hpp"

#include "base/error.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "selfencrypt/brotli.hpp"
#include "selfencrypt/layout.hpp"
#include "selfencrypt/pad.hpp"

#include <algorithm>
#include <string>

namespace safe::s1 {
namespace {

constexpr std::size_t pad_size = 40;
using ChunkPad = Pad<pad_size>;

// A.5: the key is the hash of the chunk before; pad and nonce are cut from the chunk's own and the one before
// that.
struct Secrets {
    Secrets(const std::vector<ChunkDetails> &chunks, std::uint64_t index, std::uint64_t count) {
        const auto [before, before_that] = predecessors(index, count);
        key = chunks[before].content_hash;
        const Bytes32 &own = chunks[index].content_hash, &other = chunks[before_that].content_hash;
        std::copy(other.begin(), other.end(), std::copy(own.begin(), own.end(), rest.begin()));
    }
    ChunkPad pad() const { return ChunkPad(ByteView(rest).first(pad_size)); }
    ByteView nonce() const { return ByteView(rest).last(crypto::secretbox_nonce_size); }

    Bytes32 key;
    std::array<Byte, pad_size + crypto::secretbox_nonce_size> rest;
};

template <class Number>
void put_le(Bytes &out, Number value) {
    for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<Byte>(value >> (8 * i)));
}

void put_hash(Bytes &out, const Bytes32 &hash) {
    put_le<std::uint64_t>(out, hash.size());
    out.insert(out.end(), hash.begin(), hash.end());
}

enum Variant : std::uint32_t { in_chunks = 0, in_map = 1, nothing = 2 };

Bytes to_bincode(const std::vector<ChunkDetails> &chunks) {
    Bytes out;
    put_le<std::uint32_t>(out, in_chunks);
    put_le<std::uint64_t>(out, chunks.size());
    for (const ChunkDetails &chunk : chunks) {
        put_le(out, chunk.number);
        put_hash(out, chunk.name);
        put_hash(out, chunk.content_hash);
        put_le(out, chunk.size);
    }
    return out;
}

Bytes to_bincode(const Bytes &content) {
    Bytes out;
    if (content.empty()) {
        put_le<std::uint32_t>(out, nothing);
        return out;
    }
    put_le<std::uint32_t>(out, in_map);
    put_le<std::uint64_t>(out, content.size());
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

Error bad_map(const std::string &what) {
    return {Errc::bad_data_map, "S1 data map refused: " + what +
                                    "; make sure that it is a bincode DataMap of 2018-2019 (BAD_DATA_MAP -3061)"};
}

class Reader {
  public:
    explicit Reader(ByteView bytes) : left_(bytes) {}

    ByteView take(std::uint64_t size) {
        if (size > left_.size()) throw bad_map("it is cut short");
        const ByteView part = left_.first(static_cast<std::size_t>(size));
        left_ = left_.subspan(part.size());
        return part;
    }
    template <class Number>
    Number number() {
        Number value = 0;
        const ByteView bytes = take(sizeof value);
        for (std::size_t i = 0; i < sizeof value; ++i) value |= static_cast<Number>(Number{bytes[i]} << (8 * i));
        return value;
    }
    Bytes32 hash() {
        Bytes32 hash;
        if (number<std::uint64_t>() != hash.size()) throw bad_map("a hash is not 32 bytes long");
        const ByteView bytes = take(hash.size());
        std::copy(bytes.begin(), bytes.end(), hash.begin());
        return hash;
    }
    std::size_t left() const { return left_.size(); }

  private:
    ByteView left_;
};

std::vector<ChunkDetails> read_chunks(Reader &in) {
    const auto count = in.number<std::uint64_t>();
    if (count < 3 || count > max_file / max_chunk + 1)
        throw bad_map("it lists " + std::to_string(count) + " chunks; 3 to 1025 are possible");
    std::vector<ChunkDetails> chunks(count);
    for (ChunkDetails &chunk : chunks) {
        chunk.number = in.number<std::uint32_t>();
        chunk.name = in.hash();
        chunk.content_hash = in.hash();
        chunk.size = in.number<std::uint64_t>();
        if (chunk.size == 0 || chunk.size > max_chunk + 1) // A.3: the last of three may be one byte above
            throw bad_map("a chunk is of " + std::to_string(chunk.size) + " bytes; 1 to 1048577 are possible");
    }
    std::sort(chunks.begin(), chunks.end(), [](const auto &a, const auto &b) { return a.number < b.number; });
    for (std::uint64_t i = 0; i < count; ++i)
        if (chunks[i].number != i) throw bad_map("chunk " + std::to_string(i) + " is missing or listed twice");
    return chunks;
}

Error corrupt(std::uint64_t index, const char *what) {
    return {Errc::chunk_corrupt,
            "chunk " + std::to_string(index) + " is corrupt: " + what + "; get it from elsewhere (CHUNK_CORRUPT -3083)",
            {{"index", index}}};
}

} // namespace

void Encoder::write(ByteView data) {
    if (finished_) throw Error(Errc::closed, "cannot write: the content was finished (CLOSED -3022)");
    if (data.size() > max_file - size_)
        throw Error(Errc::too_large,
                    "format S1 holds at most 1073741824 bytes a file; use format c2, or split the file "
                    "(TOO_LARGE -3080)");
    size_ += data.size();
    while (!data.empty()) {
        const ByteView part = data.first(std::min<std::size_t>(data.size(), max_chunk));
        pending_.insert(pending_.end(), part.begin(), part.end());
        data = data.subspan(part.size());
        take_full_chunks();
    }
}

// Until three full chunks have come they may all become smaller; later the last but one may (A.3).
void Encoder::take_full_chunks() {
    if (details_.empty() && pending_.size() < 3 * max_chunk) return;
    std::size_t at = 0;
    for (; pending_.size() - at >= max_chunk + min_chunk || details_.size() < 2; at += max_chunk)
        add(Bytes(pending_.begin() + static_cast<std::ptrdiff_t>(at),
                  pending_.begin() + static_cast<std::ptrdiff_t>(at + max_chunk)));
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Encoder::add(Bytes plain) {
    const std::uint64_t index = details_.size();
    details_.push_back({static_cast<std::uint32_t>(index), {}, crypto::sha3_256(plain), plain.size()});
    if (index < 2)
        kept_[index] = std::move(plain);
    else
        encrypt(index, index + 1, plain);
}

void Encoder::encrypt(std::uint64_t index, std::uint64_t count, ByteView plain) {
    const Secrets secrets(details_, index, count);
    const Buffer packed = brotli::compress(pool_, plain, 0);
    Chunk chunk;
    chunk.bytes = crypto::secretbox_seal(packed.view(), secrets.key, secrets.nonce());
    secrets.pad().apply(chunk.bytes, chunk.bytes.data(), 0);
    chunk.name = details_[index].name = crypto::sha3_256(chunk.bytes);
    ready_.push_back(std::move(chunk));
}

Bytes Encoder::finish() {
    if (finished_) throw Error(Errc::closed, "cannot finish: the content was finished before (CLOSED -3022)");
    finished_ = true;
    const Layout layout = layout_of(size_, max_chunk, min_chunk);
    if (layout.count == 0) return to_bincode(pending_);
    auto from = pending_.begin();
    while (details_.size() < layout.count) {
        const auto until = from + static_cast<std::ptrdiff_t>(layout.size_of(details_.size()));
        add(Bytes(from, until));
        from = until;
    }
    pending_ = {};
    for (std::uint64_t index = 0; index < 2; ++index) encrypt(index, layout.count, kept_[index]);
    kept_ = {};
    return to_bincode(details_);
}

std::optional<Chunk> Encoder::next() {
    if (ready_.empty()) return std::nullopt;
    Chunk chunk = std::move(ready_.front());
    ready_.pop_front();
    return chunk;
}

Map Map::parse(ByteView bincode) {
    Reader in(bincode);
    Map map;
    switch (in.number<std::uint32_t>()) {
    case in_chunks: map.chunks_ = read_chunks(in); break;
    case in_map: {
        const ByteView content = in.take(in.number<std::uint64_t>());
        map.content_.assign(content.begin(), content.end());
        break;
    }
    case nothing: break;
    default: throw bad_map("it is of no known kind");
    }
    if (in.left() != 0) throw bad_map("other bytes follow it");
    if (map.size() > max_file) throw bad_map("its content is above 1 GiB");
    return map;
}

std::uint64_t Map::size() const {
    std::uint64_t size = content_.size();
    for (const ChunkDetails &chunk : chunks_) size += chunk.size;
    return size;
}

const ChunkDetails &Map::at(std::uint64_t index) const {
    if (index >= chunks_.size())
        throw Error(Errc::invalid_range, "there is no chunk " + std::to_string(index) + ": the map has " +
                                             std::to_string(chunks_.size()) + " (INVALID_RANGE -302)");
    return chunks_[index];
}

const Name &Map::name(std::uint64_t index) const { return at(index).name; }

Bytes Map::decrypt(const BufferPoolRef &pool, std::uint64_t index, ByteView stored) const {
    const ChunkDetails &chunk = at(index);
    if (crypto::sha3_256(stored) != chunk.name) throw corrupt(index, "its bytes do not have its name");
    const Secrets secrets(chunks_, index, chunks_.size());
    Bytes sealed(stored.size());
    secrets.pad().apply(stored, sealed.data(), 0);
    Bytes packed;
    if (!crypto::secretbox_open(sealed, secrets.key, secrets.nonce(), packed))
        throw corrupt(index, "it was not encrypted with the keys of its data map");
    Bytes plain(chunk.size);
    brotli::expand(pool, packed, plain);
    if (crypto::sha3_256(plain) != chunk.content_hash)
        throw corrupt(index, "its content does not have the hash that its data map gives");
    return plain;
}

} // namespace safe::s1
