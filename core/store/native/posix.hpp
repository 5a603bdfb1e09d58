// The file system of the operating system.
#pragma once

#include "store/file_system.hpp"

namespace safe {

std::shared_ptr<FileSystem> posix_file_system();

} // namespace safe
