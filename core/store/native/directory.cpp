#include "store/directory.hpp"

#include "store/failure.hpp"
#include "store/limits.hpp"
#include "store/native/marker.hpp"
#include "store/native/presence.hpp"
#include "store/native/readers.hpp"
#include "store/native/writer.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace safe {
namespace {

// An open vault directory. What blocks runs on I/O threads; jobs that are under way keep it alive.
class Directory {
  public:
    Directory(RuntimeRef runtime, std::shared_ptr<FileSystem> files, std::string path, DirectoryOptions options,
              std::uint64_t number)
        : runtime_(std::move(runtime)), files_(std::move(files)), root_(std::move(path)), shown_("file:" + root_),
          options_(std::move(options)), number_(number), objects_(std::make_shared<Objects>(files_, root_, number)) {}

    void open() {
        prepare_directory(*files_, root_, options_.create, std::to_string(number_));
        if (files_->writable(root_))
            open_for_writing();
        else
            open_for_reading();
    }

    std::optional<Blob> read(const std::string &key, std::uint64_t offset, std::uint64_t length) {
        std::string missing;
        while (true) {
            Buffer out;
            std::optional<index::Row> row;
            {
                const auto db = readers_->lend();
                row = index::read(*db, key, offset, length, runtime_->buffers(), out);
            }
            if (!row) return std::nullopt;
            if (row->file.empty()) return Blob(std::move(out));
            const auto file = objects_->open(row->file);
            if (file) return read_file(key, *file, row->size, offset, length);
            // Replaced or removed since the row was read: look again. Or lost.
            if (row->file == missing) throw damaged(key, "its file objects/" + missing + " is missing");
            missing = row->file;
        }
    }

    // As find() of the index; throws STORE_CORRUPT if the row's file is not as it should be.
    std::optional<index::Row> find_sound(const std::string &key) {
        const auto db = readers_->lend();
        std::optional<index::Row> row = index::find(*db, key);
        if (row && !row->file.empty() && objects_->size(row->file) != row->size)
            throw damaged(key, "its file objects/" + row->file + " is missing or cut short");
        return row;
    }

    // Whether the key is there. If not, the file for a large value is written, and named in `file`.
    bool is_there_or_write(const std::string &key, ByteView value, std::string &file) {
        {
            const auto db = readers_->lend();
            if (index::find(*db, key)) return true;
        }
        file = objects_->write(value);
        return false;
    }

    std::string write_object(ByteView value) { return objects_->write(value); }

    template <class Work>
    auto with_index(Work work) {
        const auto db = readers_->lend();
        return work(*db);
    }

    StoreDisk disk() {
        const std::uint64_t used = with_index([](sqlite::Connection &db) { return index::bytes(db); });
        const auto log = files_->status(index_path() + "-wal");
        return {used + (log ? log->size : 0), files_->free_bytes(root_)};
    }

    // The moment that a value is used at: never before a hold that lives here, though the wall clock step back.
    std::uint64_t now() const {
        const std::uint64_t wall = runtime_->clock().wall_ms();
        const std::uint64_t newest = presence_ ? presence_->newest_own() : UINT64_MAX;
        return newest == UINT64_MAX ? wall : std::max(wall, newest);
    }

    IndexWriter &writer() const {
        if (!writer_)
            throw store_failure(Errc::store_read_only, "cannot change vault " + shown_,
                                "its directory cannot be written", "check who may write there");
        return *writer_;
    }

    const std::shared_ptr<Presence> &presence() const { return presence_; }
    const RuntimeRef &runtime() const { return runtime_; }
    bool is_small(const Blob &value) const { return value.size() <= options_.inline_limit; }

  private:
    std::string index_path() const { return root_ + "/index.db"; }
    std::string locks_path() const { return root_ + "/lock"; }

    sqlite::Connection::Options connection_options() const {
        sqlite::Connection::Options options;
        options.path = index_path();
        options.shown = shown_;
        options.vfs = options_.sqlite_vfs;
        options.patience = options_.patience;
        return options;
    }

