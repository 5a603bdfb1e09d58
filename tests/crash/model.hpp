// What a store may hold after a crash: for each key the outcome of its last acknowledged operation, or of the one that
// was under way. Operations on one key follow each other.
#pragma once

#include "base/runtime.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

namespace safe::crash {

// A value is told by its seed: its size and its bytes follow from it.
struct Value {
    std::uint32_t seed = 0;
    bool operator==(const Value &) const = default;
};
using State = std::optional<Value>; // nullopt: not there

inline std::size_t size_of(Value value) {
    // Small ones in the index, large ones in files, and both sides of the border.
    std::minstd_rand random(value.seed + 1);
    constexpr std::size_t border = 32 * 1024;
    switch (random() % 6) {
    case 0: return random() % 16;
    case 1: return border - random() % 2;
    case 2: return border + 1 + random() % 1000;
    case 3: return border + random() % 90'000;
    default: return random() % 6'000;
    }
}

inline Bytes bytes_of(Value value) {
    Bytes bytes(size_of(value));
    std::uint64_t state = value.seed * 0x9e3779b97f4a7c15ull + 1;
    for (Byte &byte : bytes) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        byte = static_cast<Byte>(state >> 56);
    }
    return bytes;
}

enum class Kind : std::uint8_t { create, replace, remove, sweep, touch };

struct Operation {
    Kind kind;
    std::uint32_t key;
    Value value; // of create and replace
};

inline std::string name_of(std::uint32_t key) { return "k/" + std::to_string(key); }

inline Operation random_operation(std::mt19937 &random, std::uint32_t key) {
    static constexpr Kind kinds[] = {Kind::create,  Kind::create, Kind::create, Kind::create, Kind::replace,
                                     Kind::replace, Kind::remove, Kind::sweep,  Kind::touch};
    return {kinds[random() % std::size(kinds)], key, {static_cast<std::uint32_t>(random())}};
}

inline Awaitable<void> perform(StoreRef store, Operation operation) {
    std::string key = name_of(operation.key);
    Blob value(bytes_of(operation.value));
    switch (operation.kind) {
    case Kind::create: co_await store->create(std::move(key), std::move(value)); break;
    case Kind::replace: co_await store->replace(std::move(key), std::move(value)); break;
    case Kind::remove: co_await store->remove(std::move(key)); break;
    case Kind::touch: co_await store->touch(std::move(key)); break;
    case Kind::sweep: {
        std::vector<std::string> keys(1, std::move(key));
        co_await store->sweep(std::move(keys), UINT64_MAX);
        break;
    }
    }
}

class Model {
  public:
    void started(const Operation &operation) {
        Entry &entry = entries_[operation.key];
        entry.under_way = after(entry.now, operation);
    }
    void done(std::uint32_t key) {
        Entry &entry = entries_[key];
        entry.now = *entry.under_way;
        entry.under_way.reset();
    }
    // How many operations could change something and have not been acknowledged.
    unsigned under_way() const {
        unsigned count = 0;
        for (const auto &[key, entry] : entries_) count += entry.under_way && *entry.under_way != entry.now;
        return count;
    }

    // Compares with what a store that was opened again holds, and takes that for the truth from then on. Throws
    // std::runtime_error at the first difference.
    Awaitable<void> check(StoreRef store) {
        std::map<std::string, std::uint64_t> listed;
        const Store::Page page = co_await store->list("", "", 1'000'000);
        for (const auto &entry : page.entries) listed.emplace(entry.key, entry.size);
        for (auto &[key, entry] : entries_) {
            const std::string name = name_of(key);
            const std::optional<Blob> found = co_await store->get(name);
            const std::optional<State> which = matching(entry, found);
            if (!which) throw std::runtime_error(name + ": " + told(entry, found));
            const auto in_list = listed.find(name);
            if ((in_list != listed.end()) != found.has_value() || (found && in_list->second != found->size()))
                throw std::runtime_error(name + ": list and get do not agree");
            if (found) listed.erase(in_list);
            entry = {*which, std::nullopt};
        }
        if (!listed.empty()) throw std::runtime_error(listed.begin()->first + ": nobody put it there");
    }

    // Those that must be in files.
    std::size_t files(std::size_t inline_limit) const {
        std::size_t count = 0;
        for (const auto &[key, entry] : entries_) count += entry.now && size_of(*entry.now) > inline_limit;
        return count;
    }

  private:
    struct Entry {
        State now;
        std::optional<State> under_way; // as it would be then
    };

    static State after(const State &before, const Operation &operation) {
        switch (operation.kind) {
        case Kind::create: return before ? before : State(operation.value);
        case Kind::replace: return operation.value;
        case Kind::touch: return before;
        default: return std::nullopt;
        }
    }

    static bool is(const State &state, const std::optional<Blob> &found) {
        if (state.has_value() != found.has_value()) return false;
        if (!state) return true;
        const Bytes bytes = crash::bytes_of(*state);
        return std::equal(bytes.begin(), bytes.end(), found->view().begin(), found->view().end());
    }

    static std::optional<State> matching(const Entry &entry, const std::optional<Blob> &found) {
        if (is(entry.now, found)) return entry.now;
        if (entry.under_way && is(*entry.under_way, found)) return *entry.under_way;
        return std::nullopt;
    }

    static std::string told(const State &state) {
        return state ? "value " + std::to_string(state->seed) + " of " + std::to_string(size_of(*state)) + " bytes"
                     : "nothing";
    }
    static std::string told(const Entry &entry, const std::optional<Blob> &found) {
        std::string text = "should be " + told(entry.now);
        if (entry.under_way) text += " or " + told(*entry.under_way);
        return text + ", is " + (found ? "another value of " + std::to_string(found->size()) + " bytes" : "not there");
    }

    std::map<std::uint32_t, Entry> entries_;
};

} // namespace safe::crash
