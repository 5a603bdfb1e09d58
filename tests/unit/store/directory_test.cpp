// What is special about a vault directory: its marker, its damages, its neighbours.
#include "failing.hpp"
#include "stores.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace safe::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t small = 100, large = 100'000;

class Directory : public ::testing::Test {
  protected:
    StoreRef open(DirectoryOptions options = {}) { return open_store(loop_, vault_, std::move(options)); }
    Error open_error(DirectoryOptions options = {}) {
        return error_of([&] { open(std::move(options)); });
    }
    bool create(const StoreRef &store, const std::string &key, Blob value) {
        return loop_.run(store->create(key, std::move(value)));
    }
    std::optional<Blob> get(const StoreRef &store, const std::string &key) { return loop_.run(store->get(key)); }

    // A vault with one small and one large value, closed.
    void fill() {
        const StoreRef store = open();
        create(store, "small", blob_of(small, 1));
        create(store, "large", blob_of(large, 2));
    }

    TempDir temp_;
    std::string vault_ = temp_.vault();
    TestLoop loop_;
};

// Runs `body` in a child process without threads; true if it returned true.
template <class Body>
bool in_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        bool fine = false;
        try {
            fine = body();
        } catch (const std::exception &error) {
            std::fprintf(stderr, "in the child: %s\n", error.what());
        }
        std::fflush(nullptr);
        ::_exit(fine ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(Directory, KeepsItsValuesWhenClosedAndTidiesUp) {
    fill();
    EXPECT_EQ("safe vault format 1\n", read_text(vault_ + "/safe-vault"));
    EXPECT_FALSE(fs::exists(vault_ + "/index.db-wal"));
    EXPECT_TRUE(fs::is_empty(vault_ + "/tmp"));
    const StoreRef store = open();
    EXPECT_EQ(value_of(small, 1), bytes_of(get(store, "small")));
    EXPECT_EQ(value_of(large, 2), bytes_of(get(store, "large")));
    EXPECT_EQ(1u, store->format());
    EXPECT_GT(loop_.run(store->disk()).used_bytes, large);
    EXPECT_GT(loop_.run(store->disk()).free_bytes, 0u);
}

TEST_F(Directory, LeavesNoDescriptorOpen) {
    fill(); // the pool's threads are there from now on
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 3; ++i) {
        const StoreRef store = open();
        get(store, "large");
        const auto hold = loop_.run(store->hold());
        EXPECT_GT(open_descriptors(), before);
    }
    EXPECT_EQ(before, open_descriptors());
}

TEST_F(Directory, TakesAnEmptyDirectoryAndMakesMissingParents) {
    fs::create_directory(vault_);
    EXPECT_NO_THROW(open());
    vault_ = temp_.path() + "/a/b/c";
    EXPECT_NO_THROW(open());
    vault_ = temp_.path() + "/a/b/c/"; // the same
    EXPECT_NO_THROW(open({.create = false}));
}

TEST_F(Directory, IsNotMadeWhenItIsOnlyLookedFor) {
    const Error error = open_error({.create = false});
    EXPECT_EQ(Errc::store_missing, error.code());
    EXPECT_EQ("cannot open vault file:" + vault_ +
                  ": there is no vault (STORE_MISSING -3106); check the path, or put something there first",
              error.message());
    EXPECT_FALSE(fs::exists(vault_));
}

TEST_F(Directory, RefusesWhatIsNotAVault) {
    fs::create_directory(vault_);
    write_text(vault_ + "/letter.txt", "dear reader");
    const Error error = open_error();
    EXPECT_EQ(Errc::invalid_argument, error.code());
    EXPECT_EQ("cannot open vault file:" + vault_ +
                  ": the directory has other things in it; choose an empty or a new one",
              error.message());
    EXPECT_EQ(1, std::distance(fs::directory_iterator(vault_), {})) << "nothing was added";
    vault_ += "/letter.txt";
    EXPECT_EQ(Errc::invalid_argument, open_error().code());
}

