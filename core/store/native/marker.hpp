// The file that says whose directory this is and in which format (docs/formats.md, "Vault directory").
#pragma once

#include "store/file_system.hpp"

#include <string>

namespace safe {

constexpr std::uint32_t directory_format = 1;

// Makes sure that `path` is a vault directory of ours: makes it if `create` and there is nothing, else throws
// STORE_MISSING, STORE_VERSION, STORE_CORRUPT, INVALID_ARGUMENT (there are other things in it). `unique` names temporary
// files. Safe when several processes make the same vault at once.
void prepare_directory(FileSystem &files, const std::string &path, bool create, const std::string &unique);

} // namespace safe
