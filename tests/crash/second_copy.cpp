// A library that has the whole store in it, SQLite included, and shows nothing of it: what a program gets that loads
// libsafe twice under two names.
#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <string>

namespace {

// Kept until the copy is told to close.
std::unique_ptr<safe::test::TestLoop> loop;
safe::StoreRef store;

} // namespace

// 0, or the code of the error; its text goes to `text`.
extern "C" __attribute__((visibility("default"))) int second_copy_open(const char *path, char *text, std::size_t room) {
    try {
        loop = std::make_unique<safe::test::TestLoop>();
        store = loop->run(safe::open_directory_store(loop->runtime(), safe::posix_file_system(), path, {}));
        return 0;
    } catch (const safe::Error &error) {
        error.message().copy(text, room - 1);
        return static_cast<int>(error.code());
    }
}

extern "C" __attribute__((visibility("default"))) void second_copy_close() {
    store.reset();
    loop.reset();
}
