// Operations, queues and callbacks from the inside: exactly once, whatever races (DETAILS D3).
#include "entry.hpp"
#include "queue.hpp"
#include "shared_process.hpp"
#include "start.hpp"

#include "safe/bytes.h"
#include "safe/client.h"
#include "safe/library.h"
#include "safe/put.h"
#include "safe/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>

namespace safe {
namespace {

// Work that takes some time, unless it is cancelled.
Awaitable<Outcome> nap(RuntimeRef runtime, JobRef job, std::chrono::microseconds time) {
    asio::steady_timer timer(runtime->loop(), time);
    const auto hook = job->cancel.on_request([&timer] { timer.cancel(); });
    if (!job->cancel.requested()) co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    job->cancel.check();
    co_return Outcome(std::uint64_t{42});
}

safe_op *start_nap(const ProcessRef &process, std::chrono::microseconds time) {
    return Op::give_out(
        start_op(process, [process, time](JobRef job) { return nap(process->runtime(), std::move(job), time); }));
}

// Work that goes on until the gate is opened.
safe_op *start_waiting(const ProcessRef &process, std::shared_ptr<Gate> gate) {
    return Op::give_out(start_op(process, [gate = std::move(gate)](JobRef) -> Awaitable<Outcome> {
        return [](std::shared_ptr<Gate> end) -> Awaitable<Outcome> {
            co_await end->wait();
            co_return Outcome(std::uint64_t{42});
        }(gate);
    }));
}

void open_gate(const ProcessRef &process, const std::shared_ptr<Gate> &gate) {
    asio::post(process->loop(), [gate] { gate->open(); });
}

safe_op *start_throwing(const ProcessRef &process, bool in_coroutine) {
    return Op::give_out(start_op(process, [in_coroutine](JobRef) -> Awaitable<Outcome> {
        if (!in_coroutine) throw Error(Errc::io, "before the coroutine");
        return []() -> Awaitable<Outcome> {
            throw Error(Errc::store_full, "in the coroutine", {{"free", std::uint64_t{0}}});
            co_return Outcome();
        }();
    }));
}

class Ops : public testing::Test {
  protected:
    void SetUp() override { process = shared_process(); }
    void TearDown() override {
        process.reset();
        EXPECT_EQ(0u, safe_debug_live_handles());
    }
    ProcessRef process;
};

TEST_F(Ops, AnOperationEndsAsDoneAndGivesItsResultOnce) {
    safe_op *op = start_nap(process, std::chrono::milliseconds(1));
    std::uint64_t number = 0;
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
    EXPECT_EQ(SAFE_OP_DONE, safe_op_state(op));
    EXPECT_EQ(SAFE_OK, safe_op_take_u64(op, &number, nullptr));
    EXPECT_EQ(42u, number);
    EXPECT_EQ(SAFE_ALREADY_TAKEN, safe_op_take_u64(op, &number, nullptr));
    safe_op_free(op);
}

TEST_F(Ops, ATakeOfTheWrongTypeTakesNothing) {
    safe_op *op = start_nap(process, std::chrono::milliseconds(0));
    safe_bytes *bytes = nullptr;
    std::uint64_t number = 0;
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
    EXPECT_EQ(SAFE_WRONG_RESULT, safe_op_take_bytes(op, &bytes, nullptr));
    EXPECT_EQ(nullptr, bytes);
    EXPECT_EQ(SAFE_OK, safe_op_take_u64(op, &number, nullptr));
    safe_op_free(op);
}

TEST_F(Ops, WhatIsThrownBecomesTheErrorWithItsDetails) {
    for (const bool in_coroutine : {true, false}) {
        safe_op *op = start_throwing(process, in_coroutine);
        safe_error *error = nullptr;
        const safe_status wanted = in_coroutine ? SAFE_STORE_FULL : SAFE_IO;
        EXPECT_EQ(wanted, safe_op_wait(op, SAFE_FOREVER, &error));
        EXPECT_EQ(SAFE_OP_FAILED, safe_op_state(op));
        EXPECT_EQ(wanted, safe_error_code(error));
        EXPECT_EQ(in_coroutine ? 1u : 0u, safe_error_detail_count(error));
        safe_error_free(error);
        std::uint64_t number = 0;
        EXPECT_EQ(wanted, safe_op_take_u64(op, &number, nullptr));
        safe_op_free(op);
    }
}

TEST_F(Ops, WaitingEndsAtItsTimeAndTheOperationGoesOn) {
    const auto gate = std::make_shared<Gate>(process->loop());
    safe_op *op = start_waiting(process, gate);
    EXPECT_EQ(SAFE_TIMEOUT, safe_op_wait(op, 0, nullptr));
    EXPECT_EQ(SAFE_TIMEOUT, safe_op_wait(op, 5, nullptr));
    std::uint64_t number = 0;
    EXPECT_EQ(SAFE_PENDING, safe_op_take_u64(op, &number, nullptr));
    open_gate(process, gate);
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, INT64_MAX, nullptr));
    safe_op_free(op);
}

