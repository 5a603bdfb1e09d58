// All file work of a directory store, as one port: the real one is native/posix.cpp; tests put in one that fails, and one
// that records what a power cut could leave behind. Every call may block and is made on an I/O thread. What fails throws
// an Error of the store block that names the path.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace safe {

class File {
  public:
    virtual ~File() = default;
    // At the end of what was written before.
    virtual void write(ByteView bytes) = 0;
    // Returns when the content is on the disk (its name is the directory's affair).
    virtual void sync() = 0;
    // Less than asked only at the end of the file.
    virtual std::size_t read_at(std::uint64_t offset, MutableView out) = 0;
    virtual std::uint64_t size() = 0;
};

// Advisory locks on single bytes of a file, which end with the object or its process. Two objects on the same file are
// strangers to each other, also within one process and between two copies of the library in it. Thread-safe; quick.
class LockFile {
  public:
    virtual ~LockFile() = default;
    virtual void share(std::uint64_t byte) = 0; // any number may share
    virtual void release(std::uint64_t byte) noexcept = 0;
    // Some byte in [begin, end) that another object has locked.
    virtual std::optional<std::uint64_t> find_other(std::uint64_t begin, std::uint64_t end) = 0;
};

class FileSystem {
  public:
    virtual ~FileSystem() = default;

    enum class Kind { file, directory };
    struct Status {
        Kind kind;
        std::uint64_t size;
    };

    virtual std::unique_ptr<File> create(const std::string &path) = 0;         // a new file; throws if there is one
    virtual std::unique_ptr<File> open(const std::string &path) = 0;           // for reading; null if there is none
    virtual std::unique_ptr<LockFile> open_locks(const std::string &path) = 0; // of a file that exists

    virtual bool link(const std::string &from, const std::string &to) = 0; // false: `to` exists
    virtual bool unlink(const std::string &path) = 0;                      // false: there was none
    virtual bool make_directory(const std::string &path) = 0;              // false: it exists
    virtual void sync_directory(const std::string &path) = 0;

    virtual std::optional<Status> status(const std::string &path) = 0;
    virtual std::vector<std::string> list(const std::string &path) = 0; // names, in any order
    virtual bool writable(const std::string &path) = 0;                 // whether entries can be made in the directory
    virtual std::uint64_t free_bytes(const std::string &path) = 0;
};

} // namespace safe
