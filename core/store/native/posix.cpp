#include "store/native/posix.hpp"

#include "base/native/descriptor.hpp"
#include "store/failure.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace safe {
namespace {

// The store code of an errno, and what its user can do about it.
Error failure(int error, std::string_view what, const std::string &path) {
    const std::string on = std::string("cannot ").append(what).append(" ").append(path);
    const std::string why = std::generic_category().message(error);
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return store_failure(Errc::store_full, on, why, "free some space, or raise the quota or file size limit");
    case EROFS:
    case EACCES:
    case EPERM: return store_failure(Errc::store_read_only, on, why, "check who may write there");
    case ENOMEM: return {Errc::out_of_memory, on + ": " + why};
    case EMFILE:
    case ENFILE: return store_failure(Errc::store_busy, on, why, "raise the limit of open files (ulimit -n)");
    default: return store_failure(Errc::store_io, on, why, "check the disk and the system log");
    }
}

// Repeats a system call that a signal interrupted.
template <class Call>
auto retry(Call call) {
    decltype(call()) result;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

int open_file(const std::string &path, int flags) {
    return retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
}

class PosixFile : public File {
  public:
    PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    void write(ByteView bytes) override {
        while (!bytes.empty()) {
            const ssize_t n = retry([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
            if (n < 0) throw failure(errno, "write", path_);
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
    }

    void sync() override {
        if (retry([&] { return ::fsync(fd_.get()); }) != 0) throw failure(errno, "sync", path_);
    }

    std::size_t read_at(std::uint64_t offset, MutableView out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t n = retry([&] {
                return ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
            });
            if (n < 0) throw failure(errno, "read", path_);
            if (n == 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }

    std::uint64_t size() override {
        struct stat status {};
        if (::fstat(fd_.get(), &status) != 0) throw failure(errno, "inspect", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

  private:
    Descriptor fd_;
    std::string path_;
};

// Locks of the open file description (fcntl(2), F_OFD_SETLK): unlike the older kind they are not lost when some other
// part of the process closes the same file.
class OfdLockFile : public LockFile {
  public:
    OfdLockFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    void share(std::uint64_t byte) override {
        struct flock lock = range(F_RDLCK, byte, 1);
        if (retry([&] { return ::fcntl(fd_.get(), F_OFD_SETLK, &lock); }) != 0) throw failure(errno, "lock", path_);
    }

    void release(std::uint64_t byte) noexcept override {
        struct flock lock = range(F_UNLCK, byte, 1);
        retry([&] { return ::fcntl(fd_.get(), F_OFD_SETLK, &lock); });
    }

    std::optional<std::uint64_t> find_other(std::uint64_t begin, std::uint64_t end) override {
        if (begin >= end) return std::nullopt;
        struct flock lock = range(F_WRLCK, begin, end - begin);
        if (retry([&] { return ::fcntl(fd_.get(), F_OFD_GETLK, &lock); }) != 0)
            throw failure(errno, "test locks of", path_);
        if (lock.l_type == F_UNLCK) return std::nullopt;
        return std::max(begin, static_cast<std::uint64_t>(lock.l_start));
    }

  private:
    static struct flock range(short type, std::uint64_t start, std::uint64_t length) {
        struct flock lock {};
        lock.l_type = type;
        lock.l_whence = SEEK_SET;
        lock.l_start = static_cast<off_t>(start);
        lock.l_len = static_cast<off_t>(length);
        return lock;
    }

    Descriptor fd_;
    std::string path_;
};

class PosixFileSystem : public FileSystem {
  public:
    std::unique_ptr<File> create(const std::string &path) override {
        const int fd = open_file(path, O_RDWR | O_CREAT | O_EXCL);
        if (fd < 0) throw failure(errno, "create", path);
        return std::make_unique<PosixFile>(fd, path);
    }

    std::unique_ptr<File> open(const std::string &path) override {
        const int fd = open_file(path, O_RDONLY);
        if (fd < 0 && errno == ENOENT) return nullptr;
        if (fd < 0) throw failure(errno, "open", path);
        return std::make_unique<PosixFile>(fd, path);
    }

    std::unique_ptr<LockFile> open_locks(const std::string &path) override {
        const int fd = open_file(path, O_RDONLY);
        if (fd < 0) throw failure(errno, "open", path);
        return std::make_unique<OfdLockFile>(fd, path);
    }

    bool link(const std::string &from, const std::string &to) override {
        if (::link(from.c_str(), to.c_str()) == 0) return true;
        if (errno == EEXIST) return false;
        throw failure(errno, "link " + from + " to", to);
    }

    bool unlink(const std::string &path) override {
        if (::unlink(path.c_str()) == 0) return true;
        if (errno == ENOENT) return false;
        throw failure(errno, "remove", path);
    }

    bool make_directory(const std::string &path) override {
        if (::mkdir(path.c_str(), 0777) == 0) return true;
        const int error = errno;
        if (const auto there = status(path); there && there->kind == Kind::directory) return false;
        throw failure(error, "make directory", path);
    }

    void sync_directory(const std::string &path) override {
        const Descriptor directory(open_file(path, O_RDONLY | O_DIRECTORY));
        if (directory.get() < 0) throw failure(errno, "open directory", path);
        if (retry([&] { return ::fsync(directory.get()); }) != 0) throw failure(errno, "sync directory", path);
    }

    std::optional<Status> status(const std::string &path) override {
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0) {
            if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
            throw failure(errno, "inspect", path);
        }
        const Kind kind = S_ISDIR(found.st_mode) ? Kind::directory : Kind::file;
        return Status{kind, static_cast<std::uint64_t>(found.st_size)};
    }

    std::vector<std::string> list(const std::string &path) override {
        const std::unique_ptr<DIR, int (*)(DIR *)> directory(::opendir(path.c_str()), ::closedir);
        if (!directory) throw failure(errno, "read directory", path);
        std::vector<std::string> names;
        errno = 0;
        while (const dirent *entry = ::readdir(directory.get())) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
            errno = 0;
        }
        if (errno != 0) throw failure(errno, "read directory", path);
        return names;
    }

    bool writable(const std::string &path) override {
        return ::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
    }

    std::uint64_t free_bytes(const std::string &path) override {
        struct statvfs space {};
        if (::statvfs(path.c_str(), &space) != 0) throw failure(errno, "inspect", path);
        return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    }
};

} // namespace

std::shared_ptr<FileSystem> posix_file_system() { return std::make_shared<PosixFileSystem>(); }

} // namespace safe
