// Handles are values, not addresses (DETAILS D2): a type tag, the index of a slot, and the generation of that slot, which
// changes with every free. A stale, foreign or made-up handle finds a slot of another generation, and is an error.
//
// Index and generation are covered with a random salt, so that the handles of two copies of the library differ. The tag
// is never 0, so no handle is NULL.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace safe {

// Generations do not come round: 2^32 of them, and a slot that has used them up is retired.
struct Layout64 {
    using Word = std::uint64_t;
    static constexpr unsigned tag_bits = 8, generation_bits = 32, index_bits = 24;
    static constexpr std::uint32_t rest = 0;
    static constexpr bool retire = true;
};

// Nine bits of generation do come round, so a freed slot rests until 2^16 others were freed after it: a value comes back
// after 2^25 frees at the earliest.
struct Layout32 {
    using Word = std::uint32_t;
    static constexpr unsigned tag_bits = 5, generation_bits = 9, index_bits = 18;
    static constexpr std::uint32_t rest = 1u << 16;
    static constexpr bool retire = false;
};

// Thread-safe. One mutex, held for some ten instructions: a find takes 0.08 us alone, 0.09 us of wall time with two
// threads at it, against 10 us and more for the cheapest operation (tests/capi/handle_table_bench.cpp, a busy machine).
template <class Layout>
class HandleTable {
  public:
    using Word = typename Layout::Word;
    using Object = std::shared_ptr<void>;

    struct Found {
        Object object; // null: see error
        Errc error = Errc::ok;
    };

    explicit HandleTable(Word salt) : salt_(salt & low_mask) {}

    // 0 < tag < 2^tag_bits. Throws TOO_MANY_HANDLES.
    Word insert(unsigned tag, Object object) {
        const std::lock_guard lock(mutex_);
        const std::uint32_t index = pick();
        Slot &slot = at(index);
        slot.object = std::move(object);
        slot.tag = static_cast<std::uint8_t>(tag);
        ++live_;
        return word(slot, index);
    }

    // The object; or WRONG_HANDLE_TYPE for a live handle of another tag, else INVALID_HANDLE.
    Found find(Word handle, unsigned tag) const {
        const std::lock_guard lock(mutex_);
        const Slot *slot = live_slot(handle);
        if (!slot) return {nullptr, Errc::invalid_handle};
        if (slot->tag != tag) return {nullptr, Errc::wrong_handle_type};
        return {slot->object, Errc::ok};
    }

    // The same, and the handle is free. The object goes when the caller and those who found it before let it go.
    Found take(Word handle, unsigned tag) {
        const std::lock_guard lock(mutex_);
        Slot *slot = const_cast<Slot *>(live_slot(handle));
        if (!slot) return {nullptr, Errc::invalid_handle};
        if (slot->tag != tag) return {nullptr, Errc::wrong_handle_type};
        Found found{std::move(slot->object), Errc::ok};
        slot->object = nullptr;
        --live_;
        release(*slot, index_of(handle));
        return found;
    }

    // The tag that a live handle of this value would have.
    static unsigned tag_in(Word handle) {
        return static_cast<unsigned>(handle >> (Layout::generation_bits + Layout::index_bits));
    }

    std::size_t live() const {
        const std::lock_guard lock(mutex_);
        return live_;
    }

    // Around a fork, so that the child finds the table whole.
    std::mutex &mutex() { return mutex_; }

  private:
    static constexpr Word low_mask = (Word{1} << (Layout::generation_bits + Layout::index_bits)) - 1;
    static constexpr std::uint32_t most_slots = std::uint32_t{1} << Layout::index_bits;
    static constexpr std::uint32_t last_generation =
        static_cast<std::uint32_t>((std::uint64_t{1} << Layout::generation_bits) - 1);
    static constexpr std::uint32_t none = UINT32_MAX;
    static constexpr std::uint32_t block_size = 1024;
    static_assert(sizeof(Word) * 8 == Layout::tag_bits + Layout::generation_bits + Layout::index_bits);

    struct Slot {
        Object object; // null: free
        std::uint32_t generation = 0;
        std::uint32_t next = none; // of the free slots
        std::uint8_t tag = 0;
    };

    Slot &at(std::uint32_t index) const { return blocks_[index / block_size][index % block_size]; }

    Word word(const Slot &slot, std::uint32_t index) const {
        const Word low = (Word{slot.generation} << Layout::index_bits) | index;
        return (Word{slot.tag} << (Layout::generation_bits + Layout::index_bits)) | (low ^ salt_);
    }

    std::uint32_t index_of(Word handle) const {
        return static_cast<std::uint32_t>((handle ^ salt_) & (most_slots - 1));
    }

    const Slot *live_slot(Word handle) const {
        const std::uint32_t index = index_of(handle);
        if (index >= used_) return nullptr;
        const Slot &slot = at(index);
        return slot.object && word(slot, index) == handle ? &slot : nullptr;
    }

    // A slot that has rested, or a fresh one.
    std::uint32_t pick() {
        if (resting_ > Layout::rest) {
            const std::uint32_t index = first_free_;
            first_free_ = at(index).next;
            if (first_free_ == none) last_free_ = none;
            --resting_;
            return index;
        }
        if (used_ == most_slots)
            throw Error(Errc::too_many_handles, "there are " + std::to_string(live_) +
                                                    " live handles, as many as there can be; free those that are not "
                                                    "needed (safe_debug_live_handles counts them)");
        if (used_ % block_size == 0) blocks_.emplace_back(new Slot[block_size]);
        return used_++;
    }

    void release(Slot &slot, std::uint32_t index) {
        if (slot.generation == last_generation) {
            if (Layout::retire) return;
            slot.generation = 0;
        } else {
            ++slot.generation;
        }
        slot.next = none;
        (last_free_ == none ? first_free_ : at(last_free_).next) = index;
        last_free_ = index;
        ++resting_;
    }

    const Word salt_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Slot[]>> blocks_; // never moved, never given back: their generations must last
    std::uint32_t used_ = 0;                      // slots made so far
    std::uint32_t first_free_ = none, last_free_ = none;
    std::uint32_t resting_ = 0;
    std::size_t live_ = 0;
};

} // namespace safe
