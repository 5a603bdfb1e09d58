// A store in a directory: an SQLite index that also holds small values, and a file for each large one (DETAILS D8;
// docs/formats.md, "Vault directory"). Any number of threads and processes share the directory.
#pragma once

#include "base/runtime.hpp"
#include "store/file_system.hpp"
#include "store/store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace safe {

struct DirectoryOptions {
    bool create = true; // make it if there is none; otherwise that is STORE_MISSING

    // Values up to this size are rows, larger ones files. Measured (store_bench --border, ext4 on a virtual disk, 16
    // creates at a time): rows are twice to four times as quick at 4 to 32 KiB, as quick as files at about 64 KiB, and
    // half as quick at 128 KiB. Half of the break-even, since a row is written twice and read whole for a part of it.
    std::uint64_t inline_limit = 32 * 1024;

    std::chrono::milliseconds patience{10'000}; // for other processes, before STORE_BUSY
    std::string sqlite_vfs;                     // tests put theirs in
};

// Throws STORE_MISSING, STORE_VERSION, STORE_CORRUPT, STORE_BUSY, STORE_READ_ONLY (a directory that is to be made and
// cannot be; one that exists is opened for reading), INVALID_ARGUMENT (a directory with other things in it).
Awaitable<StoreRef> open_directory_store(RuntimeRef runtime, std::shared_ptr<FileSystem> files, std::string path,
                                         DirectoryOptions options);

} // namespace safe