    void open_for_writing() {
        if (!files_->status(locks_path())) make_lock_file();
        // Before SQLite touches anything: its locks are what this protects.
        presence_ = std::make_shared<Presence>(files_->open_locks(locks_path()), number_, shown_);

        // In this order: the folders are made after the index.
        const bool was_whole = objects_->has_folders();
        const auto status = files_->status(index_path());
        if (was_whole && (!status || status->size == 0))
            throw store_failure(Errc::store_corrupt, "cannot open vault " + shown_, "its index.db is missing or empty",
                                "restore the directory from a backup");
        auto options = connection_options();
        options.cache_kib = 512;
        auto db = std::make_unique<sqlite::Connection>(options);
        use_log(*db);
        {
            sqlite::Transaction transaction(*db);
            index::prepare(*db, shown_, was_whole);
            transaction.commit();
        }
        objects_->make_folders();
        clear_up(*db);
        writer_ = std::make_shared<IndexWriter>(runtime_, std::move(db), objects_);

        options = connection_options();
        options.cache_kib = 128;
        readers_ = std::make_unique<Readers>(options);
    }

    // Another process may make it at the same time.
    void make_lock_file() {
        try {
            files_->create(locks_path());
        } catch (const Error &) {
            if (!files_->status(locks_path())) throw;
        }
    }

