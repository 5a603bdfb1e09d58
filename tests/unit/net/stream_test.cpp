// Calls over a stream: both ends in one program, and ends that do what they should not.
#include "streams.hpp"

namespace safe::test {
namespace {

using namespace net;

TEST_F(Streams, CallsAreAnsweredInAnyOrder) {
    connect();
    serve();
    echo->hold(1);
    echo->hold(2);
    const auto one = ask(1, {1}), two = ask(2, {2}), three = ask(3, {3});
    settle();
    EXPECT_FALSE(one->over);
    EXPECT_FALSE(two->over);
    EXPECT_TRUE(three->over);
    echo->release(2);
    settle();
    EXPECT_FALSE(one->over);
    EXPECT_EQ(Bytes{2}, two->payload);
    echo->release(1);
    settle();
    EXPECT_EQ(Bytes{1}, one->payload);
    EXPECT_EQ(Bytes{3}, three->payload);
}

TEST_F(Streams, PayloadsOfAnySizeComeThroughInPiecesOfAnySize) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, Stream::max_piece}) {
        connect(piece);
        serve();
        for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 300000u}) {
            Bytes payload(piece == 1 ? size % 10000 : size);
            for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<Byte>(i * 31 + size);
            const auto ending = ask(9, payload);
            settle();
            EXPECT_TRUE(ending->over);
            EXPECT_EQ(payload, ending->payload) << piece << " " << size;
        }
        channel.reset();
        settle();
        EXPECT_TRUE(served->over);
        EXPECT_EQ(Errc::ok, served->code);
    }
}

TEST_F(Streams, ACancelledCallEndsAtOnceAndLeavesTheOthers) {
    connect();
    serve();
    echo->hold(1);
    const auto job = std::make_shared<Job>();
    const auto cancelled = ask(1, {1}, job), other = ask(1, {2});
    settle();
    job->cancel.request();
    settle();
    EXPECT_EQ(Errc::cancelled, cancelled->code);
    EXPECT_FALSE(other->over);
    echo->release(1); // both are answered now, one of them for nobody
    settle();
    EXPECT_EQ(Bytes{2}, other->payload);
    EXPECT_EQ(Bytes{3}, [&] {
        const auto later = ask(3, {3});
        settle();
        return later->payload;
    }());
}

TEST_F(Streams, ACallThatIsCancelledBeforeItIsSentIsNotSent) {
    std::tie(near, far) = MemoryStream::make(loop.runtime(), Stream::max_piece, 1);
    open();
    const auto job = std::make_shared<Job>();
    const auto first = ask(1, Bytes(100000)), second = ask(2, Bytes(10000), job);
    settle(); // nobody reads: the first is under way, the second waits
    job->cancel.request();
    settle();
    EXPECT_EQ(Errc::cancelled, second->code);
    serve();
    settle();
    EXPECT_TRUE(first->over);
    EXPECT_EQ(1u, echo->served);
}

TEST_F(Streams, OnlySoManyAreServedAtATime) {
    connect();
    serve();
    echo->hold(1);
    std::vector<EndingRef> endings;
    for (Byte i = 0; i < 100; ++i) endings.push_back(ask(1, {i}));
    settle();
    EXPECT_EQ(options.requests_at_once, echo->active);
    echo->release(1);
    settle();
    for (Byte i = 0; i < 100; ++i) EXPECT_EQ(Bytes{i}, endings[i]->payload);
    EXPECT_EQ(options.requests_at_once, echo->most);
}

TEST_F(Streams, ServingEndsWhenTheOtherSideHasClosedAndAllIsDone) {
    connect();
    serve();
    echo->hold(1);
    const auto job = std::make_shared<Job>();
    const auto asked = ask(1, {1}, job);
    settle();
    job->cancel.request();
    settle();
    channel.reset();
    settle();
    EXPECT_FALSE(served->over);
    echo->release(1);
    settle();
    EXPECT_TRUE(served->over);
    EXPECT_EQ(Errc::ok, served->code);
    EXPECT_EQ(1u, echo->served);
}

TEST_F(Streams, ServingIsCancelledAtOnceAndTheClientIsTold) {
    connect();
    serve();
    echo->hold(1);
    const auto asked = ask(1);
    settle();
    serving->cancel.request();
    settle();
    EXPECT_EQ(Errc::cancelled, served->code);
    EXPECT_TRUE(far->is_closed());
    EXPECT_EQ(Errc::connection_failed, asked->code);
    EXPECT_EQ(Errc::connection_failed, [&] {
        const auto later = ask(2);
        settle();
        return later->code;
    }());
}

