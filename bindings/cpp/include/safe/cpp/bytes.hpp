// Bytes on their way in (View), on their way into the caller's memory (Room), and given out (Bytes, Address).
#pragma once

#include "safe/bytes.h"
#include "safe/cpp/error.hpp"
#include "safe/cpp/handle.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#if defined(__cpp_lib_span)
#include <span>
#endif

namespace safe {
inline namespace v1 {

// The hash by which a chunk or a record is found.
using Address = std::array<std::uint8_t, 32>;

namespace detail {

// Elements of one byte that mean themselves: char, unsigned char, std::byte, char8_t.
template <class Element>
constexpr bool is_byte = sizeof(Element) == 1 && std::is_trivially_copyable_v<Element> &&
                         !std::is_same_v<Element, bool>;

template <class Range, class = void>
constexpr bool is_bytes = false;
template <class Range>
constexpr bool
    is_bytes<Range, std::void_t<decltype(std::data(std::declval<Range &>()), std::size(std::declval<Range &>()))>> =
        is_byte<std::remove_cv_t<std::remove_pointer_t<decltype(std::data(std::declval<Range &>()))>>>;

// The same, if they may be written to.
template <class Range, class = void>
constexpr bool is_room = false;
template <class Range>
constexpr bool is_room<Range, std::enable_if_t<is_bytes<Range>>> =
    std::is_convertible_v<decltype(std::data(std::declval<Range &>())), void *>;

// A literal ends in a NUL, which is not content.
template <class Range>
constexpr bool is_literal =
    std::is_array_v<Range> &&std::is_same_v<std::remove_cv_t<std::remove_extent_t<Range>>, char>;

} // namespace detail

// Somebody else's bytes: of a string, a string_view, a vector or array of bytes, a std::span, a literal.
class View {
  public:
    constexpr View() noexcept = default;
    View(const void *data, std::size_t size) noexcept : data_(static_cast<const std::uint8_t *>(data)), size_(size) {}
    View(const char *text) noexcept : View(text, std::strlen(text)) {}

    template <class Range, class = std::enable_if_t<detail::is_bytes<const Range> && !detail::is_literal<Range>>>
    View(const Range &range) noexcept : View(std::data(range), std::size(range)) {}

    const std::uint8_t *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

  private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

// Somebody else's memory, to be written to.
class Room {
  public:
    constexpr Room() noexcept = default;
    Room(void *data, std::size_t size) noexcept : data_(static_cast<std::uint8_t *>(data)), size_(size) {}

    template <class Range, class = std::enable_if_t<!std::is_same_v<std::decay_t<Range>, Room> &&
                                                    detail::is_room<std::remove_reference_t<Range>>>>
    Room(Range &&range) noexcept : Room(std::data(range), std::size(range)) {}

    std::uint8_t *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

  private:
    std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

// Bytes that the library gave out. They stay where they are when this is moved.
class Bytes {
  public:
    using value_type = std::uint8_t;

    Bytes() noexcept = default;
    explicit Bytes(safe_bytes *raw) noexcept : handle_(raw), data_(safe_bytes_data(raw)), size_(safe_bytes_size(raw)) {}

    const std::uint8_t *data() const noexcept { return handle_ ? data_ : nullptr; }
    std::size_t size() const noexcept { return handle_ ? size_ : 0; }
    bool empty() const noexcept { return size() == 0; }
    const std::uint8_t *begin() const noexcept { return data(); }
    const std::uint8_t *end() const noexcept { return data() + size(); }
    std::uint8_t operator[](std::size_t index) const noexcept { return data_[index]; }

    std::string_view text() const noexcept { return {reinterpret_cast<const char *>(data()), size()}; }
    std::vector<std::uint8_t> vector() const { return {begin(), end()}; }
#if defined(__cpp_lib_span)
    std::span<const std::byte> span() const noexcept { return std::as_bytes(std::span(data(), size())); }
#endif

  private:
    Handle<safe_bytes, safe_bytes_free> handle_;
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

namespace detail {

inline Address address_of(const Bytes &bytes) {
    Address address{};
    if (bytes.size() != address.size()) throw Error(SAFE_UNEXPECTED, "an address of another size");
    std::memcpy(address.data(), bytes.data(), address.size());
    return address;
}

// A text that may be none.
inline const char *c_str(const std::optional<std::string> &text) { return text ? text->c_str() : nullptr; }

} // namespace detail

} // namespace v1
} // namespace safe
