// Connections that break, and what becomes of the calls that were on them.
#include "net/lasting_channel.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace safe::test {
namespace {

using namespace net;
using namespace std::chrono_literals;

// One connection: answers with what it was asked, or does not, or breaks.
class Wire : public Channel {
  public:
    enum class Does { answer, hold, break_first, answer_once };
    Wire(Loop &loop, Does does, Ended ended) : does_(does), ended_(std::move(ended)), broken_(loop) {}

    Awaitable<Frame> call(Frame request, JobRef job) override {
        ++asked;
        if (does_ == Does::answer || (does_ == Does::answer_once && asked == 1)) co_return request;
        if (does_ == Does::break_first || does_ == Does::answer_once) break_now();
        const auto hook = job->cancel.on_request([this] { broken_.open(); });
        co_await broken_.wait();
        job->cancel.check();
        throw Error(Errc::connection_failed, "the wire was cut");
    }
    void break_now() {
        broken_.open();
        if (ended_) std::exchange(ended_, nullptr)(Error(Errc::connection_failed, "the wire was cut"));
    }

    unsigned asked = 0;

  private:
    const Does does_;
    Ended ended_;
    Gate broken_;
};

struct Ending {
    bool over = false;
    std::optional<Error> failure;
};
using EndingRef = std::shared_ptr<Ending>;

Awaitable<void> note(EndingRef ending, Awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (const Error &error) {
        ending->failure = error;
    }
    ending->over = true;
}

class LastingChannels : public ::testing::Test {
  protected:
    using Does = Wire::Does;

    Dial dial() {
        return [this](JobRef, Ended ended) { return connect(std::move(ended)); };
    }
    Awaitable<std::shared_ptr<Channel>> connect(Ended ended) {
        ++dialled;
        if (plan.empty() || (dialled > 1 && damaged > 0)) {
            if (damaged > 0) --damaged;
            throw Error(why_not, "nobody is there");
        }
        const Does does = plan.front();
        plan.pop_front();
        auto made = std::make_shared<Wire>(loop.context(), does, std::move(ended));
        wires.push_back(made);
        co_return made;
    }

    void open(std::deque<Does> connections) {
        plan = std::move(connections);
        loop.run(begin());
    }
    Awaitable<void> begin() {
        channel = co_await make_lasting_channel(loop.runtime(), std::make_shared<Job>(), dial(), "test:", pauses);
    }
    EndingRef start(Awaitable<void> work) {
        auto ending = std::make_shared<Ending>();
        asio::co_spawn(loop.context(), note(ending, std::move(work)), asio::detached);
        return ending;
    }
    EndingRef ask(bool repeatable = true, JobRef job = std::make_shared<Job>()) {
        Frame request{Bytes{1}, Blob(), repeatable};
        return start(wait(channel->call(std::move(request), std::move(job))));
    }
    static Awaitable<void> wait(Awaitable<Frame> call) { co_await std::move(call); }
    void until(const EndingRef &ending) {
        loop.context().restart();
        while (!ending->over && loop.context().run_one_for(10s) > 0) continue;
        ASSERT_TRUE(ending->over);
    }
    void TearDown() override {
        channel.reset();
        loop.context().restart();
        loop.context().run(); // would go on for ever if an attempt were still waited for
    }