    // SQLite does not wait for others when the mode changes, which happens once in the life of an index.
    void use_log(sqlite::Connection &db) {
        for (auto waited = std::chrono::milliseconds(0);; waited += std::chrono::milliseconds(5)) {
            try {
                db.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=4194304");
                return;
            } catch (const Error &error) {
                if (error.code() != Errc::store_busy || waited >= options_.patience) throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    // What stores left that ended in the middle of something.
    void clear_up(sqlite::Connection &db) {
        std::vector<std::string> in_place;
        for (const std::string &name :
             objects_->stale([this](std::uint64_t number) { return presence_->lives(number); })) {
            if (objects_->size(name))
                in_place.push_back(name);
            else
                objects_->keep(name); // no row can name it, and its bytes may be what is missing below
        }
        if (!in_place.empty() && !rule_out_rows(db, in_place)) return;
        for (const std::string &name : in_place) objects_->keep(name);
        const auto garbage = index::garbage(db);
        if (garbage.empty()) return;
        for (const std::string &file : garbage) objects_->remove(file);
        sqlite::Transaction transaction(db);
        for (const std::string &file : garbage) index::drop_garbage(db, file);
        transaction.commit();
    }

    // Notes as garbage what no row names of the files that dead stores had put in place. A process that was killed just
    // before it told others of its last commit has left that in the log, where it cannot be seen now but counts again as
    // soon as the log is read anew. Only what is written over it here makes sure that a file without a row stays without
    // (https://www.sqlite.org/walformat.html section 2.3). False: a full disk has no room for that, and a vault must be
    // readable all the same; whoever opens it next tries again.
    static bool rule_out_rows(sqlite::Connection &db, const std::vector<std::string> &files) {
        try {
            sqlite::Transaction transaction(db);
            for (const std::string &name : files)
                if (!index::names(db, name)) index::add_garbage(db, name);
            transaction.commit();
        } catch (const Error &error) {
            if (error.code() != Errc::store_full) throw;
            return false;
        }
        return true;
    }

    void open_for_reading() {
        if (files_->status(locks_path()))
            presence_ = std::make_shared<Presence>(files_->open_locks(locks_path()), number_, shown_);
        const auto status = files_->status(index_path());
        if (!status || status->size == 0)
            throw store_failure(Errc::store_corrupt, "cannot open vault " + shown_, "its index.db is missing or empty",
                                "restore the directory from a backup");
        auto options = connection_options();
        options.cache_kib = 128;
        options.write = false;
        // An index that was closed properly has no log, and SQLite, which could not make one here, may take it as it is.
        const auto log = files_->status(index_path() + "-wal");
        options.immutable = !log || log->size == 0;
        readers_ = std::make_unique<Readers>(options);
        with_index([this](sqlite::Connection &db) { index::check(db, shown_); });
    }

    Blob read_file(const std::string &key, File &file, std::uint64_t size, std::uint64_t offset, std::uint64_t length) {
        if (file.size() != size) throw damaged(key, "its file is cut short");
        const StoreRange range = cut_range(size, offset, length);
        Buffer out(runtime_->buffers(), range.length);
        out.resize(range.length);
        if (file.read_at(range.offset, out.view()) != range.length) throw damaged(key, "its file is cut short");
        return Blob(std::move(out));
    }

    Error damaged(const std::string &key, const std::string &why) const {
        return store_failure(Errc::store_corrupt, "cannot read " + key + " in vault " + shown_, why,
                             "put it again, or restore the directory from a backup");
    }

    RuntimeRef runtime_;
    std::shared_ptr<FileSystem> files_;
    const std::string root_, shown_;
    const DirectoryOptions options_;
    const std::uint64_t number_; // random, names this open store
    std::shared_ptr<Presence> presence_;
    std::shared_ptr<Objects> objects_;
    std::shared_ptr<IndexWriter> writer_; // null: the directory cannot be written
    std::unique_ptr<Readers> readers_;
};

class DirectoryStore : public Store {
  public:
    explicit DirectoryStore(std::shared_ptr<Directory> directory) : directory_(std::move(directory)) {}

    Awaitable<bool> create(std::string key, Blob value) override {
        check_store_entry(key, value);
        const auto directory = directory_;
        IndexWriter &writer = directory->writer();
        std::string file;
        if (!directory->is_small(value)) {
            auto work = [&] { return directory->is_there_or_write(key, value.view(), file); };
            const bool there = co_await directory->runtime()->on_io(std::move(work));
            if (there) co_return false;
        }
        const auto created = std::make_shared<bool>(false);
        Change change;
        change.file = file;
        change.bytes = file.empty() ? value.size() : 0;
        change.apply = [directory, key, value, file, created](sqlite::Connection &db, std::vector<std::string> &) {
            return *created = index::insert(db, key, value.view(), file, directory->now());
        };
        co_await writer.submit(std::move(change));
        co_return *created;
    }

    Awaitable<void> replace(std::string key, Blob value) override {
        check_store_entry(key, value);
        const auto directory = directory_;
        IndexWriter &writer = directory->writer();
        std::string file;
        if (!directory->is_small(value)) {
            auto work = [&] { return directory->write_object(value.view()); };
            file = co_await directory->runtime()->on_io(std::move(work));
        }
        Change change;
        change.file = file;
        change.bytes = file.empty() ? value.size() : 0;
        change.apply = [directory, key, value, file](sqlite::Connection &db, std::vector<std::string> &freed) {
            free_row(db, key, freed);
            return index::insert(db, key, value.view(), file, directory->now());
        };
        co_await writer.submit(std::move(change));
    }

    Awaitable<std::optional<Blob>> get(std::string key, std::uint64_t offset, std::uint64_t length) override {
        check_store_key(key);
        const auto directory = directory_;
        auto work = [&] { return directory->read(key, offset, length); };
        co_return co_await directory->runtime()->on_io(std::move(work));
    }

    Awaitable<Page> list(std::string prefix, std::string after, std::size_t limit) override {
        const auto directory = directory_;
        auto work = [&] {
            return directory->with_index([&](sqlite::Connection &db) { return index::list(db, prefix, after, limit); });
        };
        co_return co_await directory->runtime()->on_io(std::move(work));
    }

    Awaitable<bool> remove(std::string key) override {
        check_store_key(key);
        const auto directory = directory_;
        IndexWriter &writer = directory->writer();
        const auto removed = std::make_shared<bool>(false);
        Change change;
        change.apply = [key, removed](sqlite::Connection &db, std::vector<std::string> &freed) {
            *removed = free_row(db, key, freed);
            return false;
        };
        co_await writer.submit(std::move(change));
        co_return *removed;
    }

    Awaitable<bool> touch(std::string key) override {
        check_store_key(key);
        const auto directory = directory_;
        IndexWriter &writer = directory->writer();
        auto look = [&] { return directory->find_sound(key); };
        const std::optional<index::Row> row = co_await directory->runtime()->on_io(std::move(look));
        if (!row) co_return false;
        // Marked since the newest hold of ours began: no sweep that could remove it looks further.
        if (row->used >= directory->presence()->newest_own()) co_return true;
        const auto touched = std::make_shared<bool>(false);
        Change change;
        change.lasting = false; // holds do not outlive a power cut either
        change.apply = [directory, key, touched](sqlite::Connection &db, std::vector<std::string> &) {
            *touched = index::touch(db, key, directory->now());
            return false;
        };
        co_await writer.submit(std::move(change));
        co_return *touched;
    }

    Awaitable<std::shared_ptr<void>> hold() override {
        const auto presence = directory_->presence();
        if (!presence) co_return std::make_shared<char>(); // read only, and nobody sweeps
        const std::uint64_t since = directory_->runtime()->clock().wall_ms();
        presence->hold(since);
        co_return std::shared_ptr<void>(nullptr, [presence, since](void *) { presence->release(since); });
    }

    Awaitable<std::uint64_t> horizon() override {
        const std::uint64_t now = directory_->runtime()->clock().wall_ms();
        const auto presence = directory_->presence();
        co_return presence ? presence->oldest(now) : now;
    }

    Awaitable<std::vector<std::string>> sweep(std::vector<std::string> keys, std::uint64_t horizon) override {
        const auto directory = directory_;
        IndexWriter &writer = directory->writer();
        std::vector<std::string> removed;
        for (std::size_t at = 0; at < keys.size(); at += keys_per_sweep) {
            const std::size_t end = std::min(keys.size(), at + keys_per_sweep);
            std::vector<std::string> part(keys.begin() + static_cast<std::ptrdiff_t>(at),
                                          keys.begin() + static_cast<std::ptrdiff_t>(end));
            const auto gone = std::make_shared<std::vector<std::string>>();
            Change change;
            change.apply = [directory, part, horizon, gone](sqlite::Connection &db, std::vector<std::string> &freed) {
                gone->clear();
                // Inside the transaction: who holds and touches from now on finds the keys gone, or touched first.
                const std::uint64_t before = directory->presence()->oldest(horizon);
                for (const std::string &key : part) {
                    const std::optional<index::Row> row = index::find(db, key);
                    if (row && row->used < before && free_row(db, key, freed)) gone->push_back(key);
                }
                return false;
            };
            co_await writer.submit(std::move(change));
            std::move(gone->begin(), gone->end(), std::back_inserter(removed));
        }
        co_return removed;
    }

    Awaitable<StoreFigures> figures(std::string prefix) override {
        const auto directory = directory_;
        auto work = [&] {
            return directory->with_index([&](sqlite::Connection &db) { return index::figures(db, prefix); });
        };
        co_return co_await directory->runtime()->on_io(std::move(work));
    }

    Awaitable<StoreDisk> disk() override {
        const auto directory = directory_;
        auto work = [&] { return directory->disk(); };
        co_return co_await directory->runtime()->on_io(std::move(work));
    }

    std::uint32_t format() const override { return directory_format; }

  private:
    static constexpr std::size_t keys_per_sweep = 256; // in one transaction

    static bool free_row(sqlite::Connection &db, const std::string &key, std::vector<std::string> &freed) {
        const std::optional<std::string> file = index::erase(db, key);
        if (file && !file->empty()) freed.push_back(*file);
        return file.has_value();
    }

    std::shared_ptr<Directory> directory_;
};

std::string absolute(const std::string &path) {
    const std::string whole = std::filesystem::absolute(path).lexically_normal().string();
    return whole.size() > 1 && whole.back() == '/' ? whole.substr(0, whole.size() - 1) : whole;
}

} // namespace

Awaitable<StoreRef> open_directory_store(RuntimeRef runtime, std::shared_ptr<FileSystem> files, std::string path,
                                         DirectoryOptions options) {
    if (path.empty()) throw Error(Errc::invalid_argument, "the path of a vault directory is empty");
    std::array<Byte, 8> random{};
    runtime->random().fill(random);
    std::uint64_t number = 0;
    for (const Byte byte : random) number = number << 8 | byte;
    auto directory =
        std::make_shared<Directory>(runtime, std::move(files), absolute(path), std::move(options), number >> 3);
    auto work = [directory] { directory->open(); };
    co_await runtime->on_io(std::move(work));
    co_return std::make_shared<DirectoryStore>(std::move(directory));
}

} // namespace safe
