#include "copy.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace safe::cli {
namespace {

constexpr std::size_t piece = 1 << 20;
constexpr std::size_t pieces_under_way = 3;

// A read under way: its buffer is the operation's until that has ended.
struct Piece {
    std::vector<std::uint8_t> buffer;
    Op op;
    std::size_t size = 0;

    ~Piece() { stop(op); }
};

std::uint64_t number_in(std::string_view text, std::uint64_t otherwise, const std::string &whole) {
    if (text.empty()) return otherwise;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "\"" + whole + "\" is no range: write A..B, A.. or ..B, in bytes, B not included");
    }
    return value;
}

} // namespace

Range parse_range(const std::string &text) {
    const auto dots = text.find("..");
    const std::string_view all = text;
    Range range;
    range.begin = number_in(all.substr(0, dots), dots == std::string::npos ? UINT64_MAX : 0, text);
    if (dots == std::string::npos) number_in("?", 0, text);
    range.end = number_in(all.substr(dots + 2), UINT64_MAX, text);
    if (range.begin > range.end) {
        throw Failure(SAFE_INVALID_ARGUMENT, "\"" + text + "\" is no range: it ends before it begins");
    }
    return range;
}

Range within(const Range &range, std::uint64_t size) {
    if (range.begin > size) {
        throw Failure(SAFE_INVALID_RANGE, "the range begins at byte " + human_count(range.begin) +
                                              ", but the content has " + human_count(size) + " bytes");
    }
    return {range.begin, std::min(range.end, size)};
}

void copy(Context &context, const Reader &reader, Range range, std::uint64_t before, const Sink &sink) {
    Loop &loop = context.loop();
    std::array<Piece, pieces_under_way> pieces;
    std::uint64_t asked = range.begin;
    const auto ask = [&](Piece &slot) {
        slot.size = static_cast<std::size_t>(std::min<std::uint64_t>(piece, range.end - asked));
        if (slot.size == 0) return;
        slot.buffer.resize(slot.size);
        slot.op = Op(safe_reader_read_into(reader.get(), asked, slot.buffer.data(), slot.size));
        asked += slot.size;
    };
    for (Piece &slot : pieces) ask(slot);
    std::uint64_t done = range.begin;
    for (std::size_t next = 0; done < range.end; next = (next + 1) % pieces.size()) {
        Piece &slot = pieces[next];
        const std::uint64_t got = loop.number(slot.op);
        if (got != slot.size) throw Failure(SAFE_UNEXPECTED, "the library gave fewer bytes than the content has");
        sink({slot.buffer.data(), slot.size});
        done += slot.size;
        context.terminal.advance(before + done - range.begin);
        ask(slot);
    }
}

} // namespace safe::cli
