#include "store/native/marker.hpp"

#include "store/failure.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace safe {
namespace {

// "safe vault format 1\n". What the WebAssembly build keeps in a directory is marked "safe vault wasm format 1\n":
// its files exclude nobody in the way that SQLite's do, so neither build opens what the other made (DETAILS D8).
constexpr std::string_view marker_name = "safe-vault";
constexpr std::string_view marker_start = "safe vault format ";
constexpr std::string_view wasm_start = "safe vault wasm format ";

std::string cannot_open(const std::string &path) { return "cannot open vault file:" + path; }

std::string parent_of(const std::string &path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Makes the directory and those above it, each safely entered in its parent.
void make_directories(FileSystem &files, const std::string &path) {
    if (files.status(path)) return;
    const std::string parent = parent_of(path);
    make_directories(files, parent);
    files.make_directory(path);
    files.sync_directory(parent);
}

std::optional<std::string> read_marker(FileSystem &files, const std::string &path) {
    const auto file = files.open(path + '/' + std::string(marker_name));
    if (!file) return std::nullopt;
    Bytes text(64);
    text.resize(file->read_at(0, text));
    return std::string(text_of(text));
}

std::optional<std::uint32_t> number_after(std::string_view text, std::string_view start) {
    if (!text.starts_with(start) || !text.ends_with('\n')) return std::nullopt;
    const char *begin = text.data() + start.size(), *end = text.data() + text.size() - 1;
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop != end || number == 0) return std::nullopt;
    return number;
}

void check_marker(const std::string &path, const std::string &text) {
    if (number_after(text, wasm_start))
        throw store_failure(Errc::store_version, cannot_open(path),
                            "made by the WebAssembly build, which keeps its vaults in files of another kind",
                            "open it with that build or choose another directory");
    const auto format = number_after(text, marker_start);
    if (!format)
        throw store_failure(Errc::store_corrupt, cannot_open(path),
                            "its marker file " + std::string(marker_name) + " is damaged",
                            "restore it, one line \"" + std::string(marker_start) + std::to_string(directory_format) +
                                "\", if this is a vault");
    if (*format > directory_format)
        throw store_failure(Errc::store_version, cannot_open(path),
                            "written by format " + std::to_string(*format) + ", this library reads 1-" +
                                std::to_string(directory_format),
                            "upgrade libsafe or choose another directory");
}

// Other processes may be making the same vault, or have died in it: their marker-to-be is not a foreign thing.
bool is_ours(const std::string &name) { return name.starts_with(std::string(marker_name) + '.'); }

// The marker appears whole or not at all; losing the race is as good.
void make_marker(FileSystem &files, const std::string &path, const std::string &unique) {
    const std::string marker = path + '/' + std::string(marker_name);
    const std::string temporary = marker + '.' + unique;
    const std::string text = std::string(marker_start) + std::to_string(directory_format) + '\n';
    {
        const auto file = files.create(temporary);
        file->write(view_of(text));
        file->sync();
    }
    files.link(temporary, marker);
    files.unlink(temporary);
    files.sync_directory(path);
}

} // namespace

void prepare_directory(FileSystem &files, const std::string &path, bool create, const std::string &unique) {
    const auto there = files.status(path);
    if (there && there->kind != FileSystem::Kind::directory)
        throw Error(Errc::invalid_argument, cannot_open(path) + ": it is a file; name a directory");
    if (there) {
        if (const auto marker = read_marker(files, path)) return check_marker(path, *marker);
        const auto names = files.list(path);
        if (!std::all_of(names.begin(), names.end(), is_ours)) {
            // Between the two looks another process may have made the vault.
            if (const auto marker = read_marker(files, path)) return check_marker(path, *marker);
            throw Error(Errc::invalid_argument,
                        cannot_open(path) + ": the directory has other things in it; choose an empty or a new one");
        }
    }
    if (!create)
        throw store_failure(Errc::store_missing, cannot_open(path), "there is no vault",
                            "check the path, or put something there first");
    if (!there) make_directories(files, path);
    make_marker(files, path, unique);
    // Whoever was faster may have been another build, or another version.
    if (const auto marker = read_marker(files, path)) check_marker(path, *marker);
}

} // namespace safe
