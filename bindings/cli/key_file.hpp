// Signing keys in files: the only place that the tool takes them from, because arguments and environments can be seen by
// others. A file holds the seed as 64 hex digits on a line, and comments that begin with #.
#pragma once

#include "handle.hpp"
#include "text.hpp"

#include <string>

namespace safe::cli {

// Makes the file with mode 0600; it must not exist.
Key generate_key_file(const std::string &path);
// Throws Failure ACCESS_DENIED if anybody but the owner can read or write the file.
Key read_key_file(const std::string &path);
Address public_key(const Key &key);

} // namespace safe::cli
