// Calls over a stream: both ends in one program, and ends that do what they should not.
#include "memory_stream.hpp"
#include "net/frames.hpp"
#include "net/stream_channel.hpp"
#include "net/stream_service.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

namespace safe::test {
namespace {

using namespace net;

// Says what it was told. A request whose header is {n} waits while n is held.
class Echo : public Service {
  public:
    explicit Echo(Loop &loop) : loop_(loop) {}

    Awaitable<Frame> serve(Frame request) override {
        most = std::max(most, ++active);
        const Byte number = request.header[0];
        if (held_.contains(number)) {
            const auto gate = std::make_shared<Gate>(loop_);
            waiting_.emplace(number, gate);
            co_await gate->wait();
        }
        --active;
        ++served;
        co_return request;
    }

    void hold(Byte number) { held_.insert(number); }
    void release(Byte number) {
        held_.erase(number);
        const auto [first, last] = waiting_.equal_range(number);
        for (auto at = first; at != last; ++at) at->second->open();
        waiting_.erase(first, last);
    }
    void release_all() {
        while (!held_.empty()) release(*held_.begin());
    }

    unsigned active = 0, most = 0, served = 0;

  private:
    Loop &loop_;
    std::set<Byte> held_;
    std::multimap<Byte, std::shared_ptr<Gate>> waiting_;
};

// How something ended, on the way to that.
struct Ending {
    bool over = false;
    Errc code = Errc::ok;
    Bytes payload;
};
using EndingRef = std::shared_ptr<Ending>;

Awaitable<void> note(EndingRef ending, Awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (const Error &error) {
        ending->code = error.code();
    }
    ending->over = true;
}

Awaitable<void> call(std::shared_ptr<Channel> channel, Byte number, Bytes payload, JobRef job, EndingRef ending) {
    Frame request{Bytes{number}, Blob(std::move(payload))};
    const Frame reply = co_await channel->call(std::move(request), std::move(job));
    ending->payload.assign(reply.payload.view().begin(), reply.payload.view().end());
}

class Streams : public ::testing::Test {
  protected:
    void connect(std::size_t piece = Stream::max_piece) {
        std::tie(near, far) = MemoryStream::make(loop.runtime(), piece);
        channel = make_stream_channel(loop.runtime(), near, "test:");
    }
    void serve() { served = start(serve_stream(loop.runtime(), serving, far, echo)); }
    EndingRef start(Awaitable<void> work) {
        auto ending = std::make_shared<Ending>();
        asio::co_spawn(loop.context(), note(ending, std::move(work)), asio::detached);
        return ending;
    }
    EndingRef ask(Byte number, Bytes payload = {}, JobRef job = std::make_shared<Job>()) {
        auto ending = std::make_shared<Ending>();
        Awaitable<void> work = call(channel, number, std::move(payload), std::move(job), ending);
        asio::co_spawn(loop.context(), note(ending, std::move(work)), asio::detached);
        return ending;
    }
    // What the other side puts on the stream without being asked.
    void say(const Bytes &bytes) {
        if (!bytes.empty()) start(far->send(Blob(bytes)));
    }
    // Until nothing is left to do but to wait.
    void settle() {
        loop.context().restart();
        while (loop.context().poll() > 0) continue;
    }
    void TearDown() override {
        channel.reset();
        if (far) far->close();
        echo->release_all();
        loop.context().restart();
        loop.context().run(); // would go on for ever if anybody were left waiting
    }

    TestLoop loop;
    std::shared_ptr<Echo> echo = std::make_shared<Echo>(loop.context());
    JobRef serving = std::make_shared<Job>();
    std::shared_ptr<MemoryStream> near, far;
    std::shared_ptr<Channel> channel;
    EndingRef served;
};

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
    channel = make_stream_channel(loop.runtime(), near, "test:");
    const auto job = std::make_shared<Job>();
    const auto first = ask(1, Bytes(1000)), second = ask(2, Bytes(1000), job);
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
    EXPECT_EQ(requests_at_once, echo->active);
    echo->release(1);
    settle();
    for (Byte i = 0; i < 100; ++i) EXPECT_EQ(Bytes{i}, endings[i]->payload);
    EXPECT_EQ(requests_at_once, echo->most);
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
Bytes reply_of(std::uint64_t id) { return encode_frame(FrameKind::reply, id, Frame{Bytes{9}, Blob()}); }

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
    const Bytes whole = encode_frame(FrameKind::request, 1, Frame{Bytes{9}, Blob()});
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
    const Bytes request = encode_frame(FrameKind::request, 1, Frame{Bytes{9}, Blob()});
    for (const Bytes &wrong : {Bytes{'H'}, Bytes{0}, reply_of(99), request}) {
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
    for (const Bytes &wrong : {Bytes{'H'}, Bytes{0}, reply_of(1)}) {
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

} // namespace
} // namespace safe::test
