#include "selfencrypt/chunk_cache.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace safe {
namespace {

// Under pressure a chunk goes when its reader has been away for as long as this ...
constexpr std::chrono::milliseconds idle{50};
// ... or has been at it for so long that the others' turn has come.
constexpr std::chrono::milliseconds turn{2000};
// What is smaller than this helps nobody.
constexpr std::uint64_t least_relief = 64 * 1024;
// Besides the chunk being read and those fetched ahead: so that going to and fro between two places costs
// nothing.
constexpr std::size_t most_idle = 1;

Error oversized(const ChunkInfo &info) {
    return {Errc::chunk_corrupt,
            "chunk " + std::to_string(info.index) +
                " is corrupt: it is larger than any chunk; fetch it again from "
                "elsewhere, or put the file again (CHUNK_CORRUPT -3083)",
            {{"index", info.index}}};
}

Error closed() { return {Errc::cancelled, "cancelled: the reader is gone"}; }

} // namespace

// A read that waits for a chunk: counted while it lives.
class ChunkCache::Reader {
  public:
    Reader(ChunkCache &cache, SlotRef slot, std::uint64_t index)
        : cache_(cache), slot_(std::move(slot)), index_(index) {
        ++slot_->readers;
        slot_->ahead = false;
    }
    ~Reader() { cache_.leave(slot_, index_); }
    Reader(const Reader &) = delete;
    Reader &operator=(const Reader &) = delete;

  private:
    ChunkCache &cache_;
    SlotRef slot_;
    std::uint64_t index_;
};

std::shared_ptr<ChunkCache> ChunkCache::make(RuntimeRef runtime, DataMap map, std::uint64_t level, ChunkSource source) {
    std::shared_ptr<ChunkCache> cache(new ChunkCache(std::move(runtime), std::move(map), level, std::move(source)));
    return cache;
}

ChunkCache::ChunkCache(RuntimeRef runtime, DataMap map, std::uint64_t level, ChunkSource source)
    : runtime_(std::move(runtime)), map_(std::move(map)), level_(level), source_(std::move(source)),
      changed_(runtime_->loop()), on_pressure_(runtime_->budget().on_pressure([this] { relieve(); })) {
    std::uint64_t end = 0;
    for (const ChunkInfo &chunk : map_.chunks) ends_.push_back(end += chunk.size);
}

void ChunkCache::close() {
    closed_ = true;
    for (const auto &[index, slot] : slots_) slot->job->cancel.request();
    slots_.clear();
    changed_.notify();
}

Awaitable<std::size_t> ChunkCache::read(Self self, JobRef job, std::uint64_t offset, MutableView out) {
    if (offset >= self->size() || out.empty()) co_return 0;
    out = out.first(std::min<std::uint64_t>(out.size(), self->size() - offset));
    const std::uint64_t end = offset + out.size();
    const bool sequential = self->expected_ != 0 && offset == self->expected_;
    self->expected_ = end;
    // What this read needs, and, once a reader is seen to go straight on, what it will need next.
    const std::uint64_t wanted = sequential ? self->map_.chunks.size() - 1 : self->chunk_at(end - 1);
    std::size_t done = 0;
    while (done < out.size()) {
        const std::uint64_t at = offset + done, index = self->chunk_at(at);
        auto needing = need(self, job, index, wanted);
        const SlotRef slot = co_await std::move(needing);
        const auto from = static_cast<std::size_t>(at - self->start_of(index));
        const std::size_t size = std::min(out.size() - done, slot->plain.size() - from);
        std::memcpy(out.data() + done, slot->plain.data() + from, size);
        done += size;
        slot->touched = Clock::now();
        const bool passed = from == 0 || sequential; // else it may be a look at the end of something
        if (passed && from + size == slot->plain.size() && slot->readers == 0) self->slots_.erase(index);
    }
    co_return done;
}

std::uint64_t ChunkCache::chunk_at(std::uint64_t offset) const {
    return static_cast<std::uint64_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
}

// The chunk, loaded; those up to `wanted` are on their way.
Awaitable<ChunkCache::SlotRef> ChunkCache::need(Self self, JobRef job, std::uint64_t index, std::uint64_t wanted) {
    job->cancel.check();
    if (self->closed_) throw closed();
    const SlotRef slot = self->slot_for(index);
    const Reader reader(*self, slot, index);
    self->fetch_ahead(index, wanted);
    const auto hook = job->cancel.on_request([self] { self->changed_.notify(); });
    while (!slot->ready) {
        if (slot->error) std::rethrow_exception(slot->error);
        if (self->closed_) throw closed();
        job->cancel.check();
        co_await self->changed_.wait();
    }
    co_return slot;
}

