// What the tests of self-encryption share: a store of chunks in memory that counts, and the ways to drive an
// encoder.
#pragma once

#include "selfencrypt/decoder.hpp"
#include "selfencrypt/encoder.hpp"

#include "crypto/hash.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace safe::test {

inline std::string hex(ByteView bytes) {
    std::string text;
    for (Byte b : bytes) {
        text += "0123456789abcdef"[b >> 4];
        text += "0123456789abcdef"[b & 15];
    }
    return text;
}

inline Bytes unhex(std::string_view text) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<Byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return bytes;
}

// Half noise, half something that compresses; different everywhere.
inline Bytes sample(std::size_t size, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = (i / 4096) % 2 ? static_cast<Byte>(i / 97 + i % 7) : static_cast<Byte>(random());
    return bytes;
}

// What the compressor is quickest with.
inline Bytes noise(std::size_t size, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    Bytes bytes(size + 8);
    for (std::size_t i = 0; i < size; i += 8) {
        const std::uint64_t word = random();
        std::memcpy(bytes.data() + i, &word, sizeof word);
    }
    bytes.resize(size);
    return bytes;
}

// The answer of a coroutine that is to fail.
template <class Work>
Errc error_of(Work work) {
    try {
        work();
    } catch (const Error &error) {
        return error.code();
    }
    return Errc::ok;
}

// Keeps chunks outside the budget, as a vault in memory does.
class ChunkStore {
  public:
    ChunkSink sink() {
        return [this](Address address, Blob bytes) -> Awaitable<void> { return put(address, std::move(bytes)); };
    }
    ChunkSource source() {
        return [this](Address address, JobRef) -> Awaitable<Blob> { return get(address); };
    }
    std::map<Address, Bytes> chunks;
    std::vector<Address> order;        // as the sink was called
    std::map<Address, unsigned> asked; // how often the source was
    std::size_t calls() const {
        std::size_t sum = 0;
        for (const auto &[address, count] : asked) sum += count;
        return sum;
    }

  private:
    Awaitable<void> put(Address address, Blob bytes) {
        order.push_back(address);
        chunks[address] = Bytes(bytes.view().begin(), bytes.view().end());
        co_return;
    }
    Awaitable<Blob> get(Address address) {
        ++asked[address];
        const auto at = chunks.find(address);
        if (at == chunks.end()) throw Error(Errc::no_such_data, "no such chunk");
        co_return Blob(Bytes(at->second));
    }
};

struct Encoded {
    Content content;
    std::vector<StoredChunk> chunks;
};

enum class Feed { known, unknown, replay };

// Writes in parts whose sizes `next` gives.
inline Awaitable<void> encode(RuntimeRef runtime, JobRef job, ByteView data, Feed feed, ChunkSink sink,
                              std::function<std::size_t()> next, Encoded &out) {
    Encoder::Options options;
    if (feed != Feed::unknown) options.size = data.size();
    options.replay = feed == Feed::replay;
    Encoder encoder(runtime, job, options, std::move(sink));
    for (const std::size_t length : {data.size(), static_cast<std::size_t>(encoder.replay_size())}) {
        for (std::size_t at = 0; at < length;) {
            const ByteView part = data.subspan(at, std::min(next(), length - at));
            co_await encoder.write(part);
            at += part.size();
        }
    }
    out.content = co_await encoder.finish();
    out.chunks = encoder.chunks();
}

inline Encoded encode(TestLoop &loop, ByteView data, Feed feed, ChunkStore &store, std::size_t step = 1 << 20) {
    Encoded out;
    loop.run(encode(
        loop.runtime(), std::make_shared<Job>(), data, feed, store.sink(), [step] { return step; }, out));
    return out;
}

inline Awaitable<Bytes> decode(RuntimeRef runtime, JobRef job, Content content, ChunkSource source, std::size_t step) {
    auto decoder = co_await Decoder::open(runtime, job, std::move(content), std::move(source));
    Bytes all(decoder->size());
    std::size_t at = 0;
    while (at < all.size()) {
        const MutableView out = MutableView(all).subspan(at, std::min(step, all.size() - at));
        at += co_await decoder->read(job, at, out);
    }
    co_return all;
}

inline Bytes decode(TestLoop &loop, Content content, ChunkStore &store, std::size_t step = 1 << 16) {
    return loop.run(decode(loop.runtime(), std::make_shared<Job>(), std::move(content), store.source(), step));
}

constexpr std::size_t M = limits::max_chunk_content;

} // namespace safe::test
