#include "base/async.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

constexpr int most = 1000;

Awaitable<void> pass(Gate &gate, int &passed) {
    co_await gate.wait();
    ++passed;
}

Awaitable<void> pass_late(Loop &loop, Gate &gate, int &passed) {
    const bool opened = co_await gate.wait_for(std::chrono::milliseconds(1));
    EXPECT_FALSE(opened);
    asio::post(loop, [&gate] { gate.open(); });
    co_await gate.wait();
    ++passed;
}

TEST(Gate, ThoseWhoWaitLeaveEachOtherAlone) {
    Loop loop;
    Gate gate(loop);
    int passed = 0;
    for (int waiter = 0; waiter < 3; ++waiter) asio::co_spawn(loop, pass(gate, passed), asio::detached);
    int steps = 0;
    while (steps < most && loop.poll_one() != 0) ++steps;
    EXPECT_LT(steps, most);
    EXPECT_EQ(0, passed);
    gate.open();
    loop.run();
    EXPECT_EQ(3, passed);
}

TEST(Gate, IsWaitedForAfterTheTimeWasOver) {
    Loop loop;
    Gate gate(loop);
    int passed = 0;
    asio::co_spawn(loop, pass_late(loop, gate, passed), asio::detached);
    loop.run();
    EXPECT_EQ(1, passed);
}

} // namespace
} // namespace safe
