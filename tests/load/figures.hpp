// What a process holds, as /proc says.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace safe::load {

inline std::size_t descriptors(const std::string &process) {
    const std::filesystem::directory_iterator all("/proc/" + process + "/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

inline std::size_t resident_bytes(const std::string &process) {
    std::ifstream file("/proc/" + process + "/statm");
    std::size_t size = 0, resident = 0;
    file >> size >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// When they do not change any more: connections take a moment to end on the other side.
inline std::size_t descriptors_at_rest(const std::string &process) {
    std::size_t there = descriptors(process);
    for (int same = 0; same < 10;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const std::size_t now = descriptors(process);
        same = now == there ? same + 1 : 0;
        there = now;
    }
    return there;
}

// How many there are more than before. A daemon that others keep from its turn looks as if it were at rest.
inline long descriptors_left(const std::string &process, std::size_t before) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    long left;
    do left = static_cast<long>(descriptors_at_rest(process)) - static_cast<long>(before);
    while (left > 0 && std::chrono::steady_clock::now() < until);
    return left;
}

inline void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace safe::load
