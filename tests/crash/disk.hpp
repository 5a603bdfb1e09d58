// A disk that remembers: every write, sync and change of a directory, in order, and from that what a power cut at any
// moment could have left. What was not synced may be there, be gone, or be there in part, sector by sector, and so may
// each entry of a directory that was not synced, in any combination: more than most file systems would do, no more than
// POSIX allows.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace safe::crash {

class Disk {
  public:
    // Everything under `root`, which exists and is empty.
    explicit Disk(std::string root);

    // To be held around a call of the system and the note of it.
    std::mutex &mutex() { return mutex_; }

    // With the mutex held:
    void made(const std::string &path, bool directory);
    void linked(const std::string &from, const std::string &to);
    void unlinked(const std::string &path);
    void written(const std::string &path, std::uint64_t offset, ByteView bytes);
    void truncated(const std::string &path, std::uint64_t size);
    void synced(const std::string &path);                          // a file's content, or a directory's entries
    void synced(const std::string &path, const std::string &kind); // of a kind that the path does not tell
    bool knows(const std::string &path) const;

    // A moment that matters to the test; gives its number.
    std::size_t mark();
    std::size_t events() const { return events_.size(); }

    // Syncs of this kind are not noted, as if the store did not ask for them. Kinds: see kind_of().
    void forget(std::string kind) { forgotten_ = std::move(kind); }
    // All kinds of sync that were asked for.
    const std::map<std::string, unsigned> &kinds() const { return kinds_; }

    // Writes what a cut after the first `cut` events could have left to the empty directory `to`.
    void rebuild(std::size_t cut, std::mt19937 &random, const std::string &to) const;

  private:
    using Node = std::uint32_t;
    struct Event {
        enum class Type { write, truncate, sync, add, remove, mark } type;
        Node node;                // file, or directory that is changed
        std::uint64_t number = 0; // offset, size, or the node that is added
        Bytes bytes;              // of a write
        std::string name;         // of an entry
    };
    struct Cut;

    std::string kind_of(const std::string &path) const;
    Node node_of(const std::string &path) const;
    void note(Event event) { events_.push_back(std::move(event)); }

    const std::string root_;
    std::mutex mutex_;
    std::map<std::string, Node> names_; // as they are now
    std::vector<bool> is_directory_;
    std::vector<Event> events_;
    std::string forgotten_;
    std::map<std::string, unsigned> kinds_;
};

} // namespace safe::crash
