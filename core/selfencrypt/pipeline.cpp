#include "selfencrypt/pipeline.hpp"

#include "crypto/hash.hpp"

#include <string>
#include <utility>

namespace safe {
namespace {

Error changed_source(std::uint64_t index) {
    return {Errc::source_changed,
            "source changed while it was being read: chunk " + std::to_string(index) +
                " was different the second time; put the file again when nobody writes to it (SOURCE_CHANGED "
                "-3081)",
            {{"index", index}}};
}

void check_begun(const std::atomic<bool> &stop) {
    if (stop.load(std::memory_order_relaxed)) throw Error(Errc::cancelled, "cancelled");
}

} // namespace

Pipeline::Pipeline(RuntimeRef runtime, JobRef job, ChunkSink sink)
    : runtime_(std::move(runtime)), job_(std::move(job)), sink_(std::move(sink)), changed_(runtime_->loop()),
      on_cancel_(job_->cancel.on_request([this] {
          stop_->store(true);
          changed_.notify();
      })),
      on_pressure_(runtime_->budget().on_pressure([this] {
          if (running_ > 0) runtime_->budget().beat();
      })) {}

void Pipeline::check() const {
    if (error_) std::rethrow_exception(error_);
    job_->cancel.check();
}

void Pipeline::fail(std::exception_ptr error) {
    if (!error_) error_ = std::move(error);
    stop_->store(true);
    kept_ = {};
    changed_.notify();
}

void Pipeline::spawn(Awaitable<void> task) {
    ++running_;
    asio::co_spawn(runtime_->loop(), std::move(task), [self = shared_from_this()](std::exception_ptr error) {
        --self->running_;
        if (error) self->fail(std::move(error));
        self->changed_.notify();
    });
}

void Pipeline::add(Piece piece, Then then) {
    if (infos_.size() <= piece.index) infos_.resize(piece.index + 1);
    spawn(run(shared_from_this(), std::move(piece), then));
}

void Pipeline::add_map_chunk(Piece piece, ChunkKeys keys, std::uint64_t order) {
    spawn(emit(shared_from_this(), std::move(piece), keys, order));
}

void Pipeline::set_count(std::uint64_t count) {
    count_ = count;
    infos_.reserve(count);
    changed_.notify();
}

void Pipeline::encode_kept() {
    for (std::uint64_t index = 0; index < kept_.size(); ++index) spawn(run_kept(shared_from_this(), index));
}

Awaitable<void> Pipeline::idle() {
    while (running_ > 0) co_await changed_.wait();
}

Awaitable<void> Pipeline::drain() {
    co_await idle();
    check();
}

// A chunk that comes a second time must be what it was.
void Pipeline::set_hash(const Piece &piece, const Bytes32 &hash) {
    ChunkInfo &info = infos_[piece.index];
    if (info.size != 0 && info.content_hash != hash) throw changed_source(piece.index);
    info.index = piece.index;
    info.content_hash = hash;
    info.size = piece.plain.size();
    changed_.notify();
}

bool Pipeline::keys_known(std::uint64_t index) const {
    if (index < 2 && !count_) return false;
    const std::uint64_t count = count_.value_or(index + 1);
    const auto [before, before_that] = predecessors(index, count);
    return hashed(before) && hashed(before_that);
}

Awaitable<void> Pipeline::run(Self self, Piece piece, Then then) {
    struct Hashed {
        Buffer plain;
        Bytes32 hash;
    };
    // The buffer travels with the job and back, so that the job owns what it reads whatever becomes of this
    // frame.
    auto work = [plain = std::move(piece.plain), stop = self->stop_]() mutable -> Hashed {
        check_begun(*stop);
        const Bytes32 hash = crypto::blake3(plain.view());
        return {std::move(plain), hash};
    };
    Hashed hashed = co_await self->runtime_->on_cpu(std::move(work));
    self->check();
    piece.plain = std::move(hashed.plain);
    self->set_hash(piece, hashed.hash);
    if (then == Then::keep) {
        auto &place = self->kept_[piece.index];
        place = std::move(piece);
    } else if (then == Then::encode) {
        auto rest = encode(self, std::move(piece));
        co_await std::move(rest);
    }
}

Awaitable<void> Pipeline::run_kept(Self self, std::uint64_t index) {
    while (!self->kept_[index].plain) {
        self->check();
        co_await self->changed_.wait();
    }
    auto rest = encode(self, std::exchange(self->kept_[index], Piece()));
    co_await std::move(rest);
}

Awaitable<void> Pipeline::encode(Self self, Piece piece) {
    const std::uint64_t index = piece.index;
    while (!self->keys_known(index)) {
        self->check();
        co_await self->changed_.wait();
    }
    const std::uint64_t count = self->count_.value_or(index + 1);
    const auto [before, before_that] = predecessors(index, count);
    const ChunkKeys keys{self->infos_[index].content_hash, self->infos_[before].content_hash,
                         self->infos_[before_that].content_hash, index, 0};
    const std::uint64_t order = index < 2 ? count - 2 + index : index - 2;
    auto rest = emit(self, std::move(piece), keys, order);
    co_await std::move(rest);
    self->infos_[index].address = self->emitted_[order].address;
}

Awaitable<void> Pipeline::emit(Self self, Piece piece, ChunkKeys keys, std::uint64_t order) {
    self->check();
    auto work = [plain = std::move(piece.plain), keys, pool = self->runtime_->buffers(),
                 stop = self->stop_]() mutable -> EncryptedChunk {
        check_begun(*stop);
        return encrypt_chunk(pool, std::move(plain), keys);
    };
    EncryptedChunk encrypted = co_await self->runtime_->on_cpu(std::move(work));
    while (self->next_ != order) {
        self->check();
        co_await self->changed_.wait();
    }
    self->check();
    const Address address = encrypted.address;
    Blob blob(std::move(encrypted.bytes), std::move(piece.share));
    ++self->next_;
    self->emitted_.push_back({address, blob.size()});
    self->changed_.notify();
    auto taken = self->sink_(address, std::move(blob));
    co_await std::move(taken);
}

} // namespace safe