TEST_F(Ops, ACancelledOperationSaysSo) {
    safe_op *op = start_nap(process, std::chrono::hours(1));
    safe_op_cancel(op);
    safe_op_cancel(op);
    EXPECT_EQ(SAFE_CANCELLED, safe_op_wait(op, SAFE_FOREVER, nullptr));
    EXPECT_EQ(SAFE_OP_CANCELLED, safe_op_state(op));
    safe_op_free(op);
}

TEST_F(Ops, CancellingWhatHasEndedChangesNothing) {
    safe_op *op = start_nap(process, std::chrono::milliseconds(0));
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
    safe_op_cancel(op);
    EXPECT_EQ(SAFE_OP_DONE, safe_op_state(op));
    safe_op_free(op);
}

TEST_F(Ops, AnOperationTakesOneQueueOrOneCallback) {
    safe_queue *queue = nullptr;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&queue, nullptr));
    safe_op *op = start_nap(process, std::chrono::milliseconds(5));
    EXPECT_EQ(SAFE_OK, safe_op_to_queue(op, queue, 1, nullptr));
    EXPECT_EQ(SAFE_INVALID_ARGUMENT, safe_op_to_queue(op, queue, 2, nullptr));
    EXPECT_EQ(SAFE_INVALID_ARGUMENT, safe_op_on_done(
                                         op, [](void *, safe_op *) {}, nullptr, nullptr));
    safe_op *ended = nullptr;
    std::uint64_t tag = 0;
    EXPECT_EQ(SAFE_OK, safe_queue_next(queue, SAFE_FOREVER, &ended, &tag, nullptr));
    EXPECT_EQ(op, ended);
    EXPECT_EQ(1u, tag);
    EXPECT_EQ(SAFE_INVALID_ARGUMENT, safe_op_to_queue(op, queue, 3, nullptr)) << "also after the delivery";
    safe_op_free(op);
    safe_queue_free(queue);
}

TEST_F(Ops, ABlockingCallInACallbackWouldDeadlock) {
    struct Seen {
        safe_op *other;
        safe_queue *queue;
        safe_status wait, next, poll;
        std::atomic<bool> called{false};
    } seen;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&seen.queue, nullptr));
    seen.other = start_nap(process, std::chrono::hours(1));
    // It ends after it has its callback, which would else be called here, where waiting is allowed.
    const auto gate = std::make_shared<Gate>(process->loop());
    safe_op *op = start_waiting(process, gate);
    const auto done = [](void *user_data, safe_op *) {
        auto &at = *static_cast<Seen *>(user_data);
        safe_op *ended = nullptr;
        std::uint64_t tag = 0;
        at.wait = safe_op_wait(at.other, 1000, nullptr);
        at.next = safe_queue_next(at.queue, 1000, &ended, &tag, nullptr);
        at.poll = safe_queue_next(at.queue, 0, &ended, &tag, nullptr);
        at.called = true;
    };
    ASSERT_EQ(SAFE_OK, safe_op_on_done(op, done, &seen, nullptr));
    open_gate(process, gate);
    while (!seen.called) std::this_thread::yield();
    EXPECT_EQ(SAFE_WOULD_DEADLOCK, seen.wait);
    EXPECT_EQ(SAFE_WOULD_DEADLOCK, seen.next);
    EXPECT_EQ(SAFE_TIMEOUT, seen.poll);
    safe_op_free(op);
    safe_op_free(seen.other);
    safe_queue_free(seen.queue);
}

TEST_F(Ops, ACallbackOfAnEndedOperationIsCalledBeforeTheCallReturns) {
    safe_op *op = start_nap(process, std::chrono::milliseconds(0));
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
    safe_op *seen = nullptr;
    EXPECT_EQ(SAFE_OK, safe_op_on_done(
                           op, [](void *at, safe_op *ended) { *static_cast<safe_op **>(at) = ended; }, &seen, nullptr));
    EXPECT_EQ(op, seen);
    safe_op_free(op);
}

TEST_F(Ops, ACallbackMayFreeItsOperation) {
    std::atomic<bool> called{false};
    safe_op *op = start_nap(process, std::chrono::milliseconds(5));
    const auto done = [](void *at, safe_op *ended) {
        safe_op_free(ended);
        *static_cast<std::atomic<bool> *>(at) = true;
    };
    ASSERT_EQ(SAFE_OK, safe_op_on_done(op, done, &called, nullptr));
    while (!called) std::this_thread::yield();
}