TEST_F(Directory, RefusesANewerFormatAndTheWasmBuildsWithWordsOfTheirOwn) {
    fill();
    write_text(vault_ + "/safe-vault", "safe vault format 3\n");
    EXPECT_EQ(Errc::store_version, open_error().code());
    EXPECT_EQ("cannot open vault file:" + vault_ +
                  ": written by format 3, this library reads 1-1 (STORE_VERSION -3104); upgrade libsafe or choose "
                  "another directory",
              open_error().message());
    write_text(vault_ + "/safe-vault", "safe vault wasm format 1\n");
    EXPECT_EQ(Errc::store_version, open_error().code());
    EXPECT_EQ("cannot open vault file:" + vault_ +
                  ": made by the WebAssembly build, which keeps its vaults in files of another kind (STORE_VERSION "
                  "-3104); open it with that build or choose another directory",
              open_error().message());
    for (const char *marker : {"", "safe vault format 1", "safe vault format 0\n", "safe vault format 1 \n",
                               "safe vault format x\n", "safe vault format 99999999999\n", "\n"}) {
        write_text(vault_ + "/safe-vault", marker);
        EXPECT_EQ(Errc::store_corrupt, open_error().code()) << marker;
    }
}

TEST_F(Directory, AMarkerThatWasNeverFinishedIsNoObstacle) {
    fs::create_directory(vault_);
    write_text(vault_ + "/safe-vault.123", "safe va");
    EXPECT_NO_THROW(open());
}

// Makes the vault of another build just before ours would be made.
class OvertakingFileSystem : public FailingFileSystem {
  public:
    bool link(const std::string &from, const std::string &to) override {
        write_text(to, "safe vault wasm format 1\n");
        return FailingFileSystem::link(from, to);
    }
};

TEST_F(Directory, IsNotUsedWhenTheWasmBuildMadeItAtTheSameTime) {
    const auto files = std::make_shared<OvertakingFileSystem>();
    EXPECT_EQ(Errc::store_version, error_of([&] { open_store(loop_, vault_, {}, files); }).code());
    EXPECT_FALSE(fs::exists(vault_ + "/index.db"));
}

TEST_F(Directory, SeveralStoresOfOneProcessShareIt) {
    const StoreRef one = open(), two = open();
    EXPECT_TRUE(create(one, "k", blob_of(large, 1)));
    EXPECT_FALSE(create(two, "k", blob_of(large, 2)));
    EXPECT_EQ(value_of(large, 1), bytes_of(get(two, "k")));
    // The hold of one is seen by the other.
    auto hold = loop_.run(one->hold());
    loop_.run(one->touch("k"));
    EXPECT_TRUE(loop_.run(two->sweep({"k"}, UINT64_MAX)).empty());
    hold.reset();
    EXPECT_EQ(1u, loop_.run(two->sweep({"k"}, UINT64_MAX)).size());
    EXPECT_FALSE(get(one, "k").has_value());
}

// The child and this process must not have threads when they part.
TEST(DirectoryProcesses, RaceToMakeItAndToCreateEveryKeyAndOnlyOneWinsEach) {
    const TempDir temp;
    constexpr int processes = 4, keys = 60;
    const auto work = [&](int me) {
        TestLoop loop;
        const StoreRef store = open_store(loop, temp.vault());
        std::string won;
        for (int i = 0; i < keys; ++i) {
            const std::size_t size = i % 3 ? small : large;
            if (loop.run(store->create("k" + std::to_string(i), blob_of(size, static_cast<unsigned>(me)))))
                won += std::to_string(i) + "\n";
        }
        write_text(temp.path() + "/won" + std::to_string(me), won);
        return true;
    };
    std::vector<pid_t> children;
    for (int me = 0; me < processes; ++me) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool fine = false;
            try {
                fine = work(me);
            } catch (const std::exception &error) {
                std::fprintf(stderr, "process %d: %s\n", me, error.what());
            }
            ::_exit(fine ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(0, status);
    }
    TestLoop loop;
    const StoreRef store = open_store(loop, temp.vault());
    std::vector<int> winner(keys, -1);
    for (int me = 0; me < processes; ++me) {
        std::istringstream won(read_text(temp.path() + "/won" + std::to_string(me)));
        for (int i = 0; won >> i;) {
            EXPECT_EQ(-1, winner[static_cast<std::size_t>(i)]) << "key " << i << " has two winners";
            winner[static_cast<std::size_t>(i)] = me;
        }
    }
    for (int i = 0; i < keys; ++i) {
        const int won = winner[static_cast<std::size_t>(i)];
        ASSERT_NE(-1, won) << "key " << i << " has no winner";
        EXPECT_EQ(value_of(i % 3 ? small : large, static_cast<unsigned>(won)),
                  bytes_of(loop.run(store->get("k" + std::to_string(i)))));
    }
    EXPECT_EQ(static_cast<std::size_t>(keys) / 3, object_files(temp.vault()).size()) << "losers leave no file";
    EXPECT_TRUE(fs::is_empty(temp.vault() + "/tmp"));
}

