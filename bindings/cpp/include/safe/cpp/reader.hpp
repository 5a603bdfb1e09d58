// Content that is read at random.
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/cpp/future.hpp"
#include "safe/get.h"

namespace safe {
inline namespace v1 {

namespace detail {
inline constexpr auto take_bytes = take_object<Bytes, safe_op_take_bytes, safe_bytes>;
} // namespace detail

// Any number of reads may be under way.
class Reader {
  public:
    Reader() noexcept = default;
    explicit Reader(safe_reader *raw) noexcept : handle_(raw) {}

    // Bytes of content.
    std::uint64_t size() const noexcept { return safe_reader_size(get()); }

    // Up to `length` bytes (at most 16 MiB) from `offset`; fewer at the end.
    Future<Bytes> read(std::uint64_t offset, std::uint64_t length) {
        return {safe_reader_read(get(), offset, length), detail::take_bytes};
    }

    // Reads into the caller's memory, which is lent until the future has ended or is gone. Gives the number of bytes: all that
    // there is room for, or fewer at the end.
    Future<std::uint64_t> read_into(std::uint64_t offset, Room room) {
        return {safe_reader_read_into(get(), offset, room.data(), room.size()), detail::take_number, true};
    }

    // For the C interface.
    safe_reader *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_reader, safe_reader_free> handle_;
};

} // namespace v1
} // namespace safe
