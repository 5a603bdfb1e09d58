// Deadlines of calls, and sides that say nothing, or too slowly.
#include "streams.hpp"

namespace safe::test {
namespace {

using namespace net;

TEST_F(Streams, ACallEndsAtItsDeadlineOnBothSides) {
    connect();
    serve();
    echo->hold(1);
    const auto late = ask(1, {1}, std::make_shared<Job>(), 20), other = ask(1, {2});
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!late->over && std::chrono::steady_clock::now() < until) settle();
    EXPECT_TRUE(late->over);
    EXPECT_TRUE(late->code == Errc::timeout || late->header == "TIMEOUT");
    while (!echo->jobs[0]->cancel.requested() && std::chrono::steady_clock::now() < until) settle();
    EXPECT_TRUE(echo->jobs[0]->cancel.requested());
    EXPECT_FALSE(echo->jobs[1]->cancel.requested());
    EXPECT_FALSE(other->over);
}

// What is safe to repeat is then asked again over the next one.
TEST_F(Streams, AConnectionThatFallsSilentInTheMiddleOfAWaitHasEnded) {
    connect();
    // Half of it is far longer than a busy machine holds up what comes between: the answer is to be early in the wait.
    const std::uint32_t deadline = 3000;
    const auto lost = ask(1, {1}, std::make_shared<Job>(), deadline),
               heard = ask(2, {2}, std::make_shared<Job>(), deadline);
    settle();
    say(frame_of(FrameKind::reply, 2));
    settle();
    EXPECT_EQ(Errc::ok, heard->code);
    loop.context().restart();
    while (!lost->over) loop.context().run_one();
    EXPECT_EQ(Errc::timeout, lost->code);
    EXPECT_EQ(std::vector<Errc>{Errc::connection_failed}, ended);
}

TEST_F(Streams, ACallThatOthersAreAnsweredBesideEndsAtItsDeadlineAlone) {
    connect();
    serve();
    echo->hold(1);
    const auto late = ask(1, {1}, std::make_shared<Job>(), 200);
    loop.context().restart();
    while (!late->over) {
        const auto other = ask(2, {2});
        while (!other->over) loop.context().run_one();
        EXPECT_EQ(Errc::ok, other->code);
    }
    EXPECT_TRUE(late->code == Errc::timeout || late->header == "TIMEOUT"); // by either side's clock
    EXPECT_TRUE(ended.empty());
}

TEST_F(Streams, TheVaultSaysThatADeadlineHasPassed) {
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    serve();
    echo->hold(9);
    Bytes request;
    encode_frame(request, FrameKind::request, 5, Frame{Bytes{9}, Blob(), true, 10});
    start(near->send(Blob(request)));
    Bytes got;
    const auto reading = start([](std::shared_ptr<MemoryStream> from, Bytes *to) -> Awaitable<void> {
        const Blob piece = co_await from->receive();
        to->assign(piece.view().begin(), piece.view().end());
    }(near, &got));
    while (!reading->over) settle();
    FrameDecoder decoder(loop.runtime()->buffers(), End::vault);
    ByteView bytes = got;
    const auto reply = decoder.feed(bytes);
    ASSERT_TRUE(reply);
    EXPECT_EQ(5u, reply->id);
    EXPECT_EQ("TIMEOUT", text_of(reply->frame.header));
}

TEST_F(Streams, BothSidesStayWhileTheySayThatTheyAreAlive) {
    // Both are this process, which a busy machine may hold up: they are not to miss each other for that.
    times = options.times = Times{std::chrono::milliseconds(100), std::chrono::seconds(5)};
    connect();
    serve();
    loop.context().restart();
    loop.context().run_for(std::chrono::seconds(6));
    EXPECT_FALSE(served->over);
    EXPECT_TRUE(ended.empty());
}

TEST_F(Streams, ASideThatSaysNothingIsTakenForGone) {
    const Times short_times{std::chrono::milliseconds(20), std::chrono::milliseconds(50)};
    times = short_times; // the other side does not exist
    connect();
    const auto asked = ask(1);
    while (!asked->over) settle();
    EXPECT_EQ(Errc::connection_failed, asked->code);
    EXPECT_TRUE(near->is_closed());
    options.times = short_times;
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    serve();
    while (!served->over) settle();
    EXPECT_EQ(Errc::connection_failed, served->code);
}

TEST_F(Streams, AFrameThatComesTooSlowlyEndsTheConnection) {
    options.times =
        Times{std::chrono::milliseconds(10), std::chrono::milliseconds(10000), std::chrono::milliseconds(100), 1000000};
    std::tie(near, far) = MemoryStream::make(loop.runtime());
    serve();
    const Bytes whole = frame_of(FrameKind::request, 1);
    std::size_t at = 0;
    while (!served->over && at < whole.size() - 1) { // a byte each 10 ms
        start(near->send(Blob(Bytes{whole[at++]})));
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
        while (std::chrono::steady_clock::now() < until) settle();
    }
    EXPECT_EQ(Errc::connection_failed, served->code);
}

TEST_F(Streams, AClientThatDoesNotTakeItsRepliesIsEnded) {
    options.times = Times{std::chrono::milliseconds(20), std::chrono::milliseconds(100)};
    std::tie(near, far) = MemoryStream::make(loop.runtime(), Stream::max_piece, 1);
    serve();
    Bytes request;
    encode_frame(request, FrameKind::request, 1, Frame{Bytes{9}, Blob(Bytes(1000))});
    request.insert(request.end(), 1000, 0);
    start(near->send(Blob(request)));
    start([](std::shared_ptr<MemoryStream> to,
             EndingRef *over) -> Awaitable<void> { // says that it is alive, and that only
        while (!(*over)->over) {
            Blob alive(frame_of(FrameKind::alive, 0));
            co_await to->send(std::move(alive));
        }
    }(near, &served));
    while (!served->over) settle();
    EXPECT_EQ(Errc::connection_failed, served->code);
}

} // namespace
} // namespace safe::test