// A reply to the first call.
Bytes reply_of(std::uint64_t id) { return frame_of(FrameKind::reply, id); }

TEST_F(Streams, AReplyThatIsCutAnywhereFailsTheCall) {
    const Bytes whole = reply_of(1);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        connect();
        const auto asked = ask(1);
        settle();
        say(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        settle();
        far->close();
        settle();
        EXPECT_TRUE(asked->over);
        EXPECT_EQ(size == whole.size() ? Errc::ok : Errc::connection_failed, asked->code) << size;
        channel.reset();
        settle();
    }
}

TEST_F(Streams, ARequestThatIsCutAnywhereFailsTheServing) {
    const Bytes whole = frame_of(FrameKind::request, 1);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        std::tie(near, far) = MemoryStream::make(loop.runtime());
        serve();
        if (size > 0) start(near->send(Blob(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))));
        settle();
        near->close();
        settle();
        EXPECT_TRUE(served->over);
        EXPECT_EQ(size == 0 || size == whole.size() ? Errc::ok : Errc::connection_failed, served->code) << size;
    }
}

TEST_F(Streams, WhatCannotBeFailsAllCallsAndThoseToCome) {
    const Bytes request = frame_of(FrameKind::request, 1);
    for (const Bytes &wrong : {Bytes{'H'}, Bytes{1}, reply_of(99), request, frame_of(FrameKind::cancel, 1)}) {
        connect();
        const auto one = ask(1), two = ask(2);
        settle();
        say(wrong);
        settle();
        EXPECT_EQ(Errc::bad_message, one->code);
        EXPECT_EQ(Errc::bad_message, two->code);
        EXPECT_TRUE(near->is_closed());
        const auto later = ask(3);
        settle();
        EXPECT_EQ(Errc::bad_message, later->code);
        channel.reset();
        settle();
    }
}

TEST_F(Streams, ASecondReplyToOneCallIsOneToNone) {
    connect();
    const auto one = ask(1), two = ask(2);
    settle();
    say(reply_of(1));
    settle();
    EXPECT_EQ(Errc::ok, one->code);
    say(reply_of(1));
    settle();
    EXPECT_EQ(Errc::bad_message, two->code);
}

TEST_F(Streams, AVaultThatIsSentNonsenseClosesTheConnection) {
    for (const Bytes &wrong : {Bytes{'H'}, Bytes{1}, reply_of(1), frame_of(FrameKind::going, 0)}) {
        std::tie(near, far) = MemoryStream::make(loop.runtime());
        serve();
        start(near->send(Blob(wrong)));
        settle();
        EXPECT_EQ(Errc::bad_message, served->code);
        EXPECT_TRUE(far->is_closed());
    }
}

TEST_F(Streams, ARequestThatIsTooLargeFailsAlone) {
    connect();
    serve();
    const auto large = ask(1, Bytes(max_frame_payload + 1)), small = ask(2, {2});
    settle();
    EXPECT_EQ(Errc::data_too_large, large->code);
    EXPECT_EQ(Bytes{2}, small->payload);
}

// ---- what crosses the wire besides requests and replies

TEST_F(Streams, ACancelledCallIsCancelledOnTheOtherSide) {
    connect();
    serve();
    echo->hold(1);
    const auto job = std::make_shared<Job>();
    ask(1, {1}, job);
    settle();
    EXPECT_FALSE(echo->jobs[0]->cancel.requested());
    job->cancel.request();
    settle();
    EXPECT_TRUE(echo->jobs[0]->cancel.requested());
    EXPECT_EQ(1u, echo->active); // it counts until it has ended
}

TEST_F(Streams, ACancelOfWhatIsAnsweredAlreadyIsNothing) {
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    serve();
    Bytes both = frame_of(FrameKind::request, 1);
    const Bytes cancel = frame_of(FrameKind::cancel, 1);
    start(near->send(Blob(both)));
    settle();
    start(near->send(Blob(cancel)));
    settle();
    EXPECT_FALSE(served->over);
    EXPECT_EQ(1u, echo->served);
}

