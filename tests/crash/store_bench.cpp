// What a directory store costs, in time and memory. Not a test: it prints, and the figures in directory.hpp are from it.
//   store_bench [--dir PATH] [--border SIZE]
// With --border: creates of that size, 16 at a time, once as rows and once as files.
#include "arguments.hpp"
#include "model.hpp"

#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace safe::crash {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

long resident_kib() {
    long all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * 4;
}

Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    test::UrandomSource().fill(bytes);
    return bytes;
}

Awaitable<void> creator(StoreRef store, std::string prefix, Blob value, unsigned &left) {
    while (left > 0) {
        std::string key = prefix + std::to_string(left--);
        co_await store->create(std::move(key), value);
    }
}

class Bench {
  public:
    explicit Bench(std::string path) : path_(std::move(path)) { std::filesystem::remove_all(path_); }
    ~Bench() {
        store_.reset();
        std::filesystem::remove_all(path_);
    }

    double open(DirectoryOptions options = {}) {
        store_.reset();
        const auto start = Clock::now();
        store_ = loop_.run(open_directory_store(loop_.runtime(), posix_file_system(), path_, options));
        return seconds_since(start);
    }
    double close() {
        const auto start = Clock::now();
        store_.reset();
        return seconds_since(start);
    }

    // Seconds for `count` creates, `width` at a time.
    double create(std::size_t size, unsigned count, unsigned width) {
        const Blob value(random_bytes(size));
        unsigned left = count;
        const std::string prefix = "bench/" + std::to_string(++series_) + "/";
        const auto start = Clock::now();
        for (unsigned i = 0; i < width; ++i)
            asio::co_spawn(loop_.context(), creator(store_, prefix, value, left), asio::detached);
        loop_.context().restart();
        loop_.context().run();
        return seconds_since(start);
    }

    // Seconds for getting all values of one series, one by one.
    double get(unsigned series, unsigned count) {
        const auto start = Clock::now();
        for (unsigned i = 1; i <= count; ++i)
            loop_.run(store_->get("bench/" + std::to_string(series) + "/" + std::to_string(i)));
        return seconds_since(start);
    }

    double hold() {
        const auto start = Clock::now();
        for (unsigned i = 0; i < 1000; ++i) loop_.run(store_->hold());
        return seconds_since(start) / 1000;
    }

  private:
    std::string path_;
    test::TestLoop loop_;
    StoreRef store_;
    unsigned series_ = 0;
};

void border(const std::string &path, std::size_t size) {
    for (const std::uint64_t limit : {std::uint64_t{1} << 20, std::uint64_t{0}}) {
        Bench bench(path);
        DirectoryOptions options;
        options.inline_limit = limit;
        bench.open(options);
        constexpr unsigned count = 512;
        const double time = bench.create(size, count, 16);
        std::printf("%7zu bytes as %s: %6.0f creates/s\n", size, limit ? "rows " : "files", count / time);
    }
}

void all(const std::string &path) {
    Bench bench(path);
    const long before = resident_kib();
    constexpr double chunk = 4.194304; // MB
    std::printf("make                %8.1f ms\n", 1e3 * bench.open());
    std::printf("create 1 KB, one by one   %6.0f/s\n", 200 / bench.create(1000, 200, 1));
    std::printf("create 1 KB, 64 at a time %6.0f/s\n", 6400 / bench.create(1000, 6400, 64));
    std::printf("get    1 KB, one by one   %6.0f/s\n", 6400 / bench.get(2, 6400));
    std::printf("resident, small values   %6ld KiB above the start\n", resident_kib() - before);
    std::printf("create 4 MiB, one by one  %6.0f MB/s\n", 24 * chunk / bench.create(4 << 20, 24, 1));
    std::printf("create 4 MiB, 4 at a time %6.0f MB/s\n", 24 * chunk / bench.create(4 << 20, 24, 4));
    std::printf("get    4 MiB, one by one  %6.0f MB/s\n", 24 * chunk / bench.get(3, 24));
    std::printf("hold                %8.1f us\n", 1e6 * bench.hold());
    std::printf("close               %8.1f ms\n", 1e3 * bench.close());
    std::printf("open                %8.1f ms\n", 1e3 * bench.open());
}

} // namespace
} // namespace safe::crash

int main(int argc, char **argv) {
    using namespace safe::crash;
    const std::string path =
        argument(argc, argv, "--dir", (std::filesystem::temp_directory_path() / "safe-store-bench").string());
    const std::size_t size = number(argc, argv, "--border", 0);
    size ? border(path, size) : all(path);
}
