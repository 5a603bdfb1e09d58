#include "selfencrypt/encoder.hpp"

#include "selfencrypt/gather.hpp"
#include "selfencrypt/pipeline.hpp"
#include "selfencrypt/purse.hpp"

#include "crypto/hash.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace safe {
namespace {

constexpr std::uint64_t map_level = 1; // one shrinking is enough for limits::max_chunks chunks

Error too_large(std::uint64_t size) {
    return {Errc::too_large,
            "content of " + std::to_string(size) + " bytes or more is too large: at most " +
                std::to_string(limits::max_file) + " bytes; split the file (TOO_LARGE -3080)",
            {{"size", size}, {"limit", limits::max_file}}};
}

Error wrong_size(std::uint64_t announced, std::uint64_t came, bool more) {
    return {Errc::size_mismatch,
            "content was announced with " + std::to_string(announced) + " bytes, but " +
                (more ? "at least " : "only ") + std::to_string(came) +
                " came; write it again with its true size (SIZE_MISMATCH -3082)",
            {{"announced", announced}, {"came", came}}};
}

std::uint64_t largest_chunk(const Layout &layout) { return std::max(layout.chunk_size, layout.last); }

// Chunks 0 and 1 come again only where that saves something: content that fits into one chunk's booking is
// held.
std::uint64_t replayed(const Layout &layout, bool replay) {
    if (!replay || 3 * chunk_booking(largest_chunk(layout)) <= limits::chunk_memory) return 0;
    return layout.size_of(0) + layout.size_of(1);
}

} // namespace

struct Encoder::State {
    using Self = std::shared_ptr<State>;

    State(RuntimeRef r, JobRef j, Options options, ChunkSink sink)
        : runtime(r), job(j), pipeline(std::make_shared<Pipeline>(std::move(r), std::move(j), std::move(sink))) {
        if (!options.size) return;
        if (*options.size > limits::max_file) throw too_large(*options.size);
        layout = layout_of(*options.size);
        replay = replayed(*layout, options.replay);
        job->progress.total = *options.size;
        if (layout->count) pipeline->set_count(layout->count);
    }

    static Awaitable<void> write(Self self, ByteView data);
    static Awaitable<Content> finish(Self self);

    Awaitable<void> take(ByteView data);
    Awaitable<void> take_known(ByteView data);
    Awaitable<void> take_unknown(ByteView data);
    Awaitable<void> gather(ByteView data);
    Awaitable<void> open_purse(std::uint64_t bytes);
    Awaitable<Piece> new_piece(std::uint64_t index, std::uint64_t capacity);
    Awaitable<void> end_unknown();
    Awaitable<Content> end();
    Awaitable<DataMap> shrink(DataMap map);

    void fill(ByteView &data, std::uint64_t size);
    void submit_known();
    void submit_unknown();
    void submit_gathered();
    void release();
    std::uint64_t purse_for_known() const;

    RuntimeRef runtime;
    JobRef job;
    std::shared_ptr<Pipeline> pipeline;
    std::shared_ptr<Purse> purse; // taken when the first chunk begins
    std::optional<Layout> layout; // if the size is known
    std::uint64_t replay = 0;
    std::uint64_t taken = 0; // replayed bytes included
    std::uint64_t begun = 0; // chunks, those that come again included
    Piece current;           // being filled
    Gather start;            // of content of unknown size, until its chunks' borders are known
    bool finished = false;
};

// Gives back what chunks under way do not need.
void Encoder::State::release() {
    current = {};
    start = {};
    purse.reset();
}

// What fails ends the encoding; sinks that have begun end before the caller learns of it and may take things
// down.
Awaitable<void> Encoder::State::write(Self self, ByteView data) {
    std::exception_ptr failure;
    try {
        auto work = self->take(data);
        co_await std::move(work);
        co_return;
    } catch (...) {
        failure = std::current_exception();
    }
    self->release();
    self->pipeline->fail(failure);
    co_await self->pipeline->idle();
    std::rethrow_exception(failure);
}

