// Two copies of the library in one process. SQLite's locks belong to the process, so that its copies cannot exclude each
// other: the second one must be refused a directory that the first has open.
#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <filesystem>

namespace safe {
namespace {

class TwoCopies : public ::testing::Test {
  protected:
    TwoCopies() {
        std::string name = (std::filesystem::temp_directory_path() / "safe-copies-XXXXXX").string();
        if (::mkdtemp(name.data())) root_ = name;
        library_ = ::dlopen(SECOND_COPY, RTLD_NOW | RTLD_LOCAL);
        if (!library_) throw std::runtime_error(::dlerror());
        open_ = reinterpret_cast<int (*)(const char *, char *, std::size_t)>(::dlsym(library_, "second_copy_open"));
        close_ = reinterpret_cast<void (*)()>(::dlsym(library_, "second_copy_close"));
    }
    ~TwoCopies() override {
        close_();
        std::filesystem::remove_all(root_);
    }

    StoreRef open_here() {
        return loop_.run(open_directory_store(loop_.runtime(), posix_file_system(), root_ + "/vault", {}));
    }
    Errc open_there() { return static_cast<Errc>(open_((root_ + "/vault").c_str(), text_, sizeof text_)); }

    std::string root_;
    test::TestLoop loop_;
    void *library_ = nullptr;
    int (*open_)(const char *, char *, std::size_t) = nullptr;
    void (*close_)() = nullptr;
    char text_[1000] = {};
};

TEST_F(TwoCopies, TheSecondIsRefusedWhileTheFirstIsOpenAndTheOtherWayRound) {
    StoreRef store = open_here();
    EXPECT_EQ(Errc::store_busy, open_there());
    EXPECT_NE(std::string::npos, std::string(text_).find("another copy of libsafe in this process")) << text_;
    store.reset();
    EXPECT_EQ(Errc::ok, open_there()) << text_;
    try {
        open_here();
        FAIL() << "two copies have one directory open";
    } catch (const Error &error) {
        EXPECT_EQ(Errc::store_busy, error.code());
    }
    close_();
    EXPECT_NO_THROW(open_here());
}

TEST_F(TwoCopies, OneThatWasRefusedHasNotTouchedTheLocksOfTheOther) {
    const StoreRef store = open_here();
    EXPECT_EQ(Errc::store_busy, open_there());
    Bytes value(10, 1);
    Blob blob(value);
    EXPECT_TRUE(loop_.run(store->create("k", blob)));
    const auto again = open_here(); // of one copy there may be many
    EXPECT_FALSE(loop_.run(again->create("k", blob)));
}

} // namespace
} // namespace safe
