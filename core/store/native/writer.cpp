#include "store/native/writer.hpp"

namespace safe {
namespace {

// A transaction stays short: other processes wait for it. (8 MiB of small values take some 50 ms to write.)
constexpr std::size_t max_changes = 512;
constexpr std::size_t max_bytes = 8 * 1024 * 1024;

} // namespace

Awaitable<void> IndexWriter::submit(Change change) {
    const auto pending = std::make_shared<Pending>(std::move(change), runtime_->loop());
    queue_.push_back(pending);
    if (!draining_) {
        draining_ = true;
        asio::co_spawn(runtime_->loop(), drain(shared_from_this()), asio::detached);
    }
    co_await pending->done.wait();
    if (pending->error) std::rethrow_exception(pending->error);
}

Awaitable<void> IndexWriter::drain(std::shared_ptr<IndexWriter> self) {
    while (!self->queue_.empty()) {
        // Those who are about to submit as well are taken along: go behind them until no more come.
        for (std::size_t before = 0; before < self->queue_.size() && before < max_changes;) {
            before = self->queue_.size();
            co_await asio::post(self->runtime_->loop(), asio::use_awaitable);
        }
        const Batch batch = self->next_batch();
        auto work = [&self, &batch] { self->write(batch); };
        co_await self->runtime_->on_io(std::move(work));
        for (const auto &pending : batch) pending->done.open();
    }
    self->draining_ = false;
}

IndexWriter::Batch IndexWriter::next_batch() {
    Batch batch;
    std::size_t bytes = 0;
    while (!queue_.empty() && batch.size() < max_changes && bytes < max_bytes) {
        bytes += queue_.front()->change.bytes;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

void IndexWriter::write(const Batch &batch) noexcept {
    const Batch ready = publish(batch);
    try {
        if (!ready.empty()) transact(ready);
    } catch (...) {
        // What stops one need not stop all (a full disk has room for the small ones): each on its own, then. Not when
        // another process holds the index: it was waited for already.
        const std::exception_ptr together = std::current_exception();
        const bool each = ready.size() > 1 && current_error().code() != Errc::store_busy;
        for (const auto &pending : ready) {
            try {
                if (!each) std::rethrow_exception(together);
                transact({pending});
            } catch (...) {
                pending->error = std::current_exception();
            }
        }
    }
    settle(batch);
}

// Puts the files of the batch in place, surely. Those that cannot be are left out, with their error.
IndexWriter::Batch IndexWriter::publish(const Batch &batch) noexcept {
    std::vector<std::string> files;
    for (const auto &pending : batch) {
        if (pending->change.file.empty()) continue;
        try {
            objects_->publish(pending->change.file);
            files.push_back(pending->change.file);
        } catch (...) {
            pending->error = std::current_exception();
        }
    }
    std::exception_ptr unsynced;
    try {
        objects_->sync_folders(files);
    } catch (...) {
        unsynced = std::current_exception();
    }
    Batch ready;
    for (const auto &pending : batch) {
        if (unsynced && !pending->change.file.empty()) pending->error = unsynced;
        if (!pending->error) ready.push_back(pending);
    }
    return ready;
}

void IndexWriter::transact(const Batch &batch) {
    bool lasting = false;
    for (const auto &pending : batch) lasting |= pending->change.lasting;
    if (syncs_ != lasting) db_->execute(lasting ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    syncs_ = lasting;

    std::vector<std::string> freed;
    sqlite::Transaction transaction(*db_);
    for (const std::string &file : removed_) index::drop_garbage(*db_, file);
    for (const auto &pending : batch) pending->named = pending->change.apply(*db_, freed);
    for (const std::string &file : freed) index::add_garbage(*db_, file);
    try {
        transaction.commit();
    } catch (...) {
        for (const auto &pending : batch) pending->uncertain = true;
        throw;
    }
    removed_.clear();
    for (const auto &pending : batch) pending->error = nullptr;
    for (const std::string &file : freed) {
        try {
            objects_->remove(file);
            removed_.push_back(file);
        } catch (...) {
            // It is noted as garbage: whoever opens the vault next tries again.
        }
    }
}

void IndexWriter::settle(const Batch &batch) noexcept {
    for (const auto &pending : batch) {
        const std::string &file = pending->change.file;
        if (file.empty()) continue;
        if (!pending->error && pending->named)
            objects_->keep(file);
        else if (!pending->error || !pending->uncertain)
            objects_->discard(file);
        // Otherwise the log may still hold a commit that counts once it is read again: whoever opens the vault after
        // this process sees which it was.
    }
}

} // namespace safe