// Whoever waits for memory holds none: chunks that nobody is at are given up first.
ChunkCache::SlotRef ChunkCache::slot_for(std::uint64_t index) {
    if (const auto at = slots_.find(index); at != slots_.end()) return at->second;
    forget_ahead(index);
    give_up_idle(most_idle);
    auto share = runtime_->budget().try_take(booking(index));
    if (!share) give_up_idle(0);
    return begin_load(index, share ? std::move(*share) : Share());
}

ChunkCache::SlotRef ChunkCache::begin_load(std::uint64_t index, Share share) {
    auto slot = std::make_shared<Slot>();
    slots_[index] = slot;
    auto work = load(shared_from_this(), slot, index, std::move(share));
    asio::co_spawn(runtime_->loop(), std::move(work),
                   [self = shared_from_this(), slot, index](std::exception_ptr error) {
                       if (error) {
                           slot->error = std::move(error);
                           const auto at = self->slots_.find(index);
                           if (at != self->slots_.end() && at->second == slot)
                               self->slots_.erase(at); // the next reader tries anew
                       }
                       self->changed_.notify();
                   });
    return slot;
}

Awaitable<void> ChunkCache::load(Self self, SlotRef slot, std::uint64_t index, Share share) {
    const ChunkInfo &info = self->map_.chunks[index];
    if (share.bytes() == 0) share = co_await self->runtime_->budget().take(self->booking(index), slot->job);
    auto fetching = self->source_(info.address, slot->job);
    Blob stored = co_await std::move(fetching);
    slot->job->cancel.check();
    if (stored.size() > limits::max_stored_chunk) throw oversized(info);
    share.split(limits::chunk_memory - stored.size()).reset();
    auto work = [pool = self->runtime_->buffers(), stored = std::move(stored), info, job = slot->job,
                 keys = keys_of(self->map_, index, self->level_)] {
        job->cancel.check();
        return decrypt_chunk(pool, stored.view(), info, keys);
    };
    slot->plain = co_await self->runtime_->on_cpu(std::move(work));
    slot->share = share.split(info.size); // the rest, which paid for the encrypted bytes, goes back
    slot->loaded = slot->touched = Clock::now();
    slot->ready = true;
}

// A load that nobody waits for any more ends.
void ChunkCache::leave(const SlotRef &slot, std::uint64_t index) {
    if (--slot->readers > 0 || slot->ready) return;
    slot->job->cancel.request();
    const auto at = slots_.find(index);
    if (at != slots_.end() && at->second == slot) slots_.erase(at);
}

// Keeps workers and the way to the vault busy, with memory that nobody waits for.
void ChunkCache::fetch_ahead(std::uint64_t index, std::uint64_t wanted) {
    const std::uint64_t until = std::min(wanted, index + ahead());
    for (std::uint64_t next = index + 1; next <= until; ++next) {
        if (slots_.count(next)) continue;
        auto share = runtime_->budget().try_take(booking(next));
        if (!share) return;
        begin_load(next, std::move(*share))->ahead = true;
    }
}

// The reader has gone elsewhere than was thought.
void ChunkCache::forget_ahead(std::uint64_t index) {
    for (auto at = slots_.begin(); at != slots_.end();) {
        const bool useless = at->second->ahead && (at->first < index || at->first > index + ahead());
        if (useless) at->second->job->cancel.request();
        at = useless ? slots_.erase(at) : std::next(at);
    }
}

// All but the `most` last used of the chunks that are held and that nobody waits for.
void ChunkCache::give_up_idle(std::size_t most) {
    std::vector<std::pair<Clock::time_point, std::uint64_t>> held;
    for (const auto &[index, slot] : slots_)
        if (slot->ready && slot->readers == 0 && (!slot->ahead || most == 0)) held.emplace_back(slot->touched, index);
    std::sort(held.begin(), held.end());
    for (std::size_t i = 0; i + most < held.size(); ++i) slots_.erase(held[i].second);
}

// While others wait for memory.
void ChunkCache::relieve() {
    const auto now = Clock::now();
    for (auto at = slots_.begin(); at != slots_.end();) {
        const Slot &slot = *at->second;
        if (!slot.ready) runtime_->budget().beat();
        const bool free = slot.ready && slot.readers == 0 && slot.share.bytes() >= least_relief;
        const bool over = free && (now - slot.touched >= idle || now - slot.loaded >= turn);
        at = over ? slots_.erase(at) : std::next(at);
    }
}

} // namespace safe
