// A file system that fails once, at a chosen step.
#pragma once

#include "store/failure.hpp"
#include "store/native/posix.hpp"

#include <atomic>
#include <memory>

namespace safe::test {

// Counts the steps that change something; the one chosen throws instead.
struct Fault {
    void step(const char *what) {
        if (!armed) return;
        if (steps_left > 0) {
            --steps_left;
            return;
        }
        armed = false;
        reached = true;
        throw store_failure(code, std::string("cannot ") + what, "so the test wants it");
    }
    std::atomic<bool> armed{false}, reached{false};
    std::atomic<unsigned> steps_left{0};
    Errc code = Errc::ok;
};

class FailingFile : public File {
  public:
    FailingFile(std::unique_ptr<File> file, Fault &fault) : file_(std::move(file)), fault_(fault) {}
    void write(ByteView bytes) override {
        if (fault_.armed && fault_.steps_left == 0 && bytes.size() > 1) file_->write(bytes.first(bytes.size() / 2));
        fault_.step("write");
        file_->write(bytes);
    }
    void sync() override {
        fault_.step("sync");
        file_->sync();
    }
    std::size_t read_at(std::uint64_t offset, MutableView out) override { return file_->read_at(offset, out); }
    std::uint64_t size() override { return file_->size(); }

  private:
    std::unique_ptr<File> file_;
    Fault &fault_;
};

class FailingFileSystem : public FileSystem {
  public:
    void fail_at(unsigned step, Errc code) {
        fault_.code = code;
        fault_.steps_left = step;
        fault_.reached = false;
        fault_.armed = true;
    }
    // Whether the step was reached.
    bool stop() {
        fault_.armed = false;
        return fault_.reached;
    }

    std::unique_ptr<File> create(const std::string &path) override {
        fault_.step("create");
        return std::make_unique<FailingFile>(real_->create(path), fault_);
    }
    std::unique_ptr<File> open(const std::string &path) override { return real_->open(path); }
    std::unique_ptr<LockFile> open_locks(const std::string &path) override { return real_->open_locks(path); }
    bool link(const std::string &from, const std::string &to) override {
        fault_.step("link");
        return real_->link(from, to);
    }
    bool unlink(const std::string &path) override {
        fault_.step("unlink");
        return real_->unlink(path);
    }
    bool make_directory(const std::string &path) override {
        fault_.step("make directory");
        return real_->make_directory(path);
    }
    void sync_directory(const std::string &path) override {
        fault_.step("sync directory");
        real_->sync_directory(path);
    }
    std::optional<Status> status(const std::string &path) override { return real_->status(path); }
    std::vector<std::string> list(const std::string &path) override { return real_->list(path); }
    bool writable(const std::string &path) override { return real_->writable(path); }
    std::uint64_t free_bytes(const std::string &path) override { return real_->free_bytes(path); }

  private:
    std::shared_ptr<FileSystem> real_ = posix_file_system();
    Fault fault_;
};

} // namespace safe::test