TEST(DirectoryProcesses, AHoldEndsWithItsProcess) {
    const TempDir temp;
    int ready[2];
    ASSERT_EQ(0, ::pipe(ready));
    const pid_t child = ::fork();
    if (child == 0) {
        TestLoop loop;
        const StoreRef store = open_store(loop, temp.vault());
        const auto hold = loop.run(store->hold());
        loop.run(store->create("k", blob_of(small, 1)));
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        ::pause();
    }
    char c;
    ASSERT_EQ(1, ::read(ready[0], &c, 1));
    ::close(ready[0]);
    ::close(ready[1]);
    std::this_thread::sleep_for(std::chrono::milliseconds(2)); // holds are told apart by milliseconds
    TestLoop loop;
    const StoreRef store = open_store(loop, temp.vault());
    EXPECT_TRUE(loop.run(store->sweep({"k"}, UINT64_MAX)).empty());
    EXPECT_LT(loop.run(store->horizon()), loop.runtime()->clock().wall_ms());
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(1u, loop.run(store->sweep({"k"}, UINT64_MAX)).size());
}

TEST_F(Directory, ClearsUpAfterTheDeadButNotAfterTheLiving) {
    const std::string dead = "ab0123456789abcdef000000000001";
    const std::string living = [&] {
        const StoreRef store = open();
        create(store, "k", blob_of(large, 1));
        const std::string file = object_files(vault_).front();
        const std::string name = file.substr(file.size() - 31, 2) + file.substr(file.size() - 28);
        // Of a writer that ended between the row and the removal of its temporary name; one that never got so far; and
        // one that put its file in place but wrote no row.
        fs::create_hard_link(file, vault_ + "/tmp/" + dead.substr(0, 29) + "2");
        write_text(vault_ + "/tmp/" + dead, "half a val");
        fs::create_directories(vault_ + "/objects/ab");
        write_text(vault_ + "/objects/ab/" + dead.substr(2), "half a val");
        write_text(vault_ + "/tmp/" + name.substr(0, 29) + "f", "being written");
        EXPECT_NO_THROW(open());
        EXPECT_EQ(1, std::distance(fs::directory_iterator(vault_ + "/tmp"), {})) << "that of the store that lives";
        EXPECT_EQ(1u, object_files(vault_).size());
        return name;
    }();
    const StoreRef store = open();
    EXPECT_TRUE(fs::is_empty(vault_ + "/tmp"));
    EXPECT_EQ(value_of(large, 1), bytes_of(get(store, "k")));
}

TEST_F(Directory, ReplacedAndRemovedFilesGo) {
    const StoreRef store = open();
    create(store, "k", blob_of(large, 1));
    loop_.run(store->replace("k", blob_of(large, 2)));
    EXPECT_EQ(1u, object_files(vault_).size());
    loop_.run(store->remove("k"));
    EXPECT_EQ(0u, object_files(vault_).size());
    create(store, "k", blob_of(large, 3));
    EXPECT_FALSE(create(store, "k", blob_of(large, 4)));
    EXPECT_EQ(1u, loop_.run(store->sweep({"k"}, UINT64_MAX)).size());
    EXPECT_EQ(0u, object_files(vault_).size());
}

