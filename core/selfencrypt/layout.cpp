#include "selfencrypt/layout.hpp"

namespace safe {

Layout layout_of(std::uint64_t size, std::uint64_t most, std::uint64_t least) {
    if (size < 3 * least) return {size, 0, 0, 0, 0};
    if (size < 3 * most) return {size, 3, size / 3, size / 3, size - 2 * (size / 3)};
    const std::uint64_t rest = size % most;
    const std::uint64_t count = size / most + (rest != 0);
    if (rest == 0) return {size, count, most, most, most};
    if (rest < least) return {size, count, most, most - least, least + rest};
    return {size, count, most, most, rest};
}

} // namespace safe
