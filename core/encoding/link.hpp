// Links (DESIGN 3.14): "safe:public-" or "safe:private-" and lower-case base32 (RFC 4648, no padding) of a version byte,
// the fields, and the first 4 bytes of BLAKE3("safe-link-1" || kind || all before). docs/formats.md, "Links".
#pragma once

#include "encoding/content.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace safe {

struct Link {
    std::variant<Address, Content> target; // address of a public content descriptor, or the descriptor itself
    std::optional<std::uint64_t> size;
    std::string name;       // empty: none
    std::string media_type; // empty: none

    bool is_private() const { return target.index() == 1; }
};

// Throws DATA_TOO_LARGE if the target does not fit into limits::max_link_text (a map of more than three chunks),
// INVALID_ARGUMENT for a name or media type that is too long, not UTF-8, or has control characters.
std::string to_text(const Link &link);
// Throws BAD_LINK with a message that says what is wrong. Only the canonical form is taken; surrounding white space is not.
Link parse_link(std::string_view text);

} // namespace safe
