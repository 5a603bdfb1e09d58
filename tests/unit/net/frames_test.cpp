// Frames as bytes (docs/protocol.md, "Frames on a stream").
#include "net/frames.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace safe::test {
namespace {

using namespace net;

Bytes bytes_of(const std::string &text) { return {text.begin(), text.end()}; }

Bytes sent(FrameKind kind, std::uint64_t id, const Bytes &header, const Bytes &payload) {
    Bytes all = encode_frame(kind, id, Frame{header, Blob(payload)});
    all.insert(all.end(), payload.begin(), payload.end());
    return all;
}

FrameDecoder decoder_of(FrameKind kind = FrameKind::request) {
    return FrameDecoder(std::make_shared<BufferPool>(64 * 1024 * 1024), kind);
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
const Bytes vector = {0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
                      0x03, 0x00, 0x00, 0x00, 0x05, 0x92, 0x01, 0x04, 0x68, 0x65, 0x6c, 0x6c, 0x6f};

TEST(Frames, AreTheBytesOfTheDocument) {
    EXPECT_EQ(vector, sent(FrameKind::request, 7, {0x92, 0x01, 0x04}, bytes_of("hello")));
    FrameDecoder decoder = decoder_of();
    ByteView bytes = vector;
    const auto frame = decoder.feed(bytes);
    ASSERT_TRUE(frame);
    EXPECT_EQ(7u, frame->id);
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
    EXPECT_EQ(Errc::ok, refused(0, {1}));
    EXPECT_EQ(Errc::bad_message, refused(0, {0}));
    EXPECT_EQ(Errc::bad_message, refused(0, {2}));
    EXPECT_EQ(Errc::bad_message, refused(1, {2})); // a reply
    EXPECT_EQ(Errc::bad_message, refused(1, {3}));
    EXPECT_EQ(Errc::bad_message, refused(9, {0}));  // number 0
    EXPECT_EQ(Errc::bad_message, refused(13, {0})); // no header
    EXPECT_EQ(Errc::ok, refused(10, {0, 2, 0, 0}));
    EXPECT_EQ(Errc::bad_message, refused(10, {0, 2, 0, 1}));
    EXPECT_EQ(Errc::bad_message, refused(10, {0xff, 0xff, 0xff, 0xff}));
    EXPECT_EQ(Errc::ok, refused(14, {0, 0x50, 0, 0}));
    EXPECT_EQ(Errc::bad_message, refused(14, {0, 0x50, 0, 1}));
    EXPECT_EQ(Errc::bad_message, refused(14, {0xff, 0xff, 0xff, 0xff}));
}

TEST(Frames, OfAnotherVersionAreRefusedAtTheirFirstByte) {
    FrameDecoder decoder = decoder_of();
    const Bytes other = bytes_of("H");
    ByteView bytes = other;
    EXPECT_EQ(Errc::bad_message, code_of([&] { decoder.feed(bytes); }));
}

TEST(Frames, AboveTheLimitsAreNotMade) {
    EXPECT_EQ(Errc::ok, code_of([] { encode_frame(FrameKind::reply, 1, Frame{Bytes(max_frame_header), Blob()}); }));
    EXPECT_EQ(Errc::data_too_large, code_of([] {
                  encode_frame(FrameKind::reply, 1, Frame{Bytes(max_frame_header + 1), Blob()});
              }));
    EXPECT_EQ(Errc::data_too_large, code_of([] {
                  encode_frame(FrameKind::reply, 1, Frame{Bytes(1), Blob(Bytes(max_frame_payload + 1))});
              }));
}

} // namespace
} // namespace safe::test