TEST_F(Ops, ACallbackMayFreeTheClientAndItsOtherOperationsEnd) {
    safe_op *op = safe_connect("mem:", 0);
    safe_client *client = nullptr;
    ASSERT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
    ASSERT_EQ(SAFE_OK, safe_op_take_client(op, &client, nullptr));
    safe_op_free(op);
    const std::string content(3'000'000, 'x');
    const auto *data = reinterpret_cast<const std::uint8_t *>(content.data());
    safe_op *first = safe_put(client, data, 5, SAFE_PUT_PRIVATE);
    safe_op *second = safe_put(client, data, content.size(), SAFE_PUT_PRIVATE);
    const auto done = [](void *freed, safe_op *) { safe_client_free(static_cast<safe_client *>(freed)); };
    ASSERT_EQ(SAFE_OK, safe_op_on_done(first, done, client, nullptr));
    EXPECT_EQ(SAFE_OK, safe_op_wait(first, SAFE_FOREVER, nullptr));
    const safe_status ended = safe_op_wait(second, SAFE_FOREVER, nullptr);
    EXPECT_TRUE(ended == SAFE_CLOSED || ended == SAFE_OK) << ended;
    safe_op_free(first);
    safe_op_free(second);
}

TEST_F(Ops, FreeingAPendingOperationCancelsItAndItsCallbackIsStillCalledWithoutIt) {
    struct Seen {
        safe_op *op = reinterpret_cast<safe_op *>(1);
        std::atomic<bool> called{false};
    } seen;
    safe_op *op = start_nap(process, std::chrono::hours(1));
    const auto done = [](void *at, safe_op *ended) {
        static_cast<Seen *>(at)->op = ended;
        static_cast<Seen *>(at)->called = true;
    };
    ASSERT_EQ(SAFE_OK, safe_op_on_done(op, done, &seen, nullptr));
    safe_op_free(op);
    while (!seen.called) std::this_thread::yield();
    EXPECT_EQ(nullptr, seen.op);
}

TEST_F(Ops, AFreedOperationIsNotDeliveredToItsQueue) {
    safe_queue *queue = nullptr;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&queue, nullptr));
    safe_op *pending = start_nap(process, std::chrono::hours(1));
    safe_op *ended = start_nap(process, std::chrono::milliseconds(0));
    ASSERT_EQ(SAFE_OK, safe_op_to_queue(pending, queue, 1, nullptr));
    ASSERT_EQ(SAFE_OK, safe_op_to_queue(ended, queue, 2, nullptr));
    ASSERT_EQ(SAFE_OK, safe_op_wait(ended, SAFE_FOREVER, nullptr));
    safe_op_free(pending);
    safe_op_free(ended);
    safe_op *op = nullptr;
    std::uint64_t tag = 0;
    EXPECT_EQ(SAFE_TIMEOUT, safe_queue_next(queue, 50, &op, &tag, nullptr));
    safe_queue_free(queue);
}

TEST_F(Ops, FreeingAQueueWakesWhoWaitsForIt) {
    safe_queue *queue = nullptr;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&queue, nullptr));
    safe_op *op = start_nap(process, std::chrono::milliseconds(30));
    ASSERT_EQ(SAFE_OK, safe_op_to_queue(op, queue, 1, nullptr));
    std::atomic<safe_status> status{SAFE_OK};
    std::thread waiter([&] {
        safe_op *ended = nullptr;
        std::uint64_t tag = 0;
        while ((status = safe_queue_next(queue, SAFE_FOREVER, &ended, &tag, nullptr)) == SAFE_OK)
            ;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    safe_queue_free(queue);
    waiter.join();
    EXPECT_TRUE(status == SAFE_CLOSED || status == SAFE_INVALID_HANDLE) << status;
    EXPECT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr)) << "the operation goes on undelivered";
    safe_op_free(op);
}

TEST_F(Ops, EachWakeIsSeenOnceNowOrLater) {
    safe_queue *queue = nullptr;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&queue, nullptr));
    safe_op *op = nullptr;
    std::uint64_t tag = 0;
    safe_queue_wake(queue);
    safe_queue_wake(queue);
    EXPECT_EQ(SAFE_WOKEN, safe_queue_next(queue, 0, &op, &tag, nullptr));
    EXPECT_EQ(SAFE_WOKEN, safe_queue_next(queue, SAFE_FOREVER, &op, &tag, nullptr));
    EXPECT_EQ(SAFE_TIMEOUT, safe_queue_next(queue, 0, &op, &tag, nullptr));
    std::thread waker([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        safe_queue_wake(queue);
    });
    EXPECT_EQ(SAFE_WOKEN, safe_queue_next(queue, SAFE_FOREVER, &op, &tag, nullptr));
    waker.join();
    safe_queue_free(queue);
}

