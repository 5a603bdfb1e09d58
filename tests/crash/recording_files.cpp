#include "recording.hpp"

#include "store/native/posix.hpp"

namespace safe::crash {
namespace {

class RecordingFile : public File {
  public:
    RecordingFile(std::unique_ptr<File> file, std::shared_ptr<Disk> disk, std::string path)
        : file_(std::move(file)), disk_(std::move(disk)), path_(std::move(path)) {}

    void write(ByteView bytes) override {
        const std::lock_guard lock(disk_->mutex());
        file_->write(bytes);
        disk_->written(path_, written_, bytes);
        written_ += bytes.size();
    }
    void sync() override {
        const std::lock_guard lock(disk_->mutex());
        file_->sync();
        disk_->synced(path_);
    }
    std::size_t read_at(std::uint64_t offset, MutableView out) override { return file_->read_at(offset, out); }
    std::uint64_t size() override { return file_->size(); }

  private:
    std::unique_ptr<File> file_;
    std::shared_ptr<Disk> disk_;
    std::string path_;
    std::uint64_t written_ = 0;
};

class RecordingFileSystem : public FileSystem {
  public:
    explicit RecordingFileSystem(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

    std::unique_ptr<File> create(const std::string &path) override {
        const std::lock_guard lock(disk_->mutex());
        auto file = real_->create(path);
        disk_->made(path, false);
        return std::make_unique<RecordingFile>(std::move(file), disk_, path);
    }
    bool link(const std::string &from, const std::string &to) override {
        const std::lock_guard lock(disk_->mutex());
        const bool done = real_->link(from, to);
        if (done) disk_->linked(from, to);
        return done;
    }
    bool unlink(const std::string &path) override {
        const std::lock_guard lock(disk_->mutex());
        const bool done = real_->unlink(path);
        if (done) disk_->unlinked(path);
        return done;
    }
    bool make_directory(const std::string &path) override {
        const std::lock_guard lock(disk_->mutex());
        const bool done = real_->make_directory(path);
        if (done) disk_->made(path, true);
        return done;
    }
    void sync_directory(const std::string &path) override {
        const std::lock_guard lock(disk_->mutex());
        real_->sync_directory(path);
        disk_->synced(path);
    }

    std::unique_ptr<File> open(const std::string &path) override { return real_->open(path); }
    std::unique_ptr<LockFile> open_locks(const std::string &path) override { return real_->open_locks(path); }
    std::optional<Status> status(const std::string &path) override { return real_->status(path); }
    std::vector<std::string> list(const std::string &path) override { return real_->list(path); }
    bool writable(const std::string &path) override { return real_->writable(path); }
    std::uint64_t free_bytes(const std::string &path) override { return real_->free_bytes(path); }

  private:
    std::shared_ptr<Disk> disk_;
    std::shared_ptr<FileSystem> real_ = posix_file_system();
};

} // namespace

std::shared_ptr<FileSystem> recording_file_system(std::shared_ptr<Disk> disk) {
    return std::make_shared<RecordingFileSystem>(std::move(disk));
}

} // namespace safe::crash
