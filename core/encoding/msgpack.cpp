#include "encoding/msgpack.hpp"

#include "encoding/text.hpp"

namespace safe::msgpack {
namespace {

// The type bytes of the specification.
constexpr Byte type_nil = 0xc0, type_false = 0xc2, type_true = 0xc3;
constexpr Byte type_bin8 = 0xc4, type_bin16 = 0xc5, type_bin32 = 0xc6;
constexpr Byte type_uint8 = 0xcc, type_int8 = 0xd0; // then 16, 32, 64 bits
constexpr Byte type_str8 = 0xd9, type_str16 = 0xda, type_str32 = 0xdb;
constexpr Byte type_array16 = 0xdc, type_array32 = 0xdd;
constexpr unsigned fix_array = 0x90, fix_str = 0xa0, fix_negative = 0xe0;

// How many doublings of a byte the value needs: 0 for 8 bits up to 3 for 64.
constexpr unsigned width(std::uint64_t value) {
    return value <= UINT8_MAX ? 0 : value <= UINT16_MAX ? 1 : value <= UINT32_MAX ? 2 : 3;
}

} // namespace

void Writer::big_endian(std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;) out_.push_back(static_cast<Byte>(value >> (8 * i)));
}

// The head of a string, binary or array: one byte with the length in it below `fix_limit`, else a type and a length.
// `type8` is 0 where there is no 8-bit form.
void Writer::head(unsigned fix, unsigned fix_limit, Byte type8, Byte type16, std::size_t length) {
    if (length > UINT32_MAX)
        throw Error(Errc::data_too_large, "MessagePack holds at most 4 GiB in one value, but it was given " +
                                              std::to_string(length) + " bytes");
    if (length < fix_limit) {
        out_.push_back(static_cast<Byte>(fix | length));
    } else if (type8 != 0 && length <= UINT8_MAX) {
        out_.push_back(type8);
        big_endian(length, 1);
    } else if (length <= UINT16_MAX) {
        out_.push_back(type16);
        big_endian(length, 2);
    } else {
        out_.push_back(static_cast<Byte>(type16 + 1));
        big_endian(length, 4);
    }
}

Writer &Writer::nil() {
    out_.push_back(type_nil);
    return *this;
}

Writer &Writer::boolean(bool value) {
    out_.push_back(value ? type_true : type_false);
    return *this;
}

Writer &Writer::uint(std::uint64_t value) {
    if (value >= 0x80) {
        out_.push_back(static_cast<Byte>(type_uint8 + width(value)));
        big_endian(value, 1u << width(value));
    } else {
        out_.push_back(static_cast<Byte>(value));
    }
    return *this;
}

Writer &Writer::sint(std::int64_t value) {
    if (value >= 0) return uint(static_cast<std::uint64_t>(value));
    if (value >= -32) {
        out_.push_back(static_cast<Byte>(value));
        return *this;
    }
    const unsigned power = value >= INT8_MIN ? 0 : value >= INT16_MIN ? 1 : value >= INT32_MIN ? 2 : 3;
    out_.push_back(static_cast<Byte>(type_int8 + power));
    big_endian(static_cast<std::uint64_t>(value), 1u << power);
    return *this;
}

Writer &Writer::str(std::string_view text) {
    head(fix_str, 32, type_str8, type_str16, text.size());
    out_.insert(out_.end(), text.begin(), text.end());
    return *this;
}

Writer &Writer::bin(ByteView bytes) {
    head(0, 0, type_bin8, type_bin16, bytes.size());
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
}

Writer &Writer::array(std::size_t count) {
    head(fix_array, 16, 0, type_array16, count);
    return *this;
}

void Reader::fail(std::string_view problem) const {
    throw Error(code_, std::string(what_) + " " + std::string(problem) + " (at byte " + std::to_string(position()) +
                           " of " + std::to_string(whole_) + ")");
}

Byte Reader::peek() const {
    if (rest_.empty()) fail("ends too early");
    return rest_.front();
}

