// Moves content out of the vault, in order, with a few reads under way at a time.
#pragma once

#include "context.hpp"

#include <functional>
#include <span>

namespace safe::cli {

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = UINT64_MAX; // behind the last byte
};

// "A..B", "A.." or "..B"; throws Failure INVALID_ARGUMENT.
Range parse_range(const std::string &text);
// The part of content of that size; throws INVALID_RANGE if it begins behind the end. A range may reach over the end.
Range within(const Range &range, std::uint64_t size);

using Sink = std::function<void(std::span<const std::uint8_t>)>;

// Gives the bytes of the range to the sink. Advances the terminal's bar by what was given, from `before` on.
void copy(Context &context, const Reader &reader, Range range, std::uint64_t before, const Sink &sink);

} // namespace safe::cli