// Ends, cancels, frees, bindings and waits race; every operation is told of exactly once.
class Race : public Ops {
  protected:
    static int rounds() {
        const char *scale = std::getenv("SAFE_SCALE");
        return scale && std::string(scale) == "full" ? 200'000 : 4'000;
    }
    static unsigned seed() {
        const char *given = std::getenv("SAFE_SEED");
        const unsigned value = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
        std::printf("SAFE_SEED=%u\n", value);
        return value;
    }
};

TEST_F(Race, EveryCallbackIsCalledExactlyOnce) {
    const int count = rounds();
    std::vector<std::atomic<int>> calls(count);
    const unsigned first = seed();
    const auto work = [&](int from, int step) {
        std::mt19937 random(first + from);
        for (int i = from; i < count; i += step) {
            safe_op *op = start_nap(process, std::chrono::microseconds(random() % 200));
            if (random() % 4 == 0) std::this_thread::yield();
            const auto done = [](void *at, safe_op *) { ++*static_cast<std::atomic<int> *>(at); };
            EXPECT_EQ(SAFE_OK, safe_op_on_done(op, done, &calls[i], nullptr));
            if (random() % 2) safe_op_cancel(op);
            if (random() % 2) safe_op_wait(op, static_cast<std::int64_t>(random() % 2), nullptr);
            safe_op_free(op);
        }
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) threads.emplace_back(work, t, 3);
    for (std::thread &thread : threads) thread.join();
    for (int i = 0; i < count; ++i) {
        for (int waited = 0; calls[i] == 0 && waited < 10'000; ++waited)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ASSERT_EQ(1, calls[i]) << "operation " << i;
    }
}

TEST_F(Race, EveryOperationComesOutOfItsQueueExactlyOnce) {
    const int count = rounds();
    safe_queue *queue = nullptr;
    ASSERT_EQ(SAFE_OK, safe_queue_create(&queue, nullptr));
    std::vector<std::atomic<int>> seen(count);
    std::atomic<int> fetched{0};
    const unsigned first = seed();
    const auto produce = [&](int from) {
        std::mt19937 random(first + from);
        for (int i = from; i < count; i += 2) {
            safe_op *op = start_nap(process, std::chrono::microseconds(random() % 100));
            if (random() % 8 == 0) safe_op_wait(op, SAFE_FOREVER, nullptr); // bound after its end
            if (random() % 4 == 0) safe_op_cancel(op);
            EXPECT_EQ(SAFE_OK, safe_op_to_queue(op, queue, i, nullptr));
        }
    };
    const auto consume = [&] {
        while (fetched < count) {
            safe_op *op = nullptr;
            std::uint64_t tag = 0;
            const safe_status status = safe_queue_next(queue, 20, &op, &tag, nullptr);
            if (status == SAFE_TIMEOUT) continue;
            ASSERT_EQ(SAFE_OK, status);
            ++seen[tag];
            EXPECT_NE(SAFE_OP_PENDING, safe_op_state(op));
            safe_op_free(op);
            ++fetched;
        }
    };
    std::vector<std::thread> threads;
    threads.emplace_back(produce, 0);
    threads.emplace_back(produce, 1);
    threads.emplace_back(consume);
    threads.emplace_back(consume);
    for (std::thread &thread : threads) thread.join();
    for (int i = 0; i < count; ++i) ASSERT_EQ(1, seen[i]) << "operation " << i;
    safe_queue_free(queue);
}

TEST_F(Race, ManyTakersOfOneResultAndOneGetsIt) {
    for (int round = 0; round < 500; ++round) {
        safe_op *op = start_nap(process, std::chrono::microseconds(0));
        ASSERT_EQ(SAFE_OK, safe_op_wait(op, SAFE_FOREVER, nullptr));
        std::atomic<int> taken{0}, refused{0};
        const auto take = [&] {
            std::uint64_t number = 0;
            const safe_status status = safe_op_take_u64(op, &number, nullptr);
            if (status == SAFE_OK) ++taken;
            if (status == SAFE_ALREADY_TAKEN) ++refused;
        };
        std::thread one(take), two(take);
        one.join();
        two.join();
        ASSERT_EQ(1, taken);
        ASSERT_EQ(1, refused);
        safe_op_free(op);
    }
}

} // namespace
} // namespace safe
