// MessagePack (github.com/msgpack/msgpack, spec.md) as our formats use it: nil, booleans, integers, strings, binary and
// arrays. One value has one encoding: the writer writes the shortest, the reader takes no other. So what was decoded
// encodes to the same bytes again, and nobody can make two names for one thing.
//
// The reader never allocates, and never trusts an announced length that the bytes left cannot hold.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace safe::msgpack {

class Writer {
  public:
    // Appends to `start`: what a format puts before its MessagePack.
    explicit Writer(Bytes start = {}) : out_(std::move(start)) {}

    Writer &nil();
    Writer &boolean(bool value);
    Writer &uint(std::uint64_t value);
    Writer &sint(std::int64_t value);
    Writer &str(std::string_view text); // below 4 GiB, as bin and array
    Writer &bin(ByteView bytes);
    Writer &array(std::size_t count); // then `count` values

    Bytes take() { return std::move(out_); }

  private:
    void head(unsigned fix, unsigned fix_limit, Byte type8, Byte type16, std::size_t length);
    void big_endian(std::uint64_t value, unsigned size);

    Bytes out_;
};

class Reader {
  public:
    // `what` names the thing in messages: "a request", "the data map". What is read stays a view of `bytes`.
    // The code is what a violation throws: that of the format which is being read.
    explicit Reader(ByteView bytes, std::string_view what, Errc code = Errc::bad_message)
        : rest_(bytes), whole_(bytes.size()), what_(what), code_(code) {}

    void nil();
    bool is_nil() const; // without taking it
    bool boolean();
    std::uint64_t uint(std::uint64_t most = UINT64_MAX);
    std::int64_t sint();
    std::string_view str(std::size_t most); // UTF-8 is verified
    ByteView bin(std::size_t most);
    template <std::size_t size>
    std::array<Byte, size> fixed() { // bin of exactly that size
        const ByteView bytes = bin(size);
        if (bytes.size() != size) fail("has a value of the wrong size");
        std::array<Byte, size> out;
        for (std::size_t i = 0; i < size; ++i) out[i] = bytes[i];
        return out;
    }
    bool is_array() const; // without taking it
    // The number of values that follow: at most `most`, and at most as many as there are bytes left.
    std::size_t array(std::size_t most);
    void array_of(std::size_t count); // exactly

    void end(); // throws if anything is left
    std::size_t position() const { return whole_ - rest_.size(); }
    std::size_t left() const { return rest_.size(); }

    // Throws: "<what> <problem> (at byte <position>)".
    [[noreturn]] void fail(std::string_view problem) const;

  private:
    Byte peek() const;
    ByteView take(std::size_t size);
    std::uint64_t big_endian(unsigned size);
    std::size_t length(Byte type8, Byte type16, Byte type32, Byte type, std::string_view expected);

    ByteView rest_;
    std::size_t whole_;
    std::string_view what_; // a literal, or outlives the reader
    Errc code_;
};

} // namespace safe::msgpack
