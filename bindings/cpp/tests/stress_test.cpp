// Very many operations at once, while another thread keeps the allocator busy: each ends once, with its own result.
#include "support.hpp"

#include <atomic>
#include <deque>
#include <thread>

using test::random_bytes;

namespace {

constexpr std::size_t operations = 10000;

std::size_t scaled(std::size_t usual, std::size_t full) {
    const char *scale = std::getenv("SAFE_SCALE");
    return scale && std::string(scale) == "full" ? full : usual;
}

// Makes garbage as long as it is there: there is no collector to be kept busy.
class Pressure {
  public:
    Pressure()
        : thread_([this] {
              std::deque<std::vector<char>> kept;
              for (std::size_t size = 1; !over_; std::this_thread::yield()) {
                  size = size * 7 % 300007;
                  kept.emplace_back(size);
                  if (kept.size() > 100) kept.pop_front();
              }
          }) {}

    ~Pressure() {
        over_ = true;
        thread_.join();
    }

  private:
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

class Stress : public test::Test {
  protected:
    Pressure pressure;
};

// How often each of many operations has ended.
class Ends {
  public:
    explicit Ends(std::size_t count) : times_(count) {}

    void add(std::size_t number) {
        ++times_[number];
        ++all_;
    }

    void wait_for_all() const {
        while (all_ < times_.size()) std::this_thread::yield();
    }

    std::size_t wrong() const {
        std::size_t wrong = 0;
        for (const auto &times : times_) wrong += times != 1;
        return wrong;
    }

  private:
    std::vector<std::atomic<int>> times_;
    std::atomic<std::size_t> all_ = 0;
};

TEST_F(Stress, TenThousandCallbacksEachComeOnce) {
    auto client = safe::connect("mem:").get();
    Ends ends(operations);
    std::atomic<int> bad = 0;
    const auto bytes = random_bytes(500);
    for (std::size_t number = 0; number < operations; ++number) {
        const safe::View data(bytes.data(), 1 + number % bytes.size());
        client.put(data, number % 2 ? SAFE_PUT_PRIVATE : 0).then([&, number, data](safe::Future<safe::Receipt> put) {
            client.get(put.get().link()).then([&, number, data](safe::Future<safe::Bytes> got) {
                const auto back = got.get();
                bad += back.size() != data.size() || std::memcmp(back.data(), data.data(), data.size()) != 0;
                ends.add(number);
            });
        });
    }
    ends.wait_for_all();
    EXPECT_EQ(ends.wrong(), 0u);
    EXPECT_EQ(bad, 0);
}

TEST_F(Stress, TenThousandOnAQueueAreEachDeliveredOnce) {
    auto client = safe::connect("mem:").get();
    safe::Queue queue;
    const auto link = client.put(random_bytes(400)).get().link();
    std::vector<safe::Future<safe::Bytes>> gets;
    for (std::size_t number = 0; number < operations; ++number) {
        gets.push_back(client.get(link, number % 3 ? 400 : 1)); // a third of them fails
        gets.back().to_queue(queue.get(), number);
    }
    Ends ends(operations);
    std::size_t failed = 0;
    for (std::size_t count = 0; count < operations; ++count) {
        const auto number = queue.next().value();
        ends.add(number);
        ASSERT_TRUE(gets[number].ready());
        failed += test::failure([&] { gets[number].get(); }).code() == SAFE_DATA_TOO_LARGE;
    }
    EXPECT_FALSE(queue.next(std::chrono::milliseconds(20)));
    EXPECT_EQ(ends.wrong(), 0u);
    EXPECT_EQ(failed, (operations + 2) / 3);
}

TEST_F(Stress, CancelledAtEveryMoment) {
    auto client = safe::connect("mem:").get();
    const auto link = client.put(random_bytes(2000)).get().link();
    const std::size_t rounds = scaled(2000, 20000);
    std::mt19937 random(1);
    std::size_t done = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto future = client.get(link);
        for (auto spin = random() % (1u << random() % 17); spin > 0; --spin)
            std::atomic_thread_fence(std::memory_order_seq_cst);
        future.cancel();
        const auto code = test::failure([&] { EXPECT_EQ(future.get().size(), 2000u); }).code();
        ASSERT_TRUE(code == SAFE_OK || code == SAFE_CANCELLED);
        done += code == SAFE_OK;
    }
    std::printf("%zu of %zu were done before they were cancelled\n", done, rounds);
}

TEST_F(Stress, WhatIsForgottenEnds) {
    auto client = safe::connect("mem:").get();
    const auto bytes = random_bytes(100000);
    auto reader = client.open(client.put(bytes).get().link()).get();
    std::vector<char> room(1000);
    for (std::size_t round = 0; round < scaled(2000, 20000); ++round) {
        auto put = client.put(bytes, SAFE_PUT_DRY_RUN); // cancelled at once
        auto read = reader.read_into(round, room);      // has ended when it is gone
    }
}

} // namespace
