// How often the disk is really waited for: the system's own calls are counted, SQLite's included.
#include "stores.hpp"

#include <atomic>
#include <set>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::mutex mutex;
std::vector<ino_t> synced; // what, in order

int note_and(long call, int fd) {
    struct stat status {};
    ::fstat(fd, &status);
    {
        const std::lock_guard lock(mutex);
        synced.push_back(status.st_ino);
    }
    return static_cast<int>(::syscall(call, fd));
}

} // namespace

// In place of the C library's, for the whole of this program.
extern "C" __attribute__((visibility("default"))) int fsync(int fd) { return note_and(SYS_fsync, fd); }
extern "C" __attribute__((visibility("default"))) int fdatasync(int fd) { return note_and(SYS_fdatasync, fd); }

namespace safe::test {
namespace {

ino_t inode_of(const std::string &path) {
    struct stat status {};
    EXPECT_EQ(0, ::stat(path.c_str(), &status)) << path;
    return status.st_ino;
}

std::vector<ino_t> syncs_during(const std::function<void()> &work) {
    {
        const std::lock_guard lock(mutex);
        synced.clear();
    }
    work();
    const std::lock_guard lock(mutex);
    return synced;
}

TEST(Syncs, OfAFileAndOfADirectoryReachTheSystem) {
    const TempDir temp;
    const auto files = posix_file_system();
    const auto file = files->create(temp.path() + "/f");
    EXPECT_EQ(std::vector{inode_of(temp.path() + "/f")}, syncs_during([&] { file->sync(); }));
    EXPECT_EQ(std::vector{inode_of(temp.path())}, syncs_during([&] { files->sync_directory(temp.path()); }));
}

class StoreSyncs : public ::testing::Test {
  protected:
    // `count` creates at once.
    void create(const std::string &prefix, unsigned count, std::size_t size) {
        for (unsigned i = 0; i < count; ++i)
            asio::co_spawn(loop_.context(), store_->create(prefix + std::to_string(i), blob_of(size, i)),
                           asio::detached);
        loop_.context().restart();
        loop_.context().run();
        EXPECT_EQ(count, loop_.run(store_->figures(prefix)).objects);
    }

    TempDir temp_;
    TestLoop loop_;
    StoreRef store_ = open_store(loop_, temp_.vault());
};

TEST_F(StoreSyncs, OneForASmallValueAndOneForSixtyFourThatComeTogether) {
    create("first", 1, 100);
    const ino_t log = inode_of(temp_.vault() + "/index.db-wal");
    EXPECT_EQ(std::vector{log}, syncs_during([&] { create("one", 1, 100); }));
    EXPECT_EQ(std::vector{log}, syncs_during([&] { create("many", 64, 100); }));
}

TEST_F(StoreSyncs, NoneForAValueThatIsThereAndForATouch) {
    create("small", 1, 100);
    create("large", 1, 100'000);
    EXPECT_TRUE(syncs_during([&] {
                    EXPECT_FALSE(loop_.run(store_->create("small0", blob_of(100, 1))));
                    EXPECT_FALSE(loop_.run(store_->create("large0", blob_of(100'000, 1))));
                    EXPECT_TRUE(loop_.run(store_->touch("small0")));
                    EXPECT_TRUE(loop_.run(store_->touch("large0")));
                    EXPECT_FALSE(loop_.run(store_->touch("neither")));
                    loop_.run(store_->hold());
                }).empty());
    // And the next value that is created is as safe as any.
    EXPECT_EQ(1u, syncs_during([&] { create("after", 1, 100); }).size());
}

TEST_F(StoreSyncs, OfALargeValueItsFileThenItsFolderThenTheLog) {
    create("first", 1, 100'000);
    std::set<std::string> before;
    for (const auto &file : object_files(temp_.vault())) before.insert(file);
    const auto syncs = syncs_during([&] { create("second", 1, 100'000); });
    std::string file;
    for (const auto &path : object_files(temp_.vault()))
        if (!before.contains(path)) file = path;
    const std::string folder = std::filesystem::path(file).parent_path().string();
    EXPECT_EQ((std::vector{inode_of(file), inode_of(folder), inode_of(temp_.vault() + "/index.db-wal")}), syncs);
}

} // namespace
} // namespace safe::test
