// Where content goes: stdout, a device, or a file that appears whole or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace safe::cli {

// The reader of stdout has gone (`| head`): no failure to speak of.
struct ReaderGone {};

// Writes everything or throws: Failure, Interrupted, ReaderGone. `name` is for messages.
void write_all(int fd, std::span<const std::uint8_t> data, const std::string &name);
void print(std::string_view text); // to stdout

class Output {
  public:
    // path "-": stdout. An existing file is only replaced with `force`. A device or FIFO is written to as it is.
    Output(const std::string &path, bool force);
    ~Output();
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;

    void write(std::span<const std::uint8_t> data) { write_all(fd_, data, path_); }
    // Only now the file gets its name.
    void commit();
    bool is_stdout() const { return path_ == "-"; }
    // Replaces the permissions that a new file has by default.
    void set_mode(mode_t mode);

  private:
    void open_temporary(const std::string &folder);
    void give_name_to(const std::string &name) const;

    std::string path_;
    std::string temporary_; // its name while it has one of its own; empty for a file without a name (O_TMPFILE)
    int fd_ = -1;
    bool force_;
    bool is_new_file_ = false;
};

} // namespace safe::cli