TEST_F(Directory, ADamagedValueIsAnErrorThatNamesItAndReplaceMendsIt) {
    const StoreRef store = open();
    for (const std::string damage : {"cut", "grown", "gone"}) {
        const std::string key = "chunks/" + damage;
        create(store, key, blob_of(large, 1));
        const std::string file = object_files(vault_).front();
        if (damage == "cut") fs::resize_file(file, large - 1);
        if (damage == "grown") fs::resize_file(file, large + 1);
        if (damage == "gone") fs::remove(file);
        const Error error = error_of([&] { get(store, key); });
        EXPECT_EQ(Errc::store_corrupt, error.code());
        EXPECT_NE(std::string::npos, error.message().find(key)) << error.message();
        EXPECT_EQ(Errc::store_corrupt, error_of([&] { loop_.run(store->touch(key)); }).code());
        EXPECT_FALSE(create(store, key, blob_of(large, 2)));
        loop_.run(store->replace(key, blob_of(large, 3)));
        EXPECT_EQ(value_of(large, 3), bytes_of(get(store, key)));
        EXPECT_TRUE(loop_.run(store->touch(key)));
        loop_.run(store->remove(key));
    }
    EXPECT_EQ(0u, object_files(vault_).size());
}

// Overwrites every place where `what` stands in the file.
void overwrite(const std::string &path, const std::string &what, const std::string &with) {
    std::string text = read_text(path);
    std::size_t times = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1), ++times)
        text.replace(at, what.size(), with);
    ASSERT_GT(times, 0u);
    write_text(path, text);
}

TEST_F(Directory, AFlippedBitInASmallValueIsNeverReadAsGood) {
    {
        const StoreRef store = open();
        create(store, "victim", blob_of("the quick brown fox"));
        create(store, "neighbour", blob_of("jumps over"));
    }
    overwrite(vault_ + "/index.db", "the quick brown fox", "the quick brown fax");
    const StoreRef store = open();
    EXPECT_EQ(Errc::store_corrupt, error_of([&] { get(store, "victim"); }).code());
    EXPECT_EQ("jumps over", text_of(get(store, "neighbour")));
    loop_.run(store->replace("victim", blob_of("the lazy dog")));
    EXPECT_EQ("the lazy dog", text_of(get(store, "victim")));
}

