// The handles of an instance as JavaScript has them: numbers that only their table can read.
//
// A handle of the library has 64 bits, of which a number holds 53. So each instance has a table of its own; with it an
// instance that ends knows all that it has to free, and cannot be reached by the numbers of another. A number is bit 52,
// and below it a slot and its generation, covered with a random salt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

namespace safe_addon {

class Lent;
class Reserved;

using Number = std::uint64_t;
using Free = void (*)(void *handle);

struct Slot {
    void *native = nullptr; // null: free
    Free free = nullptr;    // says the type as well
    Number number = 0;
    std::uint32_t generation = 0;
    std::uint32_t next = 0; // of the free slots
    bool told = false;      // the library gives it out again: it is found by its own handle, too
    bool unwatched = false; // an operation whose end nobody has asked to be told of
    std::unique_ptr<Lent> lent;
    std::unique_ptr<Reserved> reserved;

    Slot();
    ~Slot();
};

class Handles {
  public:
    explicit Handles(std::uint64_t salt) : salt_(salt & low_mask) {}

    // The slot of a new handle; null if there is no room.
    Slot *add(void *native, Free free, bool told);

    // Null for what is no live handle of this table.
    Slot *find(double number);

    // Null for what this table does not have, or not any more. Of handles that the library gives out again.
    Slot *told(void *native) const;

    // Its number means nothing any more. What was lent goes with it.
    void remove(Slot &slot);

    std::size_t size() const { return size_; }

    // Any of those that are left; null if there is none.
    Slot *any();

  private:
    static constexpr unsigned index_bits = 22, generation_bits = 30;
    static constexpr Number mark = Number{1} << 52, low_mask = mark - 1;
    static constexpr std::uint32_t none = UINT32_MAX;

    const std::uint64_t salt_;
    std::deque<Slot> slots_; // a slot stays where it is
    std::uint32_t free_ = none;
    std::size_t size_ = 0;
    std::size_t searched_ = 0; // no slot before it is taken
    std::unordered_map<void *, Slot *> told_;
};

} // namespace safe_addon
