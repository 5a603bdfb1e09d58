#include "selfencrypt/decoder.hpp"

#include "selfencrypt/chunk_cache.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace safe {
namespace {

// The serialised form of the largest map that a writer makes; what holds more is no map.
constexpr std::uint64_t largest_map = 18 + 80 * limits::max_chunks;

Error hostile(const std::string &what) {
    return {Errc::bad_data_map, "data map refused: " + what +
                                    "; it was damaged or made up, get it anew from where it came (BAD_DATA_MAP -3061)"};
}

void check_followable(const DataMap &map) {
    check(map);
    if (map.chunks.size() < 3)
        throw hostile("it lists " + std::to_string(map.chunks.size()) + " chunks, the least is 3");
    if (!map.child) return;
    if (*map.child == 0) throw hostile("it is a map of a map at level 0");
    if (map.size() > largest_map) throw hostile("the map inside would be of " + std::to_string(map.size()) + " bytes");
}

class InlineDecoder : public Decoder {
  public:
    explicit InlineDecoder(Bytes bytes) : bytes_(std::move(bytes)) {}

    std::uint64_t size() const override { return bytes_.size(); }
    std::vector<Address> all_chunks() const override { return {}; }
    Awaitable<std::size_t> read(JobRef job, std::uint64_t offset, MutableView out) override {
        job->cancel.check();
        if (offset >= bytes_.size()) co_return 0;
        const auto size = std::min<std::uint64_t>(out.size(), bytes_.size() - offset);
        if (size != 0) std::memcpy(out.data(), bytes_.data() + offset, size);
        co_return size;
    }

  private:
    const Bytes bytes_;
};

class ChunkedDecoder : public Decoder {
  public:
    ChunkedDecoder(std::shared_ptr<ChunkCache> cache, std::vector<Address> map_chunks)
        : cache_(std::move(cache)), map_chunks_(std::move(map_chunks)) {}
    ~ChunkedDecoder() override { cache_->close(); }

    std::uint64_t size() const override { return cache_->size(); }
    std::vector<Address> all_chunks() const override {
        std::vector<Address> all;
        for (const ChunkInfo &chunk : cache_->map().chunks) all.push_back(chunk.address);
        all.insert(all.end(), map_chunks_.begin(), map_chunks_.end());
        return all;
    }
    Awaitable<std::size_t> read(JobRef job, std::uint64_t offset, MutableView out) override {
        return ChunkCache::read(cache_, std::move(job), offset, out);
    }

  private:
    std::shared_ptr<ChunkCache> cache_;
    std::vector<Address> map_chunks_;
};

// The map inside a map of a map: one level less, so that no chain of maps can be longer than its outermost
// level says.
Awaitable<DataMap> unwrap(RuntimeRef runtime, JobRef job, DataMap outer, ChunkSource source) {
    const std::uint64_t level = *outer.child;
    auto cache = ChunkCache::make(runtime, std::move(outer), level, std::move(source));
    const std::shared_ptr<void> closing(nullptr, [cache](void *) { cache->close(); });
    Bytes plain(cache->size());
    const MutableView whole(plain);
    auto reading = ChunkCache::read(cache, std::move(job), 0, whole);
    co_await std::move(reading);
    DataMap inner = from_bincode(plain);
    if (inner.child.value_or(0) != level - 1)
        throw hostile("the map inside level " + std::to_string(level) + " is of level " +
                      std::to_string(inner.child.value_or(0)));
    co_return inner;
}

} // namespace

Awaitable<std::shared_ptr<Decoder>> Decoder::open(RuntimeRef runtime, JobRef job, Content content, ChunkSource source) {
    if (auto *bytes = std::get_if<Bytes>(&content)) co_return std::make_shared<InlineDecoder>(std::move(*bytes));
    DataMap map = std::get<DataMap>(std::move(content));
    std::vector<Address> map_chunks;
    check_followable(map);
    while (map.child) {
        for (const ChunkInfo &chunk : map.chunks) map_chunks.push_back(chunk.address);
        auto inner = unwrap(runtime, job, std::move(map), source);
        map = co_await std::move(inner);
        check_followable(map);
    }
    auto cache = ChunkCache::make(std::move(runtime), std::move(map), 0, std::move(source));
    co_return std::make_shared<ChunkedDecoder>(std::move(cache), std::move(map_chunks));
}

} // namespace safe