TEST_F(Directory, ATruncatedGarbledOrMissingIndexIsCorruptAndNeverTakenForAnEmptyVault) {
    {
        const StoreRef store = open();
        for (unsigned i = 0; i < 200; ++i)
            asio::co_spawn(loop_.context(), store->create("k" + std::to_string(i), blob_of(1000, i)), asio::detached);
        loop_.context().restart();
        loop_.context().run();
    }
    const std::string index = vault_ + "/index.db", whole = read_text(index);
    ASSERT_GT(whole.size(), 200'000u);
    const auto expect_corrupt = [&](const std::string &what) {
        const Error error = error_of([&] {
            const StoreRef store = open();
            for (unsigned i = 0; i < 200; ++i) {
                const auto value = get(store, "k" + std::to_string(i));
                EXPECT_TRUE(value.has_value()) << what << " lost a value without a word";
                EXPECT_EQ(value_of(1000, i), bytes_of(value)) << what;
            }
        });
        EXPECT_EQ(Errc::store_corrupt, error.code()) << what << ": " << error.message();
    };
    write_text(index, whole.substr(0, whole.size() / 2));
    expect_corrupt("half an index");
    write_text(index, whole.substr(0, whole.size() - 1));
    expect_corrupt("an index one byte short");
    write_text(index, whole.substr(0, 50));
    expect_corrupt("half a header");
    write_text(index, "");
    expect_corrupt("an empty index");
    write_text(index, std::string(whole.size(), 'x'));
    expect_corrupt("an index of x");
    write_text(index, whole.substr(0, 4096) + std::string(whole.size() - 4096, '\0'));
    expect_corrupt("an index that is zero after its first page");
    fs::remove(index);
    expect_corrupt("no index");
    write_text(index, whole);
    EXPECT_NO_THROW(open());
}

TEST_F(Directory, AnIndexOfANewerFormatOrOfAnotherProgramIsRefused) {
    fill();
    const std::string index = vault_ + "/index.db", whole = read_text(index);
    std::string newer = whole;
    newer[63] = 2; // user_version (https://www.sqlite.org/fileformat.html section 1.3)
    write_text(index, newer);
    EXPECT_EQ(Errc::store_version, open_error().code());
    std::string foreign = whole;
    foreign[68] = 'x'; // application_id
    write_text(index, foreign);
    EXPECT_EQ(Errc::store_corrupt, open_error().code());
}

// What is wrong ends with the disk's errors: the store is as it was, and works again when they are over.
TEST_F(Directory, AFailedWriteLeavesNothingBehindWhateverStepFailed) {
    const auto files = std::make_shared<FailingFileSystem>();
    const StoreRef store = open_store(loop_, vault_, {}, files);
    create(store, "before", blob_of(large, 1));
    unsigned failures = 0;
    for (const Errc code : {Errc::store_full, Errc::store_io}) {
        for (unsigned step = 0;; ++step) {
            const std::string key = "k" + std::to_string(step);
            files->fail_at(step, code);
            const Error error = error_of([&] { create(store, key, blob_of(large, step)); });
            const bool reached = files->stop();
            if (!reached) break;
            // A temporary name that cannot be removed once all is written is no failure.
            if (error.code() == Errc::ok) {
                loop_.run(store->remove(key));
                continue;
            }
            ++failures;
            EXPECT_EQ(code, error.code());
            EXPECT_FALSE(get(store, key).has_value());
            EXPECT_TRUE(create(store, key, blob_of(large, step)));
            EXPECT_TRUE(loop_.run(store->remove(key)));
        }
        loop_.run(store->remove("k0"));
        loop_.run(store->remove("k" + std::to_string(failures)));
    }
    EXPECT_GE(failures, 8u) << "create, write, sync, link, directory sync: each with both errors";
    EXPECT_EQ(value_of(large, 1), bytes_of(get(store, "before")));
}

TEST_F(Directory, AFullDiskIsStoreFullAndTheStoreGoesOnWhenThereIsRoom) {
    fs::create_directory(vault_);
    if (::mount("none", vault_.c_str(), "tmpfs", 0, "size=2m") != 0)
        GTEST_SKIP() << "needs root, to mount a small file system; the failing port is tested above";
    const std::shared_ptr<void> unmount(nullptr, [this](void *) { ::umount2(vault_.c_str(), MNT_DETACH); });
    const StoreRef store = open();
    for (const std::size_t size : {large, std::size_t{30'000}}) {
        std::vector<std::string> keys;
        Error error(Errc::ok, "");
        while (error.code() == Errc::ok && keys.size() < 200) {
            keys.push_back(std::to_string(size) + "/" + std::to_string(keys.size()));
            error = error_of([&] { create(store, keys.back(), blob_of(size, static_cast<unsigned>(keys.size()))); });
        }
        EXPECT_EQ(Errc::store_full, error.code()) << error.message();
        EXPECT_FALSE(get(store, keys.back()).has_value());
        keys.pop_back();
        ASSERT_GT(keys.size(), 5u);
        for (unsigned i = 0; i < keys.size(); ++i) EXPECT_EQ(value_of(size, i + 1), bytes_of(get(store, keys[i])));
        if (size == large) {
            for (const auto &key : keys) EXPECT_TRUE(loop_.run(store->remove(key))) << key;
            EXPECT_EQ(0u, object_files(vault_).size());
        }
    }
}

// Clearing up after a killed process writes to the index, for which there may be no room.
TEST_F(Directory, AVaultOfAKilledProcessIsReadThoughItsDiskIsFull) {
    fs::create_directory(vault_);
    if (::mount("none", vault_.c_str(), "tmpfs", 0, "size=2m") != 0)
        GTEST_SKIP() << "needs root, to mount a small file system";
    const std::shared_ptr<void> unmount(nullptr, [this](void *) { ::umount2(vault_.c_str(), MNT_DETACH); });
    in_child([&] {
        TestLoop loop;
        const StoreRef store = open_store(loop, vault_);
        loop.run(store->create("before", blob_of(large, 1)));
        return ::raise(SIGKILL) != 0; // the log stays
    });
    const std::string left = "aa0123456789abcdef000000000000";
    write_text(vault_ + "/tmp/" + left, "what it had put in place, without a row");
    fs::create_directories(vault_ + "/objects/aa");
    fs::create_hard_link(vault_ + "/tmp/" + left, vault_ + "/objects/aa/" + left.substr(2));
    {
        const int filler = ::open((vault_ + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        const std::string page(4096, 'x');
        while (::write(filler, page.data(), page.size()) > 0) {
        }
        ::close(filler);
    }
    EXPECT_EQ(value_of(large, 1), bytes_of(get(open(), "before")));
    EXPECT_TRUE(fs::exists(vault_ + "/tmp/" + left)) << "there was room after all";
    fs::remove(vault_ + "/filler");
    EXPECT_EQ(value_of(large, 1), bytes_of(get(open(), "before")));
    EXPECT_FALSE(fs::exists(vault_ + "/tmp/" + left));
    EXPECT_FALSE(fs::exists(vault_ + "/objects/aa/" + left.substr(2)));
}

// As another user, whom the permissions stop (root is not stopped by them).
template <class Body>
bool as_somebody_else(const std::string &path, Body body) {
    fs::permissions(path, fs::perms(0755));
    return in_child([&] {
        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return false;
        return body();
    });
}

void make_read_only(const std::string &vault) {
    for (const auto &entry : fs::recursive_directory_iterator(vault))
        fs::permissions(entry.path(), fs::perms(entry.is_directory() ? 0555 : 0444));
    fs::permissions(vault, fs::perms(0555));
}

bool reads_but_cannot_write(const std::string &vault) {
    TestLoop loop;
    const StoreRef store = open_store(loop, vault);
    bool fine = bytes_of(loop.run(store->get("small"))) == value_of(small, 1) &&
                bytes_of(loop.run(store->get("large"))) == value_of(large, 2) &&
                loop.run(store->list("", "", 10)).entries.size() == 2;
    const std::shared_ptr<void> hold = loop.run(store->hold());
    for (const auto &write : std::vector<std::function<void()>>{
             [&] { loop.run(store->create("new", blob_of(small, 1))); },
             [&] { loop.run(store->create("new", blob_of(large, 1))); },
             [&] { loop.run(store->replace("small", blob_of(small, 1))); }, [&] { loop.run(store->remove("small")); },
             [&] { loop.run(store->touch("small")); }, [&] { loop.run(store->sweep({"small"}, UINT64_MAX)); }}) {
        const Error error = error_of(write);
        if (error.code() != Errc::store_read_only || error.message().find(vault) == std::string::npos) {
            std::fprintf(stderr, "not the right refusal: %s\n", error.what());
            fine = false;
        }
    }
    return fine;
}

TEST(DirectoryReadOnly, AClosedVaultCanBeReadAndEveryWriteIsRefused) {
    const TempDir temp;
    {
        TestLoop loop;
        const StoreRef store = open_store(loop, temp.vault());
        loop.run(store->create("small", blob_of(small, 1)));
        loop.run(store->create("large", blob_of(large, 2)));
    }
    make_read_only(temp.vault());
    EXPECT_TRUE(as_somebody_else(temp.path(), [&] { return reads_but_cannot_write(temp.vault()); }));
    fs::permissions(temp.vault(), fs::perms(0755));
}

TEST(DirectoryReadOnly, AVaultWithALogCanBeReadUpToTheNewestValue) {
    const TempDir temp;
    // Leaves the log behind, as a process does that is killed.
    EXPECT_TRUE(in_child([&] {
        TestLoop loop;
        const StoreRef store = open_store(loop, temp.vault());
        loop.run(store->create("small", blob_of(small, 1)));
        loop.run(store->create("large", blob_of(large, 2)));
        ::_exit(0);
        return true;
    }));
    ASSERT_TRUE(fs::exists(temp.vault() + "/index.db-wal"));
    make_read_only(temp.vault());
    EXPECT_TRUE(as_somebody_else(temp.path(), [&] { return reads_but_cannot_write(temp.vault()); }));
    fs::permissions(temp.vault(), fs::perms(0755));
}

TEST(DirectoryReadOnly, AVaultCannotBeMadeWhereNothingMayBe) {
    const TempDir temp;
    EXPECT_TRUE(as_somebody_else(temp.path(), [&] {
        TestLoop loop;
        const Error error = error_of([&] { open_store(loop, ::geteuid() == 65534 ? temp.vault() : "/proc/vault"); });
        std::fprintf(stderr, "%s\n", error.what());
        return error.code() == Errc::store_read_only || error.code() == Errc::store_io;
    }));
}

} // namespace
} // namespace safe::test
