#include "store/native/objects.hpp"

#include "base/error.hpp"

#include <charconv>
#include <cstdio>
#include <set>

namespace safe {
namespace {

// Files of one store follow each other into the same folder, so that those of one transaction need one directory sync;
// then the next folder takes its turn, so that no folder grows large.
constexpr std::uint64_t files_per_turn = 64;

constexpr std::size_t name_size = 2 + 16 + 12;

std::optional<std::uint64_t> hexadecimal(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
    return value;
}

} // namespace

std::string Objects::next_name() {
    const std::uint64_t count = count_++;
    const auto turn = static_cast<unsigned>((number_ + count / files_per_turn) & 0xff);
    char name[name_size + 1];
    std::snprintf(name, sizeof name, "%02x%016llx%012llx", turn, static_cast<unsigned long long>(number_),
                  static_cast<unsigned long long>(count));
    return name;
}

std::string Objects::folder(std::string_view name) const {
    return root_ + "/objects/" + std::string(name.substr(0, 2));
}

std::string Objects::place(const std::string &name) const { return folder(name) + '/' + name.substr(2); }

bool Objects::has_folders() { return files_->status(root_ + "/objects").has_value(); }

void Objects::make_folders() {
    bool made = files_->make_directory(root_ + "/tmp");
    made = files_->make_directory(root_ + "/objects") || made;
    if (made) files_->sync_directory(root_);
}

std::string Objects::write(ByteView value) {
    const std::string name = next_name();
    const auto file = files_->create(temporary(name));
    try {
        file->write(value);
        file->sync();
    } catch (...) {
        files_->unlink(temporary(name));
        throw;
    }
    return name;
}

void Objects::publish(const std::string &name) {
    const std::uint64_t turn = *hexadecimal(std::string_view(name).substr(0, 2));
    if (!lasting_[turn]) {
        // Also when another process has just made it: its entry may not be on the disk yet.
        files_->make_directory(folder(name));
        files_->sync_directory(root_ + "/objects");
        lasting_[turn] = true;
    }
    if (!files_->link(temporary(name), place(name)))
        throw Error(Errc::unexpected, "object file " + place(name) + " exists already");
}

void Objects::sync_folders(std::span<const std::string> names) {
    std::set<std::string> folders;
    for (const std::string &name : names) folders.insert(folder(name));
    for (const std::string &path : folders) files_->sync_directory(path);
}

// What cannot be removed now is cleared when the vault is opened after this process.
void Objects::keep(const std::string &name) noexcept {
    try {
        files_->unlink(temporary(name));
    } catch (...) {
    }
}

void Objects::discard(const std::string &name) noexcept {
    try {
        files_->unlink(place(name));
        files_->unlink(temporary(name)); // last: it is what the file would be found by
    } catch (...) {
    }
}

void Objects::remove(const std::string &name) { files_->unlink(place(name)); }

std::unique_ptr<File> Objects::open(const std::string &name) { return files_->open(place(name)); }

std::optional<std::uint64_t> Objects::size(const std::string &name) {
    const auto status = files_->status(place(name));
    if (!status) return std::nullopt;
    return status->size;
}

std::vector<std::string> Objects::stale(const std::function<bool(std::uint64_t)> &lives) {
    std::vector<std::string> found;
    for (const std::string &name : files_->list(root_ + "/tmp")) {
        const auto writer = name.size() == name_size ? hexadecimal(std::string_view(name).substr(2, 16)) : std::nullopt;
        if (writer && !lives(*writer)) found.push_back(name);
    }
    return found;
}

} // namespace safe
