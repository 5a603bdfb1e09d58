// Who uses a vault directory right now, told by byte locks on one file: they end with their process, whatever its end,
// so nothing here needs a heartbeat, expires under a sleeping process, or is left behind.
//
//   bytes 0 .. 2^61       a hold that began at that millisecond of the wall clock
//   bytes 2^61 .. 2^62    a process and the copy of SQLite in it
//   bytes 2^62 .. 2^63-2  one open store, by its random number
#pragma once

#include "store/file_system.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace safe {

class Presence {
  public:
    // `number`: random, names this open store; its low 61 bits count. Throws STORE_BUSY if another copy of SQLite in
    // this process has the directory open: SQLite's own locks belong to the process, so the two would not exclude each
    // other (https://www.sqlite.org/howtocorrupt.html section 2.2.1).
    Presence(std::unique_ptr<LockFile> locks, std::uint64_t number, const std::string &shown);

    // Whether the open store of that number still lives.
    bool lives(std::uint64_t number);

    // Any thread.
    void hold(std::uint64_t since);
    void release(std::uint64_t since) noexcept;
    // The newest hold of this store, or UINT64_MAX.
    std::uint64_t newest_own() const;
    // When the oldest hold of all stores and processes began, but at most `limit`.
    std::uint64_t oldest(std::uint64_t limit);

  private:
    std::unique_ptr<LockFile> locks_;
    const std::uint64_t number_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, unsigned> own_; // since -> how many
};

} // namespace safe