TEST_F(Streams, ANumberThatIsInUseCannotBeUsed) {
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    serve();
    echo->hold(9);
    start(near->send(Blob(frame_of(FrameKind::request, 1))));
    settle();
    start(near->send(Blob(frame_of(FrameKind::request, 1))));
    settle();
    EXPECT_EQ(Errc::bad_message, served->code);
}

TEST_F(Streams, AVaultThatGoesSaysSoAndAnswersWhatItWasAsked) {
    options.drain = std::make_shared<Cancel>();
    connect();
    serve();
    echo->hold(1);
    const auto asked = ask(1, {1});
    settle();
    options.drain->request();
    settle();
    EXPECT_EQ(std::vector<Errc>{Errc::connection_failed}, ended);
    EXPECT_FALSE(asked->over);
    echo->release(1);
    settle();
    EXPECT_EQ(Bytes{1}, asked->payload);
    channel.reset();
    settle();
    EXPECT_EQ(Errc::ok, served->code);
    EXPECT_EQ(1u, ended.size()); // is told once
}

TEST_F(Streams, WhoMadeTheChannelIsToldOfItsEndOnce) {
    connect();
    settle();
    far->close();
    settle();
    EXPECT_EQ(std::vector<Errc>{Errc::connection_failed}, ended);
}

TEST_F(Streams, NoMoreIsReadWhileSoManyBytesAreUnderWay) {
    options.bytes_at_once = 250000;
    connect();
    serve();
    echo->hold(1);
    std::vector<EndingRef> endings;
    for (Byte i = 0; i < 10; ++i) endings.push_back(ask(1, Bytes(100000, i)));
    settle();
    EXPECT_EQ(2u, echo->active);
    echo->release(1);
    settle();
    for (Byte i = 0; i < 10; ++i) EXPECT_EQ(Bytes(100000, i), endings[i]->payload);
    EXPECT_LE(echo->most, 3u);
}

TEST_F(Streams, LargePayloadsOfAllConnectionsArePaidForAndNobodyWaitsForEver) {
    options.budget = std::make_shared<Budget>(loop.context(), 250000);
    echo->hold(1);
    std::vector<std::shared_ptr<Channel>> channels;
    std::vector<EndingRef> endings;
    for (Byte i = 0; i < 8; ++i) {
        connect();
        serve();
        channels.push_back(channel);
        for (const std::size_t size : {100000u, 100u}) endings.push_back(ask(1, Bytes(size, i)));
    }
    settle();
    EXPECT_LE(options.budget->used(), 250000u);
    EXPECT_EQ(2u + 8u, echo->active); // small ones have passed the large ones that wait
    echo->room = 100000;              // and from now on every reply may be large
    echo->release_all();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto done = [&] {
        return std::all_of(endings.begin(), endings.end(), [](const EndingRef &ending) { return ending->over; });
    };
    while (!done() && std::chrono::steady_clock::now() < until) settle();
    for (const EndingRef &ending : endings) EXPECT_EQ(Errc::ok, ending->code);
    EXPECT_TRUE(done());
    endings.clear();
    settle();
    EXPECT_EQ(0u, options.budget->used());
}

// Counts what is sent at once.
class Counted : public Stream {
  public:
    explicit Counted(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
    Awaitable<void> send(Blob bytes) override {
        ++sends;
        return stream_->send(std::move(bytes));
    }
    Awaitable<Blob> receive() override { return stream_->receive(); }
    void close() override { stream_->close(); }
    unsigned sends = 0;

  private:
    const std::shared_ptr<Stream> stream_;
};

TEST_F(Streams, WhatIsToBeSentAtATimeIsSentInOnePiece) {
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    const auto there = std::make_shared<Counted>(near), back = std::make_shared<Counted>(far);
    channel = make_stream_channel(loop.runtime(), there, "test:");
    served = start(serve_stream(loop.runtime(), serving, back, echo, options));
    std::vector<EndingRef> endings;
    for (Byte i = 0; i < 50; ++i) endings.push_back(ask(3, Bytes(200, i)));
    settle();
    for (Byte i = 0; i < 50; ++i) EXPECT_EQ(Bytes(200, i), endings[i]->payload);
    EXPECT_EQ(1u, there->sends);
    EXPECT_EQ(1u, back->sends);
}

} // namespace
} // namespace safe::test
