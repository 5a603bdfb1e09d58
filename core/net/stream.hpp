// A connection that moves bytes: reliable, in order, in both directions, and knowing nothing of what they mean. Whoever
// has one brings it along (a program's own: safe/ports.h).
#pragma once

#include "base/async.hpp"
#include "base/blob.hpp"

#include <cstddef>

namespace safe::net {

// Loop thread. At most one send and one receive at a time.
class Stream {
  public:
    static constexpr std::size_t max_piece = 64 * 1024;

    virtual ~Stream() = default;
    // 1 to max_piece bytes. Returns when they are taken, which may be when the other side has read what was before.
    virtual Awaitable<void> send(Blob bytes) = 0;
    // Waits for bytes: at least 1, at most max_piece. None: the other side has closed.
    virtual Awaitable<Blob> receive() = 0;
    // What waits ends with CLOSED, as does everything from then on.
    virtual void close() = 0;
    // Bytes that one send moves best; at most max_piece.
    virtual std::size_t best_piece() const { return max_piece; }
};

} // namespace safe::net
