// Small local files, read whole; and new ones that must not be seen half-written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace safe::cli {

// "-" is stdin. Throws Failure: FILE_NOT_FOUND, IO, DATA_TOO_LARGE above `limit`.
std::vector<std::uint8_t> read_file(const std::string &path, std::size_t limit);

// Writes through a temporary file; see Output.
void write_file(const std::string &path, std::span<const std::uint8_t> data, bool force);

// Whether the file has exactly these bytes.
bool file_holds(const std::string &path, std::span<const std::uint8_t> data);

// The same, but a file that has these bytes already is fine: commands can be run again.
void write_once(const std::string &path, std::span<const std::uint8_t> data, bool force);

// Opened for reading, "-" being stdin, without being held up by a FIFO; throws Failure with a message that names the path.
class OpenFile {
  public:
    explicit OpenFile(const std::string &path);
    ~OpenFile();
    OpenFile(const OpenFile &) = delete;
    OpenFile &operator=(const OpenFile &) = delete;
    int fd() const { return fd_; }

  private:
    int fd_;
};

// Reads what is there, at most `size` bytes; 0 at the end. Lets signals in while it waits.
std::size_t read_some(int fd, std::uint8_t *buffer, std::size_t size, const std::string &name);

} // namespace safe::cli
