// What every fuzz target shares: how it says that something is wrong, and which refusals are right.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>

namespace safe::fuzz {

// libFuzzer and replay.cpp both catch the abort and keep the input.
inline void expect(bool holds, const char *what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
    std::abort();
}

// What the decoder makes of the input; nothing if it refuses with one of the codes that it documents. Any other
// exception is a finding.
template <class Decode>
auto accepted(Decode decode, std::initializer_list<Errc> refusals) -> std::optional<decltype(decode())> {
    try {
        return decode();
    } catch (const Error &error) {
        for (const Errc code : refusals)
            if (error.code() == code) return std::nullopt;
        std::fprintf(stderr, "fuzz: refused with %s: %s\n", std::string(name_of(error.code())).c_str(),
                     error.message().c_str());
        std::abort();
    }
}

} // namespace safe::fuzz
