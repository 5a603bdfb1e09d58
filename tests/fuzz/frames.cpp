// Frames on a stream: whatever is on the other side sends them. The input is taken in one piece, and once more in pieces
// whose sizes it says itself.
#include "net/frames.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace {

using namespace safe;
using namespace safe::net;

struct Taken {
    std::vector<NumberedFrame> frames;
    bool refused = false;
    bool between = true;
};

Taken take(ByteView input, End from, std::size_t piece) {
    static const auto pool = std::make_shared<BufferPool>(64 * 1024 * 1024);
    FrameDecoder decoder(pool, from);
    Taken taken;
    while (!input.empty() && !taken.refused) {
        ByteView bytes = input.first(std::min(piece, input.size()));
        input = input.subspan(bytes.size());
        taken.refused = !fuzz::accepted(
            [&] {
                do {
                    while (auto frame = decoder.feed(bytes)) taken.frames.push_back(std::move(*frame));
                    fuzz::expect(decoder.waits_for() <= max_frame_payload, "no room is asked for above the limit");
                    if (decoder.waits_for()) decoder.make_room(Share());
                } while (!bytes.empty());
                fuzz::expect(bytes.empty(), "the decoder takes all that it is given");
                return true;
            },
            {Errc::bad_message});
    }
    taken.between = taken.refused || decoder.between_frames();
    return taken;
}

Bytes bytes_of(const Taken &taken) {
    Bytes all;
    for (const NumberedFrame &one : taken.frames) {
        encode_frame(all, one.kind, one.id, one.frame);
        all.insert(all.end(), one.frame.payload.view().begin(), one.frame.payload.view().end());
    }
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const ByteView input{data, size};
    for (const End from : {End::client, End::vault}) {
        const Taken whole = take(input, from, size + 1);
        const Bytes again = bytes_of(whole);
        fuzz::expect(again.size() <= size && std::equal(again.begin(), again.end(), input.begin()),
                     "one frame has one form");
        fuzz::expect(whole.refused || whole.between == (again.size() == size), "what is left over has begun a frame");
        const Taken pieces = take(input, from, size ? 1 + input[size - 1] % 40u : 1);
        fuzz::expect(pieces.refused == whole.refused && bytes_of(pieces) == again,
                     "frames do not depend on how they come");
    }
    return 0;
}