Awaitable<Content> Encoder::State::finish(Self self) {
    std::exception_ptr failure;
    try {
        auto work = self->end();
        co_return co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    self->release();
    self->pipeline->fail(failure);
    co_await self->pipeline->idle();
    std::rethrow_exception(failure);
}

Awaitable<void> Encoder::State::take(ByteView data) {
    pipeline->check();
    if (finished) throw Error(Errc::closed, "cannot write: the content was finished (CLOSED -3022)");
    auto work = layout ? take_known(data) : take_unknown(data);
    co_await std::move(work);
}

Awaitable<void> Encoder::State::open_purse(std::uint64_t bytes) {
    Share share = co_await runtime->budget().take(bytes, job);
    pipeline->check();
    purse = std::make_shared<Purse>(runtime->loop(), std::move(share));
}

// More than one chunk under way is paid for only with what nobody waits for.
Awaitable<Piece> Encoder::State::new_piece(std::uint64_t index, std::uint64_t capacity) {
    const std::uint64_t booking = chunk_booking(capacity);
    const auto held = purse; // release() may come while this waits
    auto share = held->try_take(booking);
    if (!share && pipeline->running() < 2 * runtime->workers() + 1) share = runtime->budget().try_take(booking);
    if (!share) share = co_await held->take(booking, job);
    pipeline->check();
    Piece piece;
    piece.index = index;
    piece.share = std::move(*share);
    piece.plain = chunk_buffer(runtime->buffers(), static_cast<std::size_t>(capacity));
    co_return piece;
}

// Moves bytes from the front of `data` into the current chunk, up to `size`.
void Encoder::State::fill(ByteView &data, std::uint64_t size) {
    const auto room = static_cast<std::size_t>(size - current.plain.size());
    const ByteView part = data.first(std::min(data.size(), room));
    current.plain.append(part);
    data = data.subspan(part.size());
    taken += part.size();
    if (!layout || taken <= layout->size) job->progress.done = taken;
}

std::uint64_t Encoder::State::purse_for_known() const {
    if (layout->count > 3) return (replay ? 1 : 3) * limits::chunk_memory;
    return (replay ? 1 : 3) * chunk_booking(largest_chunk(*layout));
}

Awaitable<void> Encoder::State::take_known(ByteView data) {
    const std::uint64_t room = layout->size + replay - taken;
    if (data.size() > room) throw wrong_size(layout->size, layout->size + (data.size() - room), true);
    if (layout->count == 0) {
        start.add_small(data);
        taken += data.size();
        job->progress.done = taken;
        co_return;
    }
    while (!data.empty()) {
        const std::uint64_t index = begun < layout->count ? begun : begun - layout->count;
        if (!purse) {
            auto opening = open_purse(purse_for_known());
            co_await std::move(opening);
        }
        if (!current.plain) {
            auto piece = new_piece(index, layout->size_of(index));
            current = co_await std::move(piece);
        }
        fill(data, layout->size_of(index));
        if (current.plain.size() == layout->size_of(index)) submit_known();
    }
}

void Encoder::State::submit_known() {
    auto then = Pipeline::Then::encode;
    if (begun < 2) then = replay ? Pipeline::Then::forget : Pipeline::Then::keep;
    ++begun;
    pipeline->add(std::exchange(current, Piece()), then);
}

// Nothing is booked, and no chunk's memory taken, until it is more than a little.
Awaitable<void> Encoder::State::take_unknown(ByteView data) {
    if (!purse && start.small().size() + data.size() <= Gather::most_small) {
        start.add_small(data);
        taken += data.size();
        job->progress.done = taken;
        co_return;
    }
    const Bytes first = start.take_small();
    taken -= first.size();
    if (!purse) {
        auto opening = open_purse(3 * limits::chunk_memory);
        co_await std::move(opening);
    }
    auto small = gather(first);
    co_await std::move(small);
    auto rest = gather(data);
    co_await std::move(rest);
}

Awaitable<void> Encoder::State::gather(ByteView data) {
    while (!data.empty()) {
        if (begun == limits::max_chunks) throw too_large(limits::max_file + data.size());
        if (!current.plain) {
            auto piece = new_piece(begun, Gather::capacity);
            current = co_await std::move(piece);
        }
        fill(data, limits::max_chunk_content);
        if (current.plain.size() == limits::max_chunk_content) submit_unknown();
    }
}

void Encoder::State::submit_unknown() {
    if (begun++ >= 3) return pipeline->add(std::exchange(current, Piece()), Pipeline::Then::encode);
    start.add(std::exchange(current, Piece()));
    if (start.complete()) submit_gathered();
}

void Encoder::State::submit_gathered() {
    for (Piece &piece : start.pieces()) {
        const auto then = piece.index < 2 ? Pipeline::Then::keep : Pipeline::Then::encode;
        pipeline->add(std::exchange(piece, Piece()), then);
    }
}

// Content of less than three full chunks is cut into three equal ones.
Awaitable<void> Encoder::State::end_unknown() {
    layout = layout_of(taken);
    if (layout->count == 0) co_return;
    if (taken >= 3 * limits::max_chunk_content) {
        if (current.plain) pipeline->add(std::exchange(current, Piece()), Pipeline::Then::encode);
    } else {
        if (!purse) {
            auto opening = open_purse(purse_for_known());
            co_await std::move(opening);
        }
        if (current.plain) start.add(std::exchange(current, Piece()));
        const std::uint64_t capacity = start.small().empty() ? Gather::capacity : layout->last;
        while (!start.complete()) {
            auto piece = new_piece(start.count(), capacity);
            start.add(co_await std::move(piece));
        }
        start.cut(*layout);
        submit_gathered();
    }
    pipeline->set_count(layout->count);
}

Awaitable<Content> Encoder::State::end() {
    pipeline->check();
    if (finished) throw Error(Errc::closed, "cannot finish: the content was finished before (CLOSED -3022)");
    finished = true;
    if (!layout) {
        auto ending = end_unknown();
        co_await std::move(ending);
    }
    if (taken < layout->size + replay) throw wrong_size(layout->size, std::min(taken, layout->size), false);
    job->progress.total = layout->size;
    if (layout->count == 0) co_return Content(start.take_small());
    if (replay == 0) pipeline->encode_kept();
    co_await pipeline->drain();
    DataMap map{pipeline->infos(), std::nullopt};
    if (map.chunks.size() > 3) {
        auto shrinking = shrink(std::move(map));
        map = co_await std::move(shrinking);
    }
    release();
    co_return Content(std::move(map));
}

// reference/self_encryption.md B.2: the map's own bytes become three chunks, which the root map lists.
Awaitable<DataMap> Encoder::State::shrink(DataMap map) {
    const std::uint64_t count = map.chunks.size();
    const auto plain = std::make_shared<const Bytes>(to_bincode(map));
    const Layout cut = layout_of(plain->size());
    const auto part = [plain, cut](std::uint64_t index) {
        return ByteView(*plain).subspan(cut.start_of(index), cut.size_of(index));
    };
    DataMap root;
    root.child = map_level;
    auto hashing = [part] {
        std::vector<ChunkInfo> infos(3);
        for (std::uint64_t i = 0; i < 3; ++i) infos[i] = {i, {}, crypto::blake3(part(i)), part(i).size()};
        return infos;
    };
    root.chunks = co_await runtime->on_cpu(std::move(hashing));
    for (std::uint64_t index = 0; index < 3; ++index) {
        auto making = new_piece(index, cut.size_of(index));
        Piece piece = co_await std::move(making);
        piece.plain.append(part(index));
        pipeline->add_map_chunk(std::move(piece), keys_of(root, index, map_level), count + index);
    }
    co_await pipeline->drain();
    for (std::uint64_t index = 0; index < 3; ++index)
        root.chunks[index].address = pipeline->emitted()[count + index].address;
    co_return root;
}

Encoder::Encoder(RuntimeRef runtime, JobRef job, Options options, ChunkSink sink)
    : state_(std::make_shared<State>(std::move(runtime), std::move(job), options, std::move(sink))) {}

Encoder::~Encoder() {
    state_->release();
    state_->pipeline->fail(std::make_exception_ptr(Error(Errc::cancelled, "cancelled: the writer is gone")));
}

std::uint64_t Encoder::replay_size() const { return state_->replay; }

Awaitable<void> Encoder::write(ByteView data) { return State::write(state_, data); }

Awaitable<Content> Encoder::finish() { return State::finish(state_); }

const std::vector<StoredChunk> &Encoder::chunks() const { return state_->pipeline->emitted(); }

} // namespace safe
