// Links: everything that is needed to read content.
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/link.h"

#include <optional>
#include <string>

namespace safe {
inline namespace v1 {

// A public link has the address of the data map; a private one has the map itself, and is a secret.
class Link {
  public:
    Link() noexcept = default;
    explicit Link(safe_link *raw) noexcept : handle_(raw) {}

    static Link parse(const std::string &text) {
        Link link;
        call(safe_link_parse, text.c_str(), link.handle_.out());
        return link;
    }

    static Link from_address(const Address &address) {
        Link link;
        call(safe_link_from_address, address.data(), link.handle_.out());
        return link;
    }

    // datamap: MessagePack, as in a .datamap file.
    static Link from_datamap(View datamap) {
        Link link;
        call(safe_link_from_datamap, datamap.data(), datamap.size(), link.handle_.out());
        return link;
    }

    // The same link with another name and media type.
    Link with(const std::optional<std::string> &name,
              const std::optional<std::string> &media_type = std::nullopt) const {
        Link link;
        call(safe_link_with, get(), detail::c_str(name), detail::c_str(media_type), link.handle_.out());
        return link;
    }

    // The canonical text.
    std::string text() const {
        const char *text = safe_link_text(get());
        return text ? text : "";
    }

    bool is_private() const noexcept { return safe_link_is_private(get()) != 0; }

    // Bytes of content, if the link says so.
    std::optional<std::uint64_t> size() const noexcept {
        const std::uint64_t size = safe_link_size(get());
        return size == SAFE_SIZE_UNKNOWN ? std::nullopt : std::optional(size);
    }

    std::optional<std::string> name() const { return optional(safe_link_name(get())); }
    std::optional<std::string> media_type() const { return optional(safe_link_media_type(get())); }

    // Of a public link; SAFE_INVALID_ARGUMENT for a private one.
    Address address() const {
        Address address{};
        call(safe_link_address, get(), address.data());
        return address;
    }

    // Of a private link; SAFE_INVALID_ARGUMENT for a public one.
    Bytes datamap() const {
        safe_bytes *raw = nullptr;
        call(safe_link_datamap, get(), &raw);
        return Bytes(raw);
    }

    friend bool operator==(const Link &one, const Link &other) { return one.text() == other.text(); }
    friend bool operator!=(const Link &one, const Link &other) { return !(one == other); }

    // For the C interface.
    safe_link *get() const noexcept { return handle_.get(); }

  private:
    static std::optional<std::string> optional(const char *text) {
        return text ? std::optional<std::string>(text) : std::nullopt;
    }

    Handle<safe_link, safe_link_free> handle_;
};

} // namespace v1
} // namespace safe
