// What all tests here use: folders that go away, bytes of a seed, and handles that are counted.
#pragma once

#include <safe/safe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace test {

// Each test leaves no handle. What the library's thread has in its hands at the end it gives back when it has its turn.
class Test : public testing::Test {
  protected:
    void TearDown() override {
        for (int waited = 0; safe::live_handles() > 0 && waited < 60'000; ++waited)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        EXPECT_EQ(safe::live_handles(), 0u);
    }
};

// Bytes that no compression makes smaller.
inline std::vector<std::uint8_t> random_bytes(std::size_t size) {
    static std::mt19937_64 source = [] {
        const char *given = std::getenv("SAFE_SEED");
        const auto seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
        std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
        return std::mt19937_64(seed);
    }();
    std::vector<std::uint8_t> bytes(size);
    for (auto &byte : bytes) byte = static_cast<std::uint8_t>(source());
    return bytes;
}

class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "libsafe-cpp-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    std::string operator[](const std::string &name) const { return (path_ / name).string(); }
    std::string url() const { return "file:" + (*this)["vault"]; }

  private:
    std::filesystem::path path_;
};

// The error that f throws.
template <class Function>
safe::Error failure(Function f) {
    try {
        f();
    } catch (const safe::Error &error) {
        return error;
    }
    return safe::Error(SAFE_OK, "nothing was thrown");
}

} // namespace test
