// Futures: waiting, callbacks, queues, cancellation, and memory that is lent.
#include "support.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;
using test::failure;
using test::random_bytes;

namespace {

class Futures : public test::Test {};

// Waits until a number is reached.
class Counter {
  public:
    void add() {
        const std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }

    bool reaches(int wanted) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 60s, [&] { return count_ >= wanted; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

// Bytes that take long to store, for no compression is done with them soon.
std::vector<std::uint8_t> letters(std::size_t size) {
    auto bytes = random_bytes(size);
    for (auto &byte : bytes) byte = static_cast<std::uint8_t>('a' + byte % 16);
    return bytes;
}

TEST_F(Futures, GiveTheirResultOnce) {
    auto future = safe::connect("mem:");
    future.wait();
    EXPECT_TRUE(future.valid() && future.ready());
    const auto client = future.get();
    EXPECT_FALSE(future.valid());
    EXPECT_EQ(failure([&] { future.get(); }).code(), SAFE_INVALID_HANDLE);
    EXPECT_EQ(failure([] { safe::Future<void>().get(); }).code(), SAFE_INVALID_HANDLE);
}

TEST_F(Futures, AreWaitedForAWhile) {
    auto client = safe::connect("mem:").get();
    const auto large = letters(100000000);
    auto future = client.put(large, SAFE_PUT_DRY_RUN);
    EXPECT_FALSE(future.wait_for(1ms));
    EXPECT_FALSE(future.wait_for(-1s));
    // Nothing is known of an operation before a worker of the client, for which others may be waiting as well, has begun it.
    safe::Progress progress;
    while (!progress.total && !future.wait_for(1ms)) progress = future.progress();
    EXPECT_EQ(progress.total, large.size());
    EXPECT_LT(progress.done, large.size());
    future.cancel();
    EXPECT_TRUE(future.wait_for(60s));
    EXPECT_EQ(failure([&] { future.get(); }).code(), SAFE_CANCELLED);
}

TEST_F(Futures, CallBackOnceEach) {
    auto client = safe::connect("mem:").get();
    Counter counter;
    std::atomic<int> right{0};
    for (int number = 0; number < 10000; ++number)
        client.put(std::to_string(number)).then([&](safe::Future<safe::Receipt> done) {
            right += done.get().size() > 0;
            counter.add();
        });
    ASSERT_TRUE(counter.reaches(10000));
    EXPECT_EQ(right, 10000);
}

TEST_F(Futures, CallBackWithAFailure) {
    auto client = safe::connect("mem:").get();
    std::atomic<int> code{0};
    Counter counter;
    client.chunk_get({}).then([&](safe::Future<safe::Bytes> done) {
        code = failure([&] { done.get(); }).code();
        counter.add();
    });
    ASSERT_TRUE(counter.reaches(1));
    EXPECT_EQ(code, SAFE_NO_SUCH_DATA);
    EXPECT_EQ(failure([] { safe::Future<void>().then([](safe::Future<void>) {}); }).code(), SAFE_INVALID_HANDLE);
}

TEST_F(Futures, MayStartMoreInACallbackButNotWait) {
    auto client = safe::connect("mem:").get();
    std::atomic<int> code{0};
    std::atomic<std::size_t> size{0};
    Counter counter;
    client.put("first").then([&](safe::Future<safe::Receipt> put) {
        const auto link = put.get().link();
        client.get(link).then([&](safe::Future<safe::Bytes> got) {
            size = got.get().size();
            counter.add();
        });
        auto waits = client.get(link);
        code = failure([&] { waits.get(); }).code();
    });
    ASSERT_TRUE(counter.reaches(1));
    EXPECT_EQ(size, 5u);
    EXPECT_TRUE(code == SAFE_WOULD_DEADLOCK || code == SAFE_OK) << code; // done already, or refused
}

TEST_F(Futures, AreDeliveredToAQueue) {
    auto client = safe::connect("mem:").get();
    safe::Queue queue;
    auto future = client.put("queued");
    future.to_queue(queue.get(), ~std::uint64_t{1});
    EXPECT_EQ(queue.next(), ~std::uint64_t{1});
    EXPECT_TRUE(future.ready());
    EXPECT_GE(queue.fd(), 0);
    EXPECT_EQ(queue.next(1ms), std::nullopt);
    queue.wake();
    EXPECT_EQ(queue.next(), std::nullopt);
    EXPECT_EQ(failure([&] { future.to_queue(queue.get(), 1); }).code(), SAFE_INVALID_ARGUMENT);
}

// What is lent is not touched any more when the future is gone.
TEST_F(Futures, LentMemoryIsGivenBack) {
    auto client = safe::connect("mem:").get();
    auto reader = client.open(client.put(random_bytes(12000000)).get().link()).get();
    for (int round = 0; round < 20; ++round) {
        std::vector<char> room(11000000);
        {
            auto read = reader.read_into(1000, room);
            std::this_thread::sleep_for(std::chrono::milliseconds(round));
        }
        std::fill(room.begin(), room.end(), '\0');
        std::this_thread::sleep_for(1ms);
        EXPECT_EQ(std::count(room.begin(), room.end(), '\0'), 11000000);
    }
    const auto data = random_bytes(64000000);
    safe_status second_code = SAFE_OK, end = SAFE_OK;
    // On a busy machine a write may be over before this thread comes to ask for the next one, or to let go of it.
    for (int tries = 0; (second_code != SAFE_PENDING || end != SAFE_CANCELLED) && tries < 100; ++tries) {
        auto writer = client.writer().get();
        {
            auto first = writer.write(data);
            auto second = writer.write("one at a time");
            second_code = failure([&] { second.get(); }).code();
            first = safe::Future<void>(); // is cancelled: that ends the content
        }
        end = failure([&] { writer.close().get(); }).code();
    }
    EXPECT_EQ(second_code, SAFE_PENDING);
    EXPECT_EQ(end, SAFE_CANCELLED);
}

TEST_F(Futures, EndWithTheirClient) {
    auto client = safe::connect("mem:").get();
    const auto large = letters(50000000);
    auto future = client.put(large);
    client = safe::Client();
    const auto code = failure([&] { future.get(); }).code();
    EXPECT_TRUE(code == SAFE_CANCELLED || code == SAFE_CLOSED) << code;
}

} // namespace
