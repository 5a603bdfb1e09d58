#include "host/local_files.hpp"

#include "encoding/text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace safe {
namespace {

// Read and written at a time. Not drawn from the budget: the turnstile bounds how many there are.
constexpr std::size_t block = 128 * 1024;

Error failed(const char *doing, const std::string &path) {
    const int code = errno;
    return {code == ENOENT ? Errc::file_not_found : Errc::io,
            std::string("cannot ") + doing + " " + path + ": " + std::strerror(code)};
}

class File {
  public:
    File(const std::string &path, int flags, const char *doing) : path_(path) {
        // Not blocking: a FIFO would hold the thread until somebody writes to it. For regular files it means nothing.
        fd_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666);
        if (fd_ < 0) throw failed(doing, path);
    }
    ~File() { close(); }
    File(const File &) = delete;
    File &operator=(const File &) = delete;

    std::uint64_t regular_size() const {
        struct stat info;
        if (::fstat(fd_, &info) != 0) throw failed("read", path_);
        if (!S_ISREG(info.st_mode))
            throw Error(Errc::invalid_argument,
                        "cannot put " + path_ + ": it is not a regular file; read it as a stream");
        return static_cast<std::uint64_t>(info.st_size);
    }

    std::size_t read_at(std::uint64_t offset, MutableView out) const {
        std::size_t done = 0;
        while (done < out.size()) {
            const auto got = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw failed("read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    void write_at(std::uint64_t offset, ByteView data) const {
        while (!data.empty()) {
            const auto put = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) throw failed("write", path_);
            offset += static_cast<std::uint64_t>(put);
            data = data.subspan(static_cast<std::size_t>(put));
        }
    }

    void finish() {
        if (::fsync(fd_) != 0) throw failed("write", path_);
        const int fd = std::exchange(fd_, -1);
        if (::close(fd) != 0) throw failed("write", path_);
    }

  private:
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

    std::string path_;
    int fd_ = -1;
};

// A link's name is UTF-8 and short; a file's may be neither.
std::string link_name(const std::string &path) {
    std::string name = std::filesystem::path(path).filename().string();
    if (name.size() > limits::max_link_name || !is_plain_text(name)) name.clear();
    return name;
}

// Removes its path unless it was kept.
class Temporary {
  public:
    explicit Temporary(std::string path) : path_(std::move(path)) {}
    ~Temporary() {
        if (!kept_) ::unlink(path_.c_str());
    }
    Temporary(const Temporary &) = delete;
    Temporary &operator=(const Temporary &) = delete;
    const std::string &path() const { return path_; }
    void rename_to(const std::string &path) {
        if (::rename(path_.c_str(), path.c_str()) != 0) throw failed("write", path);
        kept_ = true;
    }

  private:
    std::string path_;
    bool kept_ = false;
};

Awaitable<void> feed(RuntimeRef runtime, JobRef job, const File &file, Writer &writer, std::uint64_t length,
                     MutableView buffer) {
    for (std::uint64_t offset = 0; offset < length;) {
        job->cancel.check();
        const MutableView part = buffer.first(std::min<std::uint64_t>(buffer.size(), length - offset));
        auto read = [&file, offset, part] { return file.read_at(offset, part); };
        const std::size_t got = co_await runtime->on_io(std::move(read));
        if (got < part.size())
            throw Error(Errc::source_changed, "the file became shorter while it was read; put it again");
        const ByteView data = part;
        co_await writer.write(data);
        offset += got;
    }
}

} // namespace

Awaitable<Receipt> put_file(ProcessRef process, JobRef job, std::shared_ptr<Client> client, std::string path,
                            PutOptions options) {
    const RuntimeRef runtime = process->runtime();
    const Share turn = co_await process->turnstile().take(1, job);
    auto open = [&path] { return std::make_unique<File>(path, O_RDONLY, "read"); };
    const std::unique_ptr<File> file = co_await runtime->on_io(std::move(open));
    Encoder::Options encoding;
    encoding.size = file->regular_size();
    encoding.replay = true;
    if (options.name.empty()) options.name = link_name(path);
    auto writer = client->open_writer(job, encoding, std::move(options));
    Buffer buffer(runtime->buffers(), block);
    co_await feed(runtime, job, *file, *writer, *encoding.size, buffer.room());
    co_await feed(runtime, job, *file, *writer, writer->replay_size(), buffer.room());
    if (file->regular_size() != *encoding.size)
        throw Error(Errc::source_changed, path + " changed its size while it was read; put it again");
    auto more = [&file, &encoding, &buffer] { return file->read_at(*encoding.size, buffer.room().first(1)); };
    const std::size_t beyond = co_await runtime->on_io(std::move(more));
    if (beyond > 0)
        throw Error(Errc::source_changed, path +
                                              " has more bytes than its size says, as files of /proc do; read it as a "
                                              "stream");
    co_return co_await writer->close();
}

Awaitable<std::uint64_t> get_file(ProcessRef process, JobRef job, std::shared_ptr<Client> client, Link link,
                                  std::string path) {
    const RuntimeRef runtime = process->runtime();
    auto reader = co_await client->open(job, std::move(link));
    const Share turn = co_await process->turnstile().take(1, job);
    std::array<Byte, 8> random;
    runtime->random().fill(random);
    Temporary temporary(path + ".safe-" + to_hex(random) + ".part");
    auto create = [&temporary] {
        return std::make_unique<File>(temporary.path(), O_WRONLY | O_CREAT | O_EXCL, "write");
    };
    const std::unique_ptr<File> file = co_await runtime->on_io(std::move(create));
    Buffer buffer(runtime->buffers(), block);
    job->progress.total = reader->size();
    std::uint64_t done = 0;
    while (done < reader->size()) {
        job->cancel.check();
        const std::size_t got = co_await reader->read(job, done, buffer.room());
        auto write = [&file, done, data = ByteView(buffer.data(), got)] { file->write_at(done, data); };
        co_await runtime->on_io(std::move(write));
        done += got;
        job->progress.done = done;
    }
    job->cancel.check();
    auto finish = [&file, &temporary, &path] {
        file->finish();
        temporary.rename_to(path);
    };
    co_await runtime->on_io(std::move(finish));
    co_return done;
}

} // namespace safe
