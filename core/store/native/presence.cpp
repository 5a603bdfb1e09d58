#include "store/native/presence.hpp"

#include "store/failure.hpp"

#include <algorithm>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace safe {
namespace {

constexpr std::uint64_t processes_at = std::uint64_t{1} << 61;
constexpr std::uint64_t stores_at = std::uint64_t{1} << 62;
constexpr std::uint64_t store_mask = processes_at - 1;
constexpr unsigned copy_bits = 30;

// The finalizer of SplitMix64: spreads what differs in few bits.
std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

// A process, told apart also from one of the same number in another container.
std::uint64_t this_process() {
    struct stat space {};
    if (::stat("/proc/self/ns/pid", &space) != 0) space.st_ino = 0;
    return mixed(mixed(static_cast<std::uint64_t>(space.st_ino)) + static_cast<std::uint64_t>(::getpid()));
}

// A copy of SQLite within the process, told by where its code is.
std::uint64_t this_copy() { return mixed(reinterpret_cast<std::uintptr_t>(&sqlite3_open_v2)); }

std::uint64_t low_bits(std::uint64_t value, unsigned bits) { return value & ((std::uint64_t{1} << bits) - 1); }

} // namespace

Presence::Presence(std::unique_ptr<LockFile> locks, std::uint64_t number, const std::string &shown)
    : locks_(std::move(locks)), number_(number & store_mask) {
    const std::uint64_t process = processes_at + (low_bits(this_process(), 31) << copy_bits);
    const std::uint64_t copy = process + low_bits(this_copy(), copy_bits);
    const std::uint64_t process_end = process + (std::uint64_t{1} << copy_bits);
    // First lock, then look: of two that come at once at least one sees the other.
    locks_->share(copy);
    if (locks_->find_other(process, copy) || locks_->find_other(copy + 1, process_end))
        throw store_failure(Errc::store_busy, "cannot open vault " + shown,
                            "another copy of libsafe in this process (" + std::to_string(::getpid()) +
                                ") has it open, and two copies in one process cannot share a directory",
                            "load the library once, or close the vault there first");
    locks_->share(stores_at + number_);
}

bool Presence::lives(std::uint64_t number) {
    const std::uint64_t byte = stores_at + (number & store_mask);
    return (number & store_mask) == number_ || locks_->find_other(byte, byte + 1).has_value();
}

void Presence::hold(std::uint64_t since) {
    since = std::min(since, processes_at - 1);
    const std::lock_guard lock(mutex_);
    if (own_[since]++ > 0) return;
    try {
        locks_->share(since);
    } catch (...) {
        own_.erase(since);
        throw;
    }
}

void Presence::release(std::uint64_t since) noexcept {
    since = std::min(since, processes_at - 1);
    const std::lock_guard lock(mutex_);
    const auto found = own_.find(since);
    if (found == own_.end() || --found->second > 0) return;
    own_.erase(found);
    locks_->release(since);
}

std::uint64_t Presence::newest_own() const {
    const std::lock_guard lock(mutex_);
    return own_.empty() ? UINT64_MAX : own_.rbegin()->first;
}

std::uint64_t Presence::oldest(std::uint64_t limit) {
    limit = std::min(limit, processes_at - 1);
    {
        const std::lock_guard lock(mutex_);
        if (!own_.empty()) limit = std::min(limit, own_.begin()->first);
    }
    // The system names some lock in the range, not the first: ask again below it until there is none.
    while (const auto found = locks_->find_other(0, limit)) limit = *found;
    return limit;
}

} // namespace safe
