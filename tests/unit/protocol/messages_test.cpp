#include "protocol/messages.hpp"

#include <gtest/gtest.h>

namespace safe::protocol {
namespace {

Address address_of(Byte fill) {
    Address address;
    address.fill(fill);
    return address;
}

template <class Message>
Message round_trip(Request request) {
    const Bytes bytes = encode(request);
    const Request again = decode_request(bytes);
    EXPECT_EQ(bytes, encode(again));
    return std::get<Message>(again);
}

TEST(Requests, SayAfterDecodingWhatTheySaidBefore) {
    EXPECT_EQ(address_of(7), round_trip<GetChunk>(GetChunk{address_of(7)}).address);
    EXPECT_EQ(address_of(8), round_trip<PutChunk>(PutChunk{address_of(8)}).address);
    EXPECT_EQ(address_of(9), round_trip<HasChunk>(HasChunk{address_of(9)}).address);
    round_trip<PutRecord>(PutRecord{});
    EXPECT_EQ(newest_version, round_trip<GetRecord>(GetRecord{address_of(1), newest_version}).version);
    const auto list = round_trip<ListRecords>(ListRecords{address_of(2), 1ull << 60, 1000});
    EXPECT_EQ(1ull << 60, list.before);
    EXPECT_EQ(1000u, list.limit);
    round_trip<Hold>(Hold{});
    EXPECT_EQ(99u, round_trip<Release>(Release{99}).id);
}

TEST(Requests, ThatAreCutOffOrHaveMoreThanTheyShouldAreRefused) {
    const Bytes whole = encode(Request(GetRecord{address_of(3), 5}));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW(decode_request(ByteView(whole).first(size)), Error) << size;
    Bytes more = whole;
    more.push_back(0);
    EXPECT_THROW(decode_request(more), Error);
}

TEST(Requests, OfAnotherVersionOrAnUnknownKindAreRefused) {
    EXPECT_THROW(decode_request(Bytes{0x92, 2, 7}), Error);
    EXPECT_THROW(decode_request(Bytes{0x92, 1, 42}), Error);
    // A page of no entries.
    Bytes list = encode(Request(ListRecords{address_of(2), 1, 1}));
    list.back() = 0;
    EXPECT_THROW(decode_request(list), Error);
}

TEST(Replies, CarryFailuresWithTheirDetails) {
    const Failure failure{
        Errc::invalid_successor, "no", {{"current_version", UINT64_MAX}, {"who", std::string("\xc3\xa9")}}};
    const Bytes bytes = encode(Reply(failure));
    const auto again = std::get<Failure>(decode_reply(bytes));
    EXPECT_EQ(Errc::invalid_successor, again.code);
    EXPECT_EQ("no", again.message);
    ASSERT_EQ(2u, again.details.size());
    EXPECT_EQ(UINT64_MAX, std::get<std::uint64_t>(again.details[0].value));
    EXPECT_EQ("\xc3\xa9", std::get<std::string>(again.details[1].value));
}

TEST(Replies, LongOrBrokenTextsStillMakeAReplyThatDecodes) {
    std::string text(4095, 'a');
    text += "\xc3\xa9\xc3\xa9";
    const Bytes bytes = encode(Reply(Failure{Errc::io, text, {{"path", std::string("\xff")}}}));
    const auto again = std::get<Failure>(decode_reply(bytes));
    EXPECT_EQ(std::string(4095, 'a'), again.message);
}

TEST(Replies, AFailureCannotCallItselfSuccess) {
    const auto again = std::get<Failure>(decode_reply(encode(Reply(Failure{Errc::ok, "fine", {}}))));
    EXPECT_NE(Errc::ok, again.code);
}

TEST(Replies, RecordsKeepSizesAndOrder) {
    const auto again = std::get<Records>(decode_reply(encode(Reply(Records{{3, 2, 1}, true}))));
    EXPECT_EQ((std::vector<std::uint64_t>{3, 2, 1}), again.sizes);
    EXPECT_TRUE(again.more);
}

} // namespace
} // namespace safe::protocol
