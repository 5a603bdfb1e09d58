// The beginning of content of unknown size, held until it is clear where its chunks begin and end.
#pragma once

#include "selfencrypt/pipeline.hpp"

#include <array>

namespace safe {

class Gather {
  public:
    static constexpr std::size_t most_small = 64 * 1024;
    // The last of three chunks can be one byte above a full one: 3 * M - 1 bytes are M - 1, M - 1 and M + 1.
    static constexpr std::size_t capacity = limits::max_chunk_content + 1;

    // Up to most_small bytes, without a chunk's memory.
    void add_small(ByteView data) { small_.insert(small_.end(), data.begin(), data.end()); }
    const Bytes &small() const { return small_; }
    Bytes take_small() { return std::exchange(small_, {}); }

    // The next of three pieces; all before it are full.
    void add(Piece piece) { pieces_[count_++] = std::move(piece); }
    std::uint64_t count() const { return count_; }
    bool complete() const { return count_ == pieces_.size(); }
    std::array<Piece, 3> &pieces() { return pieces_; }

    // Moves what is held to where the layout, of less than three full chunks, wants it. There are three
    // pieces.
    void cut(const Layout &layout);

  private:
    void cut_piece(std::uint64_t index, const Layout &layout);

    Bytes small_;
    std::array<Piece, 3> pieces_;
    std::uint64_t count_ = 0;
};

} // namespace safe