ByteView Reader::take(std::size_t size) {
    if (size > rest_.size()) fail("ends too early");
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

std::uint64_t Reader::big_endian(unsigned size) {
    std::uint64_t value = 0;
    for (const Byte byte : take(size)) value = value << 8 | byte;
    return value;
}

void Reader::nil() {
    if (peek() != type_nil) fail("has something else where nil should be");
    take(1);
}

bool Reader::is_nil() const { return peek() == type_nil; }

bool Reader::boolean() {
    const Byte type = peek();
    if (type != type_false && type != type_true) fail("has something else where a boolean should be");
    take(1);
    return type == type_true;
}

std::uint64_t Reader::uint(std::uint64_t most) {
    const Byte type = peek();
    std::uint64_t value = type;
    if (type >= 0x80) {
        if (type < type_uint8 || type > type_uint8 + 3)
            fail("has something else where a number of zero or more should be");
        take(1);
        const unsigned power = type - type_uint8;
        value = big_endian(1u << power);
        if (value < 0x80 || width(value) != power) fail("has a number that is not in its shortest form");
    } else {
        take(1);
    }
    if (value > most) fail("has a number that is out of range: " + std::to_string(value));
    return value;
}

std::int64_t Reader::sint() {
    const Byte type = peek();
    if (type >= fix_negative) {
        take(1);
        return static_cast<std::int8_t>(type);
    }
    if (type < type_int8 || type > type_int8 + 3) return static_cast<std::int64_t>(uint(INT64_MAX));
    take(1);
    const unsigned power = type - type_int8, bits = 8u << power;
    // The sign bit is moved to the top and back, which fills the upper bits with it.
    const auto value = static_cast<std::int64_t>(big_endian(1u << power) << (64 - bits)) >> (64 - bits);
    const bool shorter = value >= -32 || (power > 0 && value >= -(std::int64_t{1} << (bits / 2 - 1)));
    if (shorter) fail("has a number that is not in its shortest form");
    return value;
}

// The length after a type byte of 8, 16 or 32 bits, in the shortest form (below the 8-bit form the caller looks).
std::size_t Reader::length(Byte type8, Byte type16, Byte type32, Byte type, std::string_view expected) {
    if (type != type16 && type != type32 && (type8 == 0 || type != type8))
        fail("has something else where " + std::string(expected) + " should be");
    take(1);
    const unsigned power = type == type32 ? 2 : type == type16 ? 1 : 0;
    const std::uint64_t value = big_endian(1u << power);
    const bool shorter = power == 2 ? value <= UINT16_MAX : power == 1 && type8 != 0 && value <= UINT8_MAX;
    if (shorter) fail("has a length that is not in its shortest form");
    return static_cast<std::size_t>(value);
}

std::string_view Reader::str(std::size_t most) {
    const Byte type = peek();
    std::size_t size = type & 31u;
    if ((type & 0xe0u) == fix_str) {
        take(1);
    } else {
        size = length(type_str8, type_str16, type_str32, type, "a text");
        if (size < 32) fail("has a length that is not in its shortest form");
    }
    if (size > most)
        fail("has a text of " + std::to_string(size) + " bytes where " + std::to_string(most) + " are the most");
    const std::string_view text = text_of(take(size));
    if (!is_utf8(text)) fail("has a text that is not UTF-8");
    return text;
}

ByteView Reader::bin(std::size_t most) {
    const std::size_t size = length(type_bin8, type_bin16, type_bin32, peek(), "binary data");
    if (size > most) fail("has " + std::to_string(size) + " bytes where " + std::to_string(most) + " are the most");
    return take(size);
}

bool Reader::is_array() const {
    const Byte type = peek();
    return (type & 0xf0u) == fix_array || type == type_array16 || type == type_array32;
}

std::size_t Reader::array(std::size_t most) {
    const Byte type = peek();
    std::size_t count = type & 15u;
    if ((type & 0xf0u) == fix_array) {
        take(1);
    } else {
        count = length(0, type_array16, type_array32, type, "an array");
        if (count < 16) fail("has a length that is not in its shortest form");
    }
    if (count > most)
        fail("has an array of " + std::to_string(count) + " where " + std::to_string(most) + " are the most");
    // Every value takes at least one byte.
    if (count > rest_.size()) fail("ends too early");
    return count;
}

void Reader::array_of(std::size_t count) {
    if (array(count) != count) fail("has an array of fewer than " + std::to_string(count) + " values");
}

void Reader::end() {
    if (!rest_.empty()) fail("goes on after its end");
}

} // namespace safe::msgpack
