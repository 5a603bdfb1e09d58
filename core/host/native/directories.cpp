#include "host/open_vault.hpp"

#include "store/directory.hpp"
#include "store/native/posix.hpp"

#include <filesystem>

namespace safe {

const std::vector<std::string_view> &built_in_schemes() {
    static const std::vector<std::string_view> schemes{"mem", "file", "tcp", "ws", "wss"};
    return schemes;
}

std::string canonical_directory(const std::string &path) {
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(absolute, error);
    return error ? absolute.lexically_normal().string() : resolved.string();
}

Awaitable<StoreRef> open_directory(RuntimeRef runtime, std::string path, bool create) {
    DirectoryOptions options;
    options.create = create;
    auto files = posix_file_system();
    co_return co_await open_directory_store(std::move(runtime), std::move(files), std::move(path), options);
}

} // namespace safe
