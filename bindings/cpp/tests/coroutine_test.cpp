// co_await: on the library's thread, on another, and of coroutines that end before what they wait for.
#include "support.hpp"

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;
using test::failure;
using test::random_bytes;

namespace {

class Coroutines : public test::Test {};

// A coroutine that begins at once and whose frame goes away with this, or at its end if this is gone.
class Started {
  public:
    struct promise_type;
    // Tells of the end once the coroutine is suspended, and what this takes out of it first may outlive it.
    struct Last : std::suspend_always {
        void await_suspend(std::coroutine_handle<promise_type> frame) noexcept {
            std::promise<void> ended = std::move(frame.promise().ended);
            const std::exception_ptr failure = std::move(frame.promise().failure);
            if (failure)
                ended.set_exception(failure);
            else
                ended.set_value();
        }
    };
    struct promise_type {
        Started get_return_object() { return Started(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_never initial_suspend() noexcept { return {}; }
        Last final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { failure = std::current_exception(); }
        std::promise<void> ended;
        std::exception_ptr failure;
    };

    explicit Started(std::coroutine_handle<promise_type> frame)
        : frame_(frame), ended_(frame.promise().ended.get_future()) {}
    Started(const Started &) = delete;
    Started &operator=(const Started &) = delete;
    ~Started() { frame_.destroy(); }

    void get() { ended_.get(); }

  private:
    std::coroutine_handle<promise_type> frame_;
    std::future<void> ended_;
};

// A thread that resumes what is posted to it.
class Loop {
  public:
    Loop() : thread_([this] { run(); }) {}
    ~Loop() {
        post(nullptr);
        thread_.join();
    }

    void post(std::coroutine_handle<> coroutine) {
        const std::lock_guard lock(mutex_);
        posted_.push_back(coroutine);
        changed_.notify_one();
    }

    std::thread::id id() const { return thread_.get_id(); }

  private:
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return !posted_.empty(); });
            const auto coroutine = posted_.front();
            posted_.pop_front();
            lock.unlock();
            if (!coroutine) return;
            coroutine.resume();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::coroutine_handle<>> posted_;
    std::thread thread_;
};

Started round_trip(safe::Client &client, const std::vector<std::uint8_t> &data, bool &same) {
    auto receipt = co_await client.put(data);
    const auto link = receipt.link();
    auto reader = co_await client.open(link);
    std::vector<std::uint8_t> room(data.size());
    const auto count = co_await reader.read_into(0, room);
    same = count == data.size() && room == data;
}

TEST_F(Coroutines, AreResumedWithTheResult) {
    auto client = safe::connect("mem:").get();
    const auto data = random_bytes(3000000);
    bool same = false;
    round_trip(client, data, same).get();
    EXPECT_TRUE(same);
}

Started expect_missing(safe::Client &client, safe_status &code) {
    const safe::Address nowhere{};
    try {
        co_await client.chunk_get(nowhere);
    } catch (const safe::Error &error) {
        code = error.code();
    }
}

TEST_F(Coroutines, SeeFailures) {
    auto client = safe::connect("mem:").get();
    safe_status code = SAFE_OK;
    expect_missing(client, code).get();
    EXPECT_EQ(code, SAFE_NO_SUCH_DATA);
}

Started elsewhere(Loop &loop, std::thread::id &where, std::size_t &size) {
    const std::string url = "mem:";
    auto client = co_await safe::connect(url).resume_by([&loop](std::coroutine_handle<> self) { loop.post(self); });
    where = std::this_thread::get_id();
    const auto link = client.put("may wait here").get().link();
    size = client.get(link).get().size();
}

TEST_F(Coroutines, GoOnWhereTheyAreBrought) {
    std::thread::id where;
    std::size_t size = 0;
    {
        Loop loop;
        elsewhere(loop, where, size).get();
        EXPECT_EQ(where, loop.id());
    }
    EXPECT_EQ(size, 13u);
}

Started many(safe::Client &client, int count, int &done) {
    for (int number = 0; number < count; ++number) {
        const std::string text = std::to_string(number);
        auto receipt = co_await client.put(text);
        done += receipt.size() == text.size();
    }
}

TEST_F(Coroutines, AwaitManyInARow) {
    auto client = safe::connect("mem:").get();
    int done = 0;
    many(client, 2000, done).get();
    EXPECT_EQ(done, 2000);
}

Started read_large(safe::Reader &reader, bool &went_on) {
    std::vector<char> room(36000000); // in the frame: it is gone with it
    co_await reader.read_into(0, room);
    went_on = true;
}

// The memory that was lent is given back before the frame is gone, and nobody resumes it.
TEST_F(Coroutines, MayBeDestroyedWhileTheyWait) {
    auto client = safe::connect("mem:").get();
    auto reader = client.open(client.put(random_bytes(40000000)).get().link()).get();
    for (int round = 0; round < 10; ++round) {
        bool went_on = false;
        { const Started started = read_large(reader, went_on); }
        std::this_thread::sleep_for(5ms);
        EXPECT_FALSE(went_on);
    }
}

} // namespace
