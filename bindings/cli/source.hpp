// What LINK|ADDRESS|DATAMAP-FILE names.
#pragma once

#include "context.hpp"

#include <string>
#include <vector>

namespace safe::cli {

struct Source {
    std::string shown;                 // how to speak of it: never a secret
    Link link;                         // of a link or an address
    std::vector<std::uint8_t> datamap; // of a data map file
    std::string name;                  // of the content; empty if it has none
};

// "safe:..." is a link, 64 hex digits are an address, "-" is a link or an address on stdin (which keeps it out of the
// list of processes); anything else is a file that holds a data map, a link or an address.
Source resolve(Context &context, const std::string &text);

// Opens it in the vault.
Reader open_source(Context &context, const Client &client, const Source &source);

// A link without what makes it a secret: public ones whole, private ones only their beginning.
std::string redacted(const Link &link);

inline constexpr const char *source_help =
    "A link (safe:...), an address (64 hex digits), a file that holds a data map or a link, or - for a link on stdin";

} // namespace safe::cli
