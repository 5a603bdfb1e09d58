// --name value, as all programs here take it.
#pragma once

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

namespace safe::crash {

inline std::string argument(int argc, char **argv, const char *name, const std::string &otherwise) {
    for (int i = 1; i + 1 < argc; ++i)
        if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
    return otherwise;
}

inline unsigned long number(int argc, char **argv, const char *name, unsigned long otherwise) {
    return std::strtoul(argument(argc, argv, name, std::to_string(otherwise)).c_str(), nullptr, 10);
}

// The seed given there or by SAFE_SEED, or a new one.
inline std::uint32_t seed_of(int argc, char **argv) {
    const char *from_environment = std::getenv("SAFE_SEED");
    const std::string given = argument(argc, argv, "--seed", from_environment ? from_environment : "");
    return given.empty() ? std::random_device()()
                         : static_cast<std::uint32_t>(std::strtoul(given.c_str(), nullptr, 10));
}

} // namespace safe::crash
