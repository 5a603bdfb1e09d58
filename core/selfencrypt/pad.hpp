// The last step of all chunk formats: XOR with a short repeating pad.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstring>

namespace safe {

// A pad of N bytes, repeated until it is a whole number of vector registers long: lcm(N, 64) bytes.
template <std::size_t N>
class Pad {
  public:
    explicit Pad(ByteView pad) {
        for (std::size_t i = 0; i < repeated_.size(); ++i) repeated_[i] = pad[i % N];
    }

    // to[i] = from[i] ^ pad[(offset + i) mod N]; `offset` is where `from` lies in the chunk; to may be from.
    void apply(ByteView from, Byte *to, std::size_t offset) const {
        const Byte *pad = repeated_.data() + offset % N;
        const Byte *at = from.data();
        std::size_t left = from.size();
        for (; left >= period; left -= period, at += period, to += period)
            for (std::size_t i = 0; i < period; i += lane) mix(at + i, pad + i, to + i);
        for (std::size_t i = 0; i < left; ++i) to[i] = at[i] ^ pad[i];
    }

  private:
    static constexpr std::size_t power_of_two(std::size_t n) {
        return n % 2 == 0 && n > 1 ? 2 * power_of_two(n / 2) : 1;
    }
    static constexpr std::size_t period = N * (64 / power_of_two(N));

    static constexpr std::size_t lane = 64;

    // Both sides are loaded before anything is stored, so that the compiler may use vector registers for all.
    static void mix(const Byte *from, const Byte *pad, Byte *to) {
        std::uint64_t a[lane / 8], b[lane / 8];
        std::memcpy(a, from, lane);
        std::memcpy(b, pad, lane);
        for (std::size_t i = 0; i < lane / 8; ++i) a[i] ^= b[i];
        std::memcpy(to, a, lane);
    }

    std::array<Byte, period + N> repeated_;
};

} // namespace safe
