#include "selfencrypt/gather.hpp"

#include <algorithm>
#include <cstring>

namespace safe {

void Gather::cut(const Layout &layout) {
    if (!small_.empty()) {
        for (std::uint64_t i = 0; i < 3; ++i)
            pieces_[i].plain.append(ByteView(small_).subspan(layout.start_of(i), layout.size_of(i)));
        small_ = {};
        return;
    }
    // From the back: no chunk needs bytes from a piece behind it, since none is longer than a full one but
    // the last.
    for (std::uint64_t i = 3; i-- > 0;) cut_piece(i, layout);
}

void Gather::cut_piece(std::uint64_t index, const Layout &layout) {
    constexpr std::uint64_t full = limits::max_chunk_content;
    const std::uint64_t begin = layout.start_of(index), end = begin + layout.size_of(index);
    Byte *to = pieces_[index].plain.data();
    const std::uint64_t own = index * full; // where the piece's own bytes begin in the content; begin <= own
    if (end > own) std::memmove(to + (own - begin), to, end - own);
    for (std::uint64_t i = 0; i < index; ++i) {
        const std::uint64_t from = std::max(begin, i * full), until = std::min(end, (i + 1) * full);
        if (from < until) std::memcpy(to + (from - begin), pieces_[i].plain.data() + (from - i * full), until - from);
    }
    pieces_[index].plain.resize(end - begin);
}

} // namespace safe
