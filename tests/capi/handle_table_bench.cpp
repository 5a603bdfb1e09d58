// What a handle costs: find with one, two and four threads; make and free. Prints nanoseconds.
#include "handle_table.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

using namespace safe;

template <class Work>
double nanoseconds(int threads, int rounds, Work work) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> pool;
    for (int t = 0; t < threads; ++t) pool.emplace_back([&] { work(rounds); });
    for (std::thread &thread : pool) thread.join();
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    return time.count() / rounds / threads;
}

int main() {
    HandleTable<Layout64> table(123456789);
    std::vector<std::uint64_t> handles;
    for (int i = 0; i < 1000; ++i) handles.push_back(table.insert(1, std::make_shared<int>(i)));
    const auto find = [&](int rounds) {
        for (int i = 0; i < rounds; ++i)
            if (!table.find(handles[i % 1000], 1).object) std::puts("lost");
    };
    const auto object = std::make_shared<int>();
    const auto make_and_free = [&](int rounds) {
        for (int i = 0; i < rounds; ++i) table.take(table.insert(1, object), 1);
    };
    for (const int threads : {1, 2, 4})
        std::printf("%d threads: find %.0f ns, make and free %.0f ns\n", threads, nanoseconds(threads, 2'000'000, find),
                    nanoseconds(threads, 1'000'000, make_and_free));
}
