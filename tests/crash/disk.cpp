#include "disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace safe::crash {
namespace {

namespace fs = std::filesystem;

std::string parent_of(const std::string &path) { return path.substr(0, path.find_last_of('/')); }
std::string last_of(const std::string &path) { return path.substr(path.find_last_of('/') + 1); }

} // namespace

Disk::Disk(std::string root) : root_(std::move(root)), names_{{root_, 0}}, is_directory_{true} {}

bool Disk::knows(const std::string &path) const { return names_.contains(path); }

Disk::Node Disk::node_of(const std::string &path) const {
    const auto found = names_.find(path);
    if (found == names_.end()) throw std::logic_error("the disk does not know " + path);
    return found->second;
}

void Disk::made(const std::string &path, bool directory) {
    const auto node = static_cast<Node>(is_directory_.size());
    is_directory_.push_back(directory);
    names_[path] = node;
    note({Event::Type::add, node_of(parent_of(path)), node, {}, last_of(path)});
}

void Disk::linked(const std::string &from, const std::string &to) {
    const Node node = node_of(from);
    names_[to] = node;
    note({Event::Type::add, node_of(parent_of(to)), node, {}, last_of(to)});
}

void Disk::unlinked(const std::string &path) {
    names_.erase(path);
    note({Event::Type::remove, node_of(parent_of(path)), 0, {}, last_of(path)});
}

void Disk::written(const std::string &path, std::uint64_t offset, ByteView bytes) {
    note({Event::Type::write, node_of(path), offset, Bytes(bytes.begin(), bytes.end()), {}});
}

void Disk::truncated(const std::string &path, std::uint64_t size) {
    note({Event::Type::truncate, node_of(path), size, {}, {}});
}

void Disk::synced(const std::string &path) { synced(path, kind_of(path)); }

void Disk::synced(const std::string &path, const std::string &kind) {
    ++kinds_[kind];
    if (kind != forgotten_) note({Event::Type::sync, node_of(path), 0, {}, {}});
}

std::size_t Disk::mark() {
    const std::lock_guard lock(mutex_);
    note({Event::Type::mark, 0, 0, {}, {}});
    return events_.size();
}

// What a sync is for, told by its path.
std::string Disk::kind_of(const std::string &path) const {
    const std::string name = last_of(path), parent = last_of(parent_of(path));
    if (is_directory_[node_of(path)]) {
        if (parent == "objects") return "folder-of-objects";
        if (name == "objects") return "folders-of-objects";
        if (name == "vault") return knows(path + "/objects") ? "vault-folders" : "vault-marker";
        return path == root_ ? "parent-of-parent" : "parent";
    }
    if (parent == "tmp") return "object";
    if (name.starts_with("safe-vault")) return "marker";
    return name; // index.db, -wal, -journal
}

// The disk as it was, and as it was going to be, at the moment of the cut.
struct Disk::Cut {
    struct State {
        Bytes content;
        std::map<std::string, Node> entries;
        std::vector<const Event *> waiting; // for a sync
    };

    Cut(const Disk &disk, std::mt19937 &random) : disk_(disk), random_(random), states_(disk.is_directory_.size()) {
        constexpr double chances[] = {0, 0.5, 1};
        content_survives_ = chances[random_() % 3];
        entry_survives_ = chances[random_() % 3];
        sector_ = random_() % 2 ? 512 : 4096;
    }

    void pass(const Event &event) {
        if (event.type == Event::Type::mark) return;
        State &state = states_[event.node];
        if (event.type != Event::Type::sync) return state.waiting.push_back(&event);
        for (const Event *done : state.waiting) apply(state, *done);
        state.waiting.clear();
    }

    void power_off() {
        for (Node node = 0; node < states_.size(); ++node) {
            for (const Event *event : states_[node].waiting) {
                if (event->type == Event::Type::write)
                    write_sectors(states_[node], *event);
                else if (happens(disk_.is_directory_[node] ? entry_survives_ : content_survives_))
                    apply(states_[node], *event);
            }
        }
    }

    void write_to(const std::string &path, Node node) const {
        for (const auto &[name, child] : states_[node].entries) {
            const std::string to = path + '/' + name;
            if (disk_.is_directory_[child]) {
                fs::create_directory(to);
                write_to(to, child);
            } else {
                const Bytes &content = states_[child].content;
                std::ofstream(to, std::ios::binary)
                    .write(reinterpret_cast<const char *>(content.data()),
                           static_cast<std::streamsize>(content.size()));
            }
        }
    }

  private:
    bool happens(double chance) { return std::uniform_real_distribution<double>()(random_) < chance; }

    static void put(Bytes &content, std::uint64_t offset, ByteView bytes) {
        content.resize(std::max<std::size_t>(content.size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    void write_sectors(State &state, const Event &event) {
        ByteView rest = event.bytes;
        for (std::uint64_t at = event.number; !rest.empty();) {
            const auto part = std::min<std::uint64_t>(rest.size(), sector_ - at % sector_);
            if (happens(content_survives_)) put(state.content, at, rest.first(part));
            rest = rest.subspan(part);
            at += part;
        }
    }

    static void apply(State &state, const Event &event) {
        switch (event.type) {
        case Event::Type::write: put(state.content, event.number, event.bytes); break;
        case Event::Type::truncate: state.content.resize(event.number); break;
        case Event::Type::add: state.entries[event.name] = static_cast<Node>(event.number); break;
        case Event::Type::remove: state.entries.erase(event.name); break;
        default: break;
        }
    }

    const Disk &disk_;
    std::mt19937 &random_;
    std::vector<State> states_;
    double content_survives_, entry_survives_;
    std::uint64_t sector_;
};

void Disk::rebuild(std::size_t cut, std::mt19937 &random, const std::string &to) const {
    Cut state(*this, random);
    for (std::size_t i = 0; i < cut; ++i) state.pass(events_[i]);
    state.power_off();
    state.write_to(to, 0);
}

} // namespace safe::crash
