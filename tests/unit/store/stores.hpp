// What tests of stores share: a directory that goes away, values, and the two stores behind one door.
#pragma once

#include "store/directory.hpp"
#include "store/memory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace safe::test {

class TempDir {
  public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "safe-store-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string &path() const { return path_; }
    std::string vault() const { return path_ + "/vault"; }

  private:
    std::string path_;
};

inline StoreRef open_store(TestLoop &loop, const std::string &path, DirectoryOptions options = {},
                           std::shared_ptr<FileSystem> files = posix_file_system()) {
    return loop.run(open_directory_store(loop.runtime(), std::move(files), path, std::move(options)));
}

// Bytes that tell which value they are: a sequence that depends on `seed`.
inline Bytes value_of(std::size_t size, std::uint32_t seed) {
    Bytes value(size);
    std::uint32_t state = seed * 2654435761u + 1;
    for (Byte &byte : value) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<Byte>(state >> 24);
    }
    return value;
}
inline Blob blob_of(std::size_t size, std::uint32_t seed) { return Blob(value_of(size, seed)); }
inline Blob blob_of(std::string_view text) { return Blob(Bytes(text.begin(), text.end())); }

inline std::string text_of(const std::optional<Blob> &value) {
    return value ? std::string(safe::text_of(value->view())) : "(none)";
}
inline Bytes bytes_of(const std::optional<Blob> &value) {
    return value ? Bytes(value->view().begin(), value->view().end()) : Bytes();
}

inline std::string read_text(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_text(const std::string &path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

// The error that `work` throws.
template <class Work>
Error error_of(Work work) {
    try {
        work();
    } catch (const Error &error) {
        return error;
    }
    return {Errc::ok, "nothing was thrown"};
}

// Files of values under a vault directory.
inline std::vector<std::string> object_files(const std::string &vault) {
    std::vector<std::string> files;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(vault + "/objects"))
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    return files;
}

} // namespace safe::test
