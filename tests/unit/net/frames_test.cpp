// Frames as bytes (docs/protocol.md, "Frames on a stream").
#include "net/frames.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <tuple>

namespace safe::test {
namespace {

using namespace net;

Bytes bytes_of(const std::string &text) { return {text.begin(), text.end()}; }

Bytes sent(FrameKind kind, std::uint64_t id, const Bytes &header, const Bytes &payload) {
    Bytes all;
    encode_frame(all, kind, id, Frame{header, Blob(payload)});
    all.insert(all.end(), payload.begin(), payload.end());
    return all;
}

FrameDecoder decoder_of(End from = End::client) {
    return FrameDecoder(std::make_shared<BufferPool>(64 * 1024 * 1024), from);
}

Errc code_of(const std::function<void()> &work) {
    try {
        work();
    } catch (const Error &error) {
        return error.code();
    }
    return Errc::ok;
}

// The vector of docs/protocol.md.
const Bytes vector = {0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x27, 0x10, 0x00,
                      0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x05, 0x92, 0x01, 0x04, 0x68, 0x65, 0x6c, 0x6c, 0x6f};

TEST(Frames, AreTheBytesOfTheDocument) {
    Bytes all;
    encode_frame(all, FrameKind::request, 7, Frame{{0x92, 0x01, 0x04}, Blob(bytes_of("hello")), true, 10000});
    EXPECT_EQ(frame_head_size + 3, all.size());
    EXPECT_TRUE(std::equal(all.begin(), all.end(), vector.begin()));
    FrameDecoder decoder = decoder_of();
    ByteView bytes = vector;
    const auto frame = decoder.feed(bytes);
    ASSERT_TRUE(frame);
    EXPECT_EQ(7u, frame->id);
    EXPECT_EQ(10000u, frame->frame.deadline_ms);
    EXPECT_EQ((Bytes{0x92, 0x01, 0x04}), frame->frame.header);
    EXPECT_EQ("hello", text_of(frame->frame.payload.view()));
    EXPECT_TRUE(bytes.empty());
}

TEST(Frames, ComeInPiecesOfAnySize) {
    Bytes all;
    for (std::uint64_t id = 1; id <= 5; ++id) {
        const Bytes one = sent(FrameKind::request, id, Bytes(id, Byte(id)), Bytes(id % 2 ? 0 : 1000, Byte(id)));
        all.insert(all.end(), one.begin(), one.end());
    }
    for (std::size_t piece = 1; piece <= all.size(); piece += piece < 50 ? 1 : 97) {
        FrameDecoder decoder = decoder_of();
        std::uint64_t last = 0;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            ByteView bytes = ByteView(all).subspan(at, std::min(piece, all.size() - at));
            while (const auto frame = decoder.feed(bytes)) {
                EXPECT_EQ(++last, frame->id);
                EXPECT_EQ(Bytes(last, Byte(last)), frame->frame.header);
                EXPECT_EQ(last % 2 ? 0u : 1000u, frame->frame.payload.size());
            }
            EXPECT_TRUE(bytes.empty());
        }
        EXPECT_EQ(5u, last) << piece;
        EXPECT_TRUE(decoder.between_frames());
    }
}

TEST(Frames, ThatAreCutAreNotWhole) {
    for (std::size_t size = 1; size < vector.size(); ++size) {
        FrameDecoder decoder = decoder_of();
        ByteView bytes = ByteView(vector).first(size);
        EXPECT_FALSE(decoder.feed(bytes)) << size;
        EXPECT_FALSE(decoder.between_frames()) << size;
    }
}

TEST(Frames, ThatCannotBeAreRefusedBeforeTheRestIsThere) {
    const auto refused = [](std::size_t at, std::initializer_list<Byte> wrong) {
        Bytes head(vector.begin(), vector.begin() + frame_head_size);
        std::copy(wrong.begin(), wrong.end(), head.begin() + static_cast<std::ptrdiff_t>(at));
        FrameDecoder decoder = decoder_of();
        ByteView bytes = head;
        return code_of([&] { decoder.feed(bytes); });
    };
    EXPECT_EQ(Errc::ok, refused(0, {2}));
    EXPECT_EQ(Errc::bad_message, refused(0, {0}));
    EXPECT_EQ(Errc::bad_message, refused(0, {1}));
    EXPECT_EQ(Errc::bad_message, refused(1, {0}));
    EXPECT_EQ(Errc::bad_message, refused(1, {2})); // a reply
    EXPECT_EQ(Errc::bad_message, refused(1, {5})); // only a vault goes
    EXPECT_EQ(Errc::bad_message, refused(1, {6}));
    EXPECT_EQ(Errc::bad_message, refused(9, {0}));  // number 0
    EXPECT_EQ(Errc::bad_message, refused(17, {0})); // no header
    EXPECT_EQ(Errc::ok, refused(14, {0, 2, 0, 0}));
    EXPECT_EQ(Errc::bad_message, refused(14, {0, 2, 0, 1}));
    EXPECT_EQ(Errc::bad_message, refused(14, {0xff, 0xff, 0xff, 0xff}));
    EXPECT_EQ(Errc::ok, refused(18, {0, 0x50, 0, 0}));
    EXPECT_EQ(Errc::bad_message, refused(18, {0, 0x50, 0, 1}));
    EXPECT_EQ(Errc::bad_message, refused(18, {0xff, 0xff, 0xff, 0xff}));
}

TEST(Frames, OfAnotherVersionAreRefusedAtTheirFirstByte) {
    FrameDecoder decoder = decoder_of();
    const Bytes other = bytes_of("H");
    ByteView bytes = other;
    EXPECT_EQ(Errc::bad_message, code_of([&] { decoder.feed(bytes); }));
}

TEST(Frames, AboveTheLimitsAreNotMade) {
    const auto encoded = [](std::size_t header, std::size_t payload) {
        Bytes out;
        const Errc code = code_of([&] {
            encode_frame(out, FrameKind::reply, 1, Frame{Bytes(header), Blob(Bytes(payload))});
        });
        EXPECT_EQ(code == Errc::ok, !out.empty());
        return code;
    };
    EXPECT_EQ(Errc::ok, encoded(max_frame_header, max_frame_payload));
    EXPECT_EQ(Errc::data_too_large, encoded(max_frame_header + 1, 0));
    EXPECT_EQ(Errc::data_too_large, encoded(1, max_frame_payload + 1));
}

// A frame that carries nothing.
Bytes bare(FrameKind kind, std::uint64_t id) {
    Bytes out;
    encode_frame(out, kind, id, Frame());
    return out;
}

TEST(Frames, ThatCarryNothingAreHeadsAlone) {
    for (const auto &[kind, id, from] : {std::tuple(FrameKind::cancel, 7u, End::client),
                                         {FrameKind::alive, 0u, End::client},
                                         {FrameKind::alive, 0u, End::vault},
                                         {FrameKind::going, 0u, End::vault}}) {
        const Bytes all = bare(kind, id);
        EXPECT_EQ(frame_head_size, all.size());
        FrameDecoder decoder = decoder_of(from);
        ByteView bytes = all;
        const auto frame = decoder.feed(bytes);
        ASSERT_TRUE(frame);
        EXPECT_EQ(kind, frame->kind);
        EXPECT_EQ(id, frame->id);
        EXPECT_TRUE(decoder.between_frames());
        // A number where none belongs, or none where one does; a deadline, a header, a payload.
        for (const std::size_t at : {9u, 13u, 17u, 21u}) {
            Bytes wrong = all;
            wrong[at] = at == 9 && id != 0 ? 0 : 1;
            FrameDecoder other = decoder_of(from);
            ByteView left = wrong;
            EXPECT_EQ(Errc::bad_message, code_of([&] { other.feed(left); })) << at;
        }
    }
}

TEST(Frames, WithALargePayloadWaitForRoom) {
    const auto budget_loop = std::make_shared<Loop>();
    const auto budget = std::make_shared<Budget>(*budget_loop, 1000000);
    for (const std::size_t size : {large_payload - 1, large_payload}) {
        const Bytes all = sent(FrameKind::request, 1, {1}, Bytes(size, 5));
        FrameDecoder decoder = decoder_of();
        ByteView bytes = all;
        auto frame = decoder.feed(bytes);
        EXPECT_EQ(size < large_payload, frame.has_value());
        if (frame) continue;
        EXPECT_EQ(size, decoder.waits_for());
        EXPECT_EQ(all.size() - frame_head_size, bytes.size());
        EXPECT_FALSE(decoder.feed(bytes)); // still
        decoder.make_room(*budget->try_take(size));
        EXPECT_EQ(0u, decoder.waits_for());
        frame = decoder.feed(bytes);
        ASSERT_TRUE(frame);
        EXPECT_EQ(size, budget->used());
        frame.reset();
        EXPECT_EQ(0u, budget->used());
    }
}

} // namespace
} // namespace safe::test
