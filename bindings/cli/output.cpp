#include "output.hpp"

#include "handle.hpp"
#include "signals.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <random>
#include <unistd.h>

namespace safe::cli {
namespace {

[[noreturn]] void fail(const std::string &what, int error) {
    throw Failure(SAFE_IO, what + ": " + std::strerror(error));
}

std::string folder_of(const std::string &path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string random_name() {
    std::random_device device;
    char out[32];
    std::snprintf(out, sizeof out, ".safe-%08x%08x.part", device(), device());
    return out;
}

[[noreturn]] void fail_exists(const std::string &path) {
    throw Failure(SAFE_INVALID_ARGUMENT, "will not overwrite " + path + ": it exists already; --force replaces it");
}

} // namespace

void write_all(int fd, std::span<const std::uint8_t> data, const std::string &name) {
    struct stat status {};
    const bool is_file = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    // A pipe that is ready takes PIPE_BUF bytes at once; a larger write could block where no signal is let in.
    const std::size_t most = is_file ? data.size() : PIPE_BUF;
    while (!data.empty()) {
        wait_for(fd, POLLOUT, -1);
        const ssize_t wrote = ::write(fd, data.data(), std::min(data.size(), most));
        if (wrote >= 0) {
            data = data.subspan(static_cast<std::size_t>(wrote));
        } else if (errno == EPIPE) {
            throw ReaderGone{};
        } else if (errno != EINTR && errno != EAGAIN) {
            fail("cannot write to " + (name == "-" ? "standard output" : name), errno);
        }
    }
}

void print(std::string_view text) {
    write_all(STDOUT_FILENO, {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()}, "-");
}

Output::Output(const std::string &path, bool force) : path_(path), force_(force) {
    if (path == "-") {
        fd_ = STDOUT_FILENO;
        return;
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode))
            throw Failure(SAFE_INVALID_ARGUMENT, "cannot write to " + path + ": it is a directory");
        if (!S_ISREG(status.st_mode)) {
            fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
            if (fd_ < 0) fail("cannot write to " + path, errno);
            return;
        }
        if (!force) fail_exists(path);
        // Behind a symbolic link it is the file that is replaced, not the link.
        if (char *real = ::realpath(path.c_str(), nullptr)) {
            path_ = real;
            std::free(real);
        }
    }
    is_new_file_ = true;
    open_temporary(folder_of(path_));
    // The old file's permissions stay.
    if (S_ISREG(status.st_mode)) set_mode(status.st_mode & 07777);
}

Output::~Output() {
    if (fd_ >= 0 && fd_ != STDOUT_FILENO) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    remove_when_killed("");
}

// A file without a name leaves nothing behind, however the process ends; where the file system has none, a hidden name
// beside the target does.
void Output::open_temporary(const std::string &folder) {
    fd_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd_ >= 0) return;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) fail("cannot write to " + path_, errno);
    temporary_ = folder + "/" + random_name();
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) {
        const int error = errno;
        temporary_.clear();
        fail("cannot write to " + path_, error);
    }
    remove_when_killed(temporary_);
}

void Output::set_mode(mode_t mode) {
    if (is_new_file_) ::fchmod(fd_, mode);
}

void Output::give_name_to(const std::string &name) const {
    if (temporary_.empty()) {
        const std::string self = "/proc/self/fd/" + std::to_string(fd_);
        if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return;
    } else {
        if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) return;
    }
    if (errno == EEXIST) fail_exists(name);
    fail("cannot write to " + name, errno);
}

void Output::commit() {
    if (!is_new_file_) return;
    if (!force_) {
        give_name_to(path_); // fails if the name was taken meanwhile
        temporary_.clear();
    } else {
        if (temporary_.empty()) {
            const std::string name = folder_of(path_) + "/" + random_name();
            give_name_to(name);
            temporary_ = name;
        }
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot write to " + path_, errno);
        temporary_.clear();
    }
    const int fd = std::exchange(fd_, -1);
    // Some file systems report a full disk only here; the file is then not to be trusted.
    if (::close(fd) != 0) {
        const int error = errno;
        ::unlink(path_.c_str());
        fail("cannot write to " + path_, error);
    }
}

} // namespace safe::cli
