// A vault's key outlives the process, is one for all, and is nobody else's.
#include "host/vault_key_file.hpp"

#include "unit/host/lying_channel.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace safe {
namespace {

using test::code_of;

struct KeyFile : testing::Test {
    KeyFile() {
        std::string name = testing::TempDir() + "key.XXXXXX";
        folder = ::mkdtemp(name.data());
        path = folder + "/" + vault_key_name;
    }
    ~KeyFile() override { std::filesystem::remove_all(folder); }
    crypto::SigningKey fresh() { return crypto::SigningKey::generate(random); }

    crypto::SodiumRandom random;
    std::string folder, path;
};

TEST_F(KeyFile, IsMadeOnceForItsOwnerAlone) {
    const auto first = fresh();
    EXPECT_EQ(first.public_key(), keep_vault_key(path, first).public_key());
    EXPECT_EQ(first.public_key(), keep_vault_key(path, fresh()).public_key());
    struct stat status {};
    ASSERT_EQ(0, ::stat(path.c_str(), &status));
    EXPECT_EQ(0600u, status.st_mode & 0777u);
    EXPECT_EQ(32, status.st_size);
    EXPECT_EQ(1, std::distance(std::filesystem::directory_iterator(folder), {})) << "a draft is left";
}

TEST_F(KeyFile, IsOneForAllWhoRaceForIt) {
    constexpr std::size_t racers = 8;
    std::vector<crypto::PublicKey> got(racers);
    std::vector<std::thread> threads;
    for (auto &mine : got) threads.emplace_back([&, key = fresh()] { mine = keep_vault_key(path, key).public_key(); });
    for (auto &thread : threads) thread.join();
    for (const auto &key : got) EXPECT_EQ(got.front(), key);
}

TEST_F(KeyFile, ThatOthersMayReadOrThatIsNoKeyIsRefused) {
    keep_vault_key(path, fresh());
    std::filesystem::permissions(path, std::filesystem::perms(0640));
    EXPECT_EQ(Errc::bad_key, code_of([&] { keep_vault_key(path, fresh()); }));
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    keep_vault_key(path, fresh());
    std::ofstream(path, std::ios::app) << "x";
    EXPECT_EQ(Errc::bad_key, code_of([&] { keep_vault_key(path, fresh()); }));
    std::filesystem::resize_file(path, 0);
    EXPECT_EQ(Errc::bad_key, code_of([&] { keep_vault_key(path, fresh()); }));
    std::filesystem::remove(path);
    std::filesystem::create_symlink("/dev/null", path);
    EXPECT_EQ(Errc::io, code_of([&] { keep_vault_key(path, fresh()); }));
}

} // namespace
} // namespace safe