    TestLoop loop;
    LastingChannel::Pauses pauses{1ms, 8ms};
    std::deque<Does> plan;
    std::vector<std::shared_ptr<Wire>> wires;
    unsigned dialled = 0;
    unsigned damaged = 0; // attempts that are to fail after the first
    Errc why_not = Errc::connection_failed;
    std::shared_ptr<LastingChannel> channel;
};

TEST_F(LastingChannels, TheFirstConnectionIsTriedOnce) {
    EXPECT_THROW(open({}), Error);
    EXPECT_EQ(dialled, 1u);
}

TEST_F(LastingChannels, ACallIsAskedAgainOverTheNextConnection) {
    open({Does::break_first, Does::break_first, Does::answer});
    const EndingRef ending = ask();
    until(ending);
    EXPECT_FALSE(ending->failure);
    EXPECT_EQ(dialled, 3u);
    EXPECT_EQ(channel->generation(), 3u);
}

// However often: a pause that grew with each of them would become longer than calls wait.
TEST_F(LastingChannels, ConnectionsThatAnswerBeforeTheyBreakAreMadeAgainAtOnce) {
    pauses = {1ms, 1h};
    open(std::deque<Does>(30, Does::answer_once));
    for (int i = 0; i < 30; ++i) {
        const EndingRef ending = ask();
        until(ending);
        EXPECT_FALSE(ending->failure) << i;
    }
    EXPECT_EQ(dialled, 30u);
}

TEST_F(LastingChannels, ACallThatIsNotRepeatableFailsAndTheNextOneSucceeds) {
    open({Does::break_first, Does::answer});
    const EndingRef ending = ask(false);
    until(ending);
    ASSERT_TRUE(ending->failure);
    EXPECT_EQ(ending->failure->code(), Errc::connection_failed);
    const EndingRef next = ask(false);
    until(next);
    EXPECT_FALSE(next->failure);
}

TEST_F(LastingChannels, ACallThatBreaksEveryConnectionIsGivenUp) {
    open(std::deque<Does>(20, Does::break_first));
    const EndingRef ending = ask();
    until(ending);
    ASSERT_TRUE(ending->failure);
    EXPECT_EQ(ending->failure->code(), Errc::connection_failed);
    EXPECT_EQ(dialled, 5u);
}

TEST_F(LastingChannels, ACallWaitsForAConnectionOnlyAsLongAsItsPatience) {
    open({Does::break_first});
    channel->set_patience(1s);
    const EndingRef ending = ask();
    until(ending);
    ASSERT_TRUE(ending->failure);
    EXPECT_EQ(ending->failure->code(), Errc::connection_failed);
    EXPECT_NE(ending->failure->message().find("nobody is there"), std::string::npos);
    // It went on trying, and still does.
    while (dialled <= 3 && loop.context().run_one_for(10s) > 0) continue;
    EXPECT_GT(dialled, 3u);
    plan = {Does::answer};
    channel->set_patience(10s);
    const EndingRef next = ask();
    until(next);
    EXPECT_FALSE(next->failure);
}

TEST_F(LastingChannels, WhatCannotBeConnectedToAgainIsNotTriedForEver) {
    open({Does::break_first});
    why_not = Errc::bad_url;
    const EndingRef ending = ask();
    until(ending);
    ASSERT_TRUE(ending->failure);
    EXPECT_EQ(ending->failure->code(), Errc::bad_url);
    const EndingRef next = ask();
    until(next);
    EXPECT_EQ(next->failure->code(), Errc::bad_url);
    EXPECT_EQ(dialled, 2u);
}

// A bit that was flipped in a handshake is not another vault; another vault is.
TEST_F(LastingChannels, WhatMayBeDamageIsBelievedTheThirdTime) {
    for (const Errc code : {Errc::bad_signature, Errc::bad_message}) {
        why_not = code;
        dialled = 0;
        damaged = 2;
        open({Does::break_first, Does::answer});
        const EndingRef ending = ask();
        until(ending);
        EXPECT_FALSE(ending->failure);
        EXPECT_EQ(dialled, 4u);

        dialled = 0;
        open({Does::break_first});
        const EndingRef refused = ask();
        until(refused);
        ASSERT_TRUE(refused->failure);
        EXPECT_EQ(refused->failure->code(), code);
        EXPECT_EQ(dialled, 4u);
    }
}

TEST_F(LastingChannels, CancellingEndsACallWhereverItIs) {
    open({Does::hold});
    const auto job = std::make_shared<Job>();
    const EndingRef held = ask(true, job);
    loop.context().restart();
    loop.context().poll();
    EXPECT_FALSE(held->over);
    job->cancel.request();
    until(held);
    EXPECT_EQ(held->failure->code(), Errc::cancelled);
    EXPECT_EQ(channel->link(), Link::up); // the connection is not to blame

    wires.front()->break_now();
    EXPECT_EQ(channel->link(), Link::down);
    const auto other = std::make_shared<Job>();
    const EndingRef waiting = ask(true, other);
    loop.context().restart();
    loop.context().poll();
    EXPECT_FALSE(waiting->over);
    other->cancel.request();
    until(waiting);
    EXPECT_EQ(waiting->failure->code(), Errc::cancelled);
}

TEST_F(LastingChannels, WhoWaitsForTheLinkIsTold) {
    open({Does::hold, Does::answer});
    const EndingRef down = start(channel->until_other_than(Link::up, std::make_shared<Job>()));
    loop.context().restart();
    loop.context().poll();
    EXPECT_FALSE(down->over);
    wires.front()->break_now();
    until(down);
    EXPECT_EQ(channel->link(), Link::down);
    const EndingRef up = start(channel->until_other_than(Link::down, std::make_shared<Job>()));
    until(up);
    EXPECT_EQ(channel->link(), Link::up);
}

TEST_F(LastingChannels, WhatWaitsWhenItIsFreedFailsWithClosed) {
    open({Does::break_first});
    const EndingRef ending = ask();
    loop.context().restart();
    loop.context().poll();
    EXPECT_FALSE(ending->over);
    channel.reset();
    until(ending);
    EXPECT_EQ(ending->failure->code(), Errc::closed);
}

} // namespace
} // namespace safe::test
