// The files of large values. Each has a name that is used once and never again: two digits for its folder, the number of
// the store that wrote it, a count. A file becomes part of the vault when a row of the index names it, so what no row
// names is nobody's, whatever ended its writer.
//
//   tmp/<name>                  while it is being written and until its row is there or refused
//   objects/<2 digits>/<rest>   the same file, before its row is written
#pragma once

#include "store/file_system.hpp"

#include <atomic>
#include <bitset>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace safe {

class Objects {
  public:
    Objects(std::shared_ptr<FileSystem> files, std::string root, std::uint64_t number)
        : files_(std::move(files)), root_(std::move(root)), number_(number) {}

    // Whether this vault once was whole: its folders are there.
    bool has_folders();
    void make_folders();

    // Writes and syncs a new file; gives its name. Nothing remains of a failure.
    std::string write(ByteView value);
    // Not by two threads at once. Enters it in its folder. Lasting only after sync_folders() with all names that were published.
    void publish(const std::string &name);
    void sync_folders(std::span<const std::string> names);
    // Its row is there.
    void keep(const std::string &name) noexcept;
    // There is no row and there will be none.
    void discard(const std::string &name) noexcept;
    // A row named it once, and does so no more.
    void remove(const std::string &name);

    std::unique_ptr<File> open(const std::string &name);
    std::optional<std::uint64_t> size(const std::string &name);

    // Files of stores that ended in the middle of a write: those that `lives` denies.
    std::vector<std::string> stale(const std::function<bool(std::uint64_t number)> &lives);

  private:
    std::string temporary(const std::string &name) const { return root_ + "/tmp/" + name; }
    std::string folder(std::string_view name) const;
    std::string place(const std::string &name) const;
    std::string next_name();

    std::shared_ptr<FileSystem> files_;
    const std::string root_;
    const std::uint64_t number_;
    std::atomic<std::uint64_t> count_{0};
    std::bitset<256> lasting_; // folders whose entry is on the disk
};

} // namespace safe
