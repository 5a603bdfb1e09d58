// What a stream took from the memory budget all at once and lends to its chunks one after another.
#pragma once

#include "base/runtime.hpp"

namespace safe {

// A budget within the budget: a chunk's share goes with its blob, wherever that is handed, and comes back
// here, so that the stream never waits for others while it holds something. What was taken is given back when
// purse and shares are all gone.
class Purse : public Budget {
  public:
    Purse(Loop &loop, Share paid)
        : Budget(loop, paid.bytes(), std::chrono::milliseconds::zero()), paid_(std::move(paid)) {}

  private:
    const Share paid_;
};

} // namespace safe
