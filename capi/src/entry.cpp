#include "entry.hpp"

#include <cstdio>

namespace safe {

namespace {

// The first byte that is not part of well-formed UTF-8 (RFC 3629), or npos.
std::size_t find_bad_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xC2 ? 0
                                   : lead < 0xE0 ? 2
                                   : lead < 0xF0 ? 3
                                   : lead < 0xF5 ? 4
                                                 : 0;
        if (length == 0 || i + length > text.size()) return i;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return i;
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
            (lead == 0xF4 && second > 0x8F))
            return i;
        i += length;
    }
    return std::string_view::npos;
}

} // namespace

void Call::refuse(const char *argument, const std::string &what) const {
    throw Error(Errc::invalid_argument, std::string(function_) + ": " + argument + " " + what);
}

std::string Call::text(const char *text, const char *name) const {
    if (!text) refuse(name, "is NULL");
    std::string copy(text);
    const std::size_t bad = find_bad_utf8(copy);
    if (bad != std::string_view::npos)
        refuse(name, "is not UTF-8: the byte at offset " + std::to_string(bad) + " does not belong there");
    return copy;
}

ByteView Call::bytes(const std::uint8_t *data, std::size_t size, const char *name) const {
    if (!data && size) refuse(name, "is NULL although its size is " + std::to_string(size));
    return {data, size};
}

Bytes32 Call::array32(const std::uint8_t *data, const char *name) const {
    pointer(data, name);
    Bytes32 copy;
    std::copy_n(data, copy.size(), copy.begin());
    return copy;
}

void Call::flags(std::uint32_t flags, std::uint32_t known, const char *name) const {
    if (!(flags & ~known)) return;
    char hex[16];
    std::snprintf(hex, sizeof hex, "0x%x", flags & ~known);
    refuse(name, std::string("has bits that mean nothing here: ") + hex);
}

void Call::index(std::uint64_t index, std::uint64_t count, const char *name) const {
    if (index < count) return;
    throw Error(Errc::invalid_range, std::string(function_) + ": " + name + " " + std::to_string(index) +
                                         " is outside of the " + std::to_string(count) + " there are");
}

void Call::bad_handle(const void *handle, Handles::Word word, unsigned tag, const char *name, Errc error) const {
    const std::string what = std::string(function_) + ": " + name + " ";
    const std::string wanted = name_of_tag(tag);
    if (!handle) throw Error(Errc::invalid_handle, what + "is NULL, not a " + wanted);
    if (error == Errc::wrong_handle_type)
        throw Error(error, what + "is a " + name_of_tag(handles().tag_in(word)) + ", not a " + wanted);
    throw Error(error, what + "is not a live " + wanted + ": it was freed, or never given out by this library");
}

void check_not_forked(const char *function) {
    if (forked())
        throw Error(Errc::forked, std::string(function) + ": this process is the child of a fork and its parent used "
                                                          "the library; exec a new program, or fork before the first "
                                                          "use");
}

safe_status report(safe_error **out) noexcept {
    Errc code = Errc::out_of_memory;
    try {
        auto error = std::make_shared<const Error>(current_error());
        code = error->code();
        if (out) *out = new_handle<safe_error>(std::move(error));
    } catch (...) {
        // No memory or no handle for the error object: the status must do.
    }
    return static_cast<safe_status>(code);
}

safe_op *failed_op() noexcept {
    try {
        return Op::give_out(Op::failed(current_error()));
    } catch (...) {
        return nullptr;
    }
}

} // namespace safe
