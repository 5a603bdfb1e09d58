#include "base/runtime.hpp"

#include "support/loop.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

TEST(Runtime, WorkOnAWorkerComesBackWithItsResultOrItsException) {
    test::TestLoop loop;
    EXPECT_EQ(42, loop.run([](RuntimeRef runtime) -> Awaitable<int> {
        co_return co_await runtime->on_cpu([] { return 42; });
    }(loop.runtime())));
    EXPECT_THROW(loop.run([](RuntimeRef runtime) -> Awaitable<void> {
        co_await runtime->on_io([] { throw Error(Errc::io, "no"); });
    }(loop.runtime())),
                 Error);
}

Awaitable<void> hold(RuntimeRef runtime, std::uint64_t bytes, std::chrono::milliseconds time, int &running, int &most) {
    Share share = co_await runtime->budget().take(bytes, std::make_shared<Job>());
    most = std::max(most, ++running);
    asio::steady_timer timer(runtime->loop(), time);
    co_await timer.async_wait(asio::use_awaitable);
    --running;
}

TEST(Budget, TakersWaitWhenItIsSpentAndAllGetTheirTurn) {
    test::TestLoop loop(1);
    const std::uint64_t third = loop.runtime()->budget().limit() / 3;
    int running = 0, most = 0;
    for (int i = 0; i < 9; ++i)
        asio::co_spawn(loop.context(), hold(loop.runtime(), third, std::chrono::milliseconds(5), running, most),
                       asio::detached);
    loop.context().run();
    EXPECT_EQ(3, most);
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

TEST(Budget, ACancelledTakerLeavesTheQueueAndTakesNothing) {
    test::TestLoop loop(1);
    auto job = std::make_shared<Job>();
    Errc code = Errc::ok;
    int running = 0, most = 0;
    auto limit = loop.runtime()->budget().limit();
    asio::co_spawn(loop.context(), hold(loop.runtime(), limit, std::chrono::milliseconds(50), running, most),
                   asio::detached);
    asio::co_spawn(
        loop.context(),
        [](RuntimeRef runtime, JobRef j, Errc &out) -> Awaitable<void> {
            try {
                co_await runtime->budget().take(1, j);
            } catch (const Error &error) {
                out = error.code();
            }
        }(loop.runtime(), job, code),
        asio::detached);
    asio::post(loop.context(), [job] { job->cancel.request(); });
    loop.context().run();
    EXPECT_EQ(Errc::cancelled, code);
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

// Who waits in a part is in nobody's way in the whole.
TEST(Budget, APartIsOfTheWholeAndHoldsUpNobodyElse) {
    test::TestLoop loop(1);
    const std::chrono::seconds stall(30);
    const auto whole = std::make_shared<Budget>(loop.runtime()->loop(), 100, stall);
    const auto one = std::make_shared<Budget>(loop.runtime()->loop(), 50, stall, whole);
    const auto other = std::make_shared<Budget>(loop.runtime()->loop(), 50, stall, whole);
    std::optional<Share> first = one->try_take(40), waited;
    asio::co_spawn(
        loop.context(),
        [](std::shared_ptr<Budget> budget, std::optional<Share> &out) -> Awaitable<void> {
            out = co_await budget->take(40, std::make_shared<Job>());
        }(one, waited),
        asio::detached);
    loop.context().run_for(std::chrono::milliseconds(60));
    EXPECT_FALSE(waited) << "the part is spent";
    EXPECT_EQ(40u, whole->used());
    std::optional<Share> others = other->try_take(50);
    EXPECT_TRUE(others) << "what is left of the whole is for others";
    EXPECT_FALSE(whole->try_take(20));
    first.reset();
    loop.context().restart();
    while (!waited && loop.context().run_one_for(std::chrono::seconds(30)) > 0) continue;
    ASSERT_TRUE(waited);
    EXPECT_EQ(90u, whole->used());
    Share split = waited->split(10);
    split.reset();
    EXPECT_EQ(80u, whole->used());
    EXPECT_EQ(30u, one->used());
    waited.reset();
    others.reset();
    EXPECT_EQ(0u, whole->used() + one->used() + other->used());
}

TEST(Budget, ALimitHoldsFromWhenItIsSet) {
    test::TestLoop loop(1);
    const auto budget = std::make_shared<Budget>(loop.runtime()->loop(), 100);
    Share first = *budget->try_take(80);
    budget->set_limit(50);
    EXPECT_FALSE(budget->try_take(1));
    std::optional<Share> waited;
    asio::co_spawn(
        loop.context(),
        [](std::shared_ptr<Budget> from, std::optional<Share> &out) -> Awaitable<void> {
            out = co_await from->take(40, std::make_shared<Job>());
        }(budget, waited),
        asio::detached);
    loop.context().run_for(std::chrono::milliseconds(60));
    EXPECT_FALSE(waited);
    budget->set_limit(120);
    loop.context().restart();
    while (!waited && loop.context().run_one_for(std::chrono::seconds(30)) > 0) continue;
    EXPECT_TRUE(waited) << "there is room now, though nothing was given back";
    waited.reset();
    first.reset();
    EXPECT_EQ(0u, budget->used());
}

// A cache for each of many readers, all of which wait: work that grows with their square would be all that is done.
TEST(Budget, ManyTakersDoNotAskTheCachesEach) {
    test::TestLoop loop(1);
    Budget &budget = loop.runtime()->budget();
    int asked = 0, running = 0, most = 0;
    const auto cache = budget.on_pressure([&] { ++asked; });
    asio::co_spawn(loop.context(), hold(loop.runtime(), budget.limit(), std::chrono::milliseconds(300), running, most),
                   asio::detached);
    for (int i = 0; i < 1000; ++i)
        asio::co_spawn(loop.context(), hold(loop.runtime(), 1, std::chrono::milliseconds(0), running, most),
                       asio::detached);
    loop.context().run();
    EXPECT_GE(asked, 1) << "but somebody does";
    EXPECT_LE(asked, 300 / 2 + 50);
    EXPECT_EQ(0u, budget.used());
}

TEST(BufferPool, KeepsNoMoreThanItsLimitAndNothingAfterTrim) {
    auto pool = std::make_shared<BufferPool>(10 * limits::MiB);
    {
        Buffer a(pool, 4 * limits::MiB), b(pool, 4 * limits::MiB), c(pool, 4 * limits::MiB);
        EXPECT_EQ(12 * limits::MiB, pool->used());
    }
    EXPECT_EQ(0u, pool->used());
    EXPECT_LE(pool->kept(), 10 * limits::MiB);
    EXPECT_GT(pool->kept(), 0u);
    pool->trim();
    EXPECT_EQ(0u, pool->kept());
}

} // namespace
} // namespace safe
