#include "inputs.hpp"

#include "files.hpp"
#include "signals.hpp"
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>

namespace safe::cli {
namespace {

constexpr std::size_t max_list = 1u << 30;

std::string reason(int error) { return std::strerror(error); }

void add_problem(InputList &list, const std::string &path, std::int32_t code, const std::string &why) {
    list.inputs.push_back({path, Input::Kind::file, 0, Failure(code, "cannot put " + path + ": " + why)});
}

void add_problem(InputList &list, const std::string &path, int error) {
    add_problem(list, path, error == ENOENT || error == ENOTDIR ? SAFE_FILE_NOT_FOUND : SAFE_IO, reason(error));
}

void add_file(InputList &list, const std::string &path, const struct stat &status) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    // The library takes UTF-8 names; others are read here. Files of /proc and the like say that they are empty.
    const bool plain = is_utf8(path) && size > 0;
    list.inputs.push_back({path, plain ? Input::Kind::file : Input::Kind::stream, size});
    list.total += size;
}

bool same_file(const struct stat &a, const struct stat &b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

std::vector<std::string> names_in(InputList &list, const std::string &folder) {
    const std::unique_ptr<DIR, int (*)(DIR *)> directory(::opendir(folder.c_str()), ::closedir);
    std::vector<std::string> names;
    if (!directory) {
        add_problem(list, folder, errno);
        return names;
    }
    while (const dirent *entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Walk {
  public:
    Walk(InputList &list, const std::string &vault) : list_(list) {
        has_vault_ = !vault.empty() && ::stat(vault.c_str(), &vault_) == 0;
    }

    void folder(const std::string &folder) {
        check_interrupted();
        for (const std::string &name : names_in(list_, folder))
            entry(folder.ends_with('/') ? folder + name : folder + "/" + name);
    }

  private:
    void entry(const std::string &path) {
        struct stat status {};
        if (::lstat(path.c_str(), &status) != 0) return add_problem(list_, path, errno);
        const bool is_link = S_ISLNK(status.st_mode);
        if (is_link && ::stat(path.c_str(), &status) != 0) return skip(path, "it is a symbolic link to nothing");
        if (S_ISREG(status.st_mode)) return add_file(list_, path, status);
        if (!S_ISDIR(status.st_mode)) return skip(path, "it is a device, a FIFO or a socket");
        if (is_link) return skip(path, "it is a symbolic link to a directory");
        if (has_vault_ && same_file(status, vault_)) return skip(path, "it is the vault itself");
        folder(path);
    }

    void skip(const std::string &path, const std::string &why) { list_.skipped.push_back(path + ": " + why); }

    InputList &list_;
    struct stat vault_ {};
    bool has_vault_ = false;
};

} // namespace

void add_input(InputList &list, const std::string &path, const std::string &vault) {
    if (path == "-") {
        list.inputs.push_back({path, Input::Kind::stream, SAFE_SIZE_UNKNOWN});
        return;
    }
    struct stat status {};
    if (path.empty()) return add_problem(list, path, SAFE_INVALID_ARGUMENT, "the file name is empty");
    if (::stat(path.c_str(), &status) != 0) return add_problem(list, path, errno);
    if (S_ISDIR(status.st_mode)) return Walk(list, vault).folder(path);
    if (S_ISREG(status.st_mode)) return add_file(list, path, status);
    if (S_ISFIFO(status.st_mode)) {
        list.inputs.push_back({path, Input::Kind::stream, SAFE_SIZE_UNKNOWN});
        return;
    }
    add_problem(list, path, SAFE_INVALID_ARGUMENT,
                S_ISSOCK(status.st_mode) ? "it is a socket"
                                         : "it is a device; to store what it gives: safe put - < " + path);
}

std::vector<std::string> read_names(const std::string &list, bool nul_separated) {
    const auto bytes = read_file(list, max_list);
    const std::string text(bytes.begin(), bytes.end());
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(nul_separated ? '\0' : '\n', begin), text.size());
        if (end > begin) names.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return names;
}

} // namespace safe::cli
