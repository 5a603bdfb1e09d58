// The doors of a directory store with a Disk behind them that takes notes.
#pragma once

#include "disk.hpp"
#include "store/file_system.hpp"

#include <memory>
#include <string>

namespace safe::crash {

std::shared_ptr<FileSystem> recording_file_system(std::shared_ptr<Disk> disk);

// An SQLite VFS over the system's; give its name to DirectoryOptions. One at a time.
class RecordingVfs {
  public:
    explicit RecordingVfs(std::shared_ptr<Disk> disk);
    ~RecordingVfs();
    static constexpr const char *name = "recording";
};

} // namespace safe::crash
