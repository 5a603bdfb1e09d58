#include "files.hpp"

#include "handle.hpp"
#include "output.hpp"
#include "signals.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace safe::cli {

OpenFile::OpenFile(const std::string &path)
    : fd_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ >= 0) return;
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Failure(missing ? SAFE_FILE_NOT_FOUND : SAFE_IO, "cannot read " + path + ": " + std::strerror(errno));
}

OpenFile::~OpenFile() {
    if (fd_ != STDIN_FILENO) ::close(fd_);
}

std::size_t read_some(int fd, std::uint8_t *buffer, std::size_t size, const std::string &name) {
    while (true) {
        wait_for(fd, POLLIN, -1);
        const ssize_t got = ::read(fd, buffer, size);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR && errno != EAGAIN)
            throw Failure(SAFE_IO, "cannot read " + name + ": " + std::strerror(errno));
    }
}

std::vector<std::uint8_t> read_file(const std::string &path, std::size_t limit) {
    const std::string name = path == "-" ? "standard input" : path;
    const OpenFile file(path);
    std::vector<std::uint8_t> out;
    std::size_t used = 0, got = 0;
    do {
        out.resize(used + 65536);
        got = read_some(file.fd(), out.data() + used, 65536, name);
        used += got;
        if (used > limit)
            throw Failure(SAFE_DATA_TOO_LARGE, name + " is larger than " + std::to_string(limit) + " bytes");
    } while (got != 0);
    out.resize(used);
    return out;
}

bool file_holds(const std::string &path, std::span<const std::uint8_t> data) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (static_cast<std::uint64_t>(status.st_size) != data.size()) return false;
    const auto there = read_file(path, data.size());
    return std::equal(there.begin(), there.end(), data.begin(), data.end());
}

void write_once(const std::string &path, std::span<const std::uint8_t> data, bool force) {
    if (!file_holds(path, data)) write_file(path, data, force);
}

void write_file(const std::string &path, std::span<const std::uint8_t> data, bool force) {
    Output output(path, force);
    output.write(data);
    output.commit();
}

} // namespace safe::cli
