#include "handles.hpp"

#include "lent.hpp"

#include <algorithm>

namespace safe_addon {

Slot::Slot() = default;
Slot::~Slot() = default;

Slot *Handles::add(void *native, Free free, bool told) {
    std::uint32_t index = free_;
    if (index == none) {
        index = static_cast<std::uint32_t>(slots_.size());
        if (index >> index_bits) return nullptr;
        slots_.emplace_back();
    } else {
        free_ = slots_[index].next;
    }
    Slot &slot = slots_[index];
    slot.native = native;
    slot.free = free;
    slot.told = told;
    slot.number = mark | (((Number{slot.generation} << index_bits) | index) ^ salt_);
    if (told) told_[native] = &slot;
    searched_ = std::min<std::size_t>(searched_, index);
    ++size_;
    return &slot;
}

Slot *Handles::find(double number) {
    // Whole numbers of 53 bits, which the mark makes all of them; what is no number at all is not between the two.
    if (!(number >= static_cast<double>(mark) && number < static_cast<double>(mark * 2))) return nullptr;
    const auto whole = static_cast<Number>(number);
    const auto index = static_cast<std::uint32_t>((whole ^ salt_) & ((Number{1} << index_bits) - 1));
    if (index >= slots_.size()) return nullptr;
    Slot &slot = slots_[index];
    return slot.native && slot.number == whole ? &slot : nullptr;
}

Slot *Handles::told(void *native) const {
    const auto found = told_.find(native);
    return found == told_.end() ? nullptr : found->second;
}

void Handles::remove(Slot &slot) {
    const auto index = static_cast<std::uint32_t>((slot.number ^ salt_) & ((Number{1} << index_bits) - 1));
    if (slot.told) told_.erase(slot.native);
    slot.native = nullptr;
    slot.unwatched = false;
    slot.lent.reset();
    slot.reserved.reset();
    --size_;
    if (++slot.generation >> generation_bits) return; // used up
    slot.next = free_;
    free_ = index;
}

Slot *Handles::any() {
    while (searched_ < slots_.size()) {
        if (slots_[searched_].native) return &slots_[searched_];
        ++searched_;
    }
    return nullptr;
}

} // namespace safe_addon
