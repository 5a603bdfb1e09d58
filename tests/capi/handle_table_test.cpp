// Handles as values (DETAILS D2), for both widths.
#include "handle_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <thread>

namespace safe {
namespace {

bool full_scale() {
    const char *scale = std::getenv("SAFE_SCALE");
    return scale && std::string(scale) == "full";
}

template <class Layout>
class Table : public testing::Test {
  public:
    using Word = typename Layout::Word;

  protected:
    static std::shared_ptr<int> object(int value = 0) { return std::make_shared<int>(value); }
    Errc error(Word handle, unsigned tag) { return table.find(handle, tag).error; }

    HandleTable<Layout> table{static_cast<Word>(0x9e3779b97f4a7c15u)};
};

using Layouts = testing::Types<Layout64, Layout32>;
TYPED_TEST_SUITE(Table, Layouts);

TYPED_TEST(Table, AHandleFindsItsObjectAndIsNotNull) {
    const auto handle = this->table.insert(1, this->object(7));
    EXPECT_NE(0u, handle);
    EXPECT_EQ(7, *std::static_pointer_cast<int>(this->table.find(handle, 1).object));
    EXPECT_EQ(1u, this->table.live());
}

TYPED_TEST(Table, ALiveHandleOfAnotherTypeIsAWrongType) {
    const auto handle = this->table.insert(3, this->object());
    EXPECT_EQ(Errc::wrong_handle_type, this->error(handle, 4));
    EXPECT_EQ(Errc::wrong_handle_type, this->table.take(handle, 4).error);
    EXPECT_EQ(Errc::ok, this->error(handle, 3));
}

TYPED_TEST(Table, AFreedHandleIsInvalidForEveryTypeAndCannotBeFreedAgain) {
    const auto handle = this->table.insert(3, this->object());
    EXPECT_EQ(Errc::ok, this->table.take(handle, 3).error);
    EXPECT_EQ(Errc::invalid_handle, this->table.take(handle, 3).error);
    EXPECT_EQ(Errc::invalid_handle, this->error(handle, 3));
    EXPECT_EQ(Errc::invalid_handle, this->error(handle, 4));
    EXPECT_EQ(0u, this->table.live());
}

TYPED_TEST(Table, ALookupKeepsTheObjectAliveAfterItsHandleIsFreed) {
    std::weak_ptr<int> watched;
    auto made = this->object();
    watched = made;
    const auto handle = this->table.insert(1, std::move(made));
    auto found = this->table.find(handle, 1);
    this->table.take(handle, 1);
    EXPECT_FALSE(watched.expired());
    found.object.reset();
    EXPECT_TRUE(watched.expired());
}

TYPED_TEST(Table, NothingThatWasNotGivenOutIsFound) {
    std::mt19937_64 random(11);
    std::set<typename TypeParam::Word> mine;
    for (int i = 0; i < 50; ++i) mine.insert(this->table.insert(1, this->object()));
    EXPECT_EQ(Errc::invalid_handle, this->error(0, 1));
    for (unsigned tag = 1; tag < 16; ++tag)
        for (int i = 0; i < 20000; ++i) {
            const auto guess = static_cast<typename TypeParam::Word>(random());
            if (mine.count(guess)) continue;
            ASSERT_NE(Errc::ok, this->error(guess, tag)) << guess;
        }
}

TYPED_TEST(Table, HandlesOfAnotherCopyOfTheLibraryAreInvalid) {
    HandleTable<TypeParam> other(static_cast<typename TypeParam::Word>(0x2545f4914f6cdd1du));
    for (int i = 0; i < 1000; ++i) {
        this->table.insert(1, this->object());
        const auto foreign = other.insert(1, this->object());
        ASSERT_EQ(Errc::invalid_handle, this->error(foreign, 1));
    }
}

// Every older handle is refused. SAFE_SCALE=full: ten million rounds, and the whole history is looked up.
TYPED_TEST(Table, NoOlderHandleIsEverTakenForANewOne) {
    const int rounds = full_scale() ? 10'000'000 : 300'000;
    std::vector<typename TypeParam::Word> old;
    old.reserve(rounds);
    const auto shared = this->object();
    for (int i = 0; i < rounds; ++i) {
        const auto handle = this->table.insert(1, shared);
        ASSERT_EQ(Errc::ok, this->table.take(handle, 1).error);
        ASSERT_EQ(Errc::invalid_handle, this->table.take(handle, 1).error);
        old.push_back(handle);
    }
    const auto live = this->table.insert(1, shared);
    for (const auto handle : old) ASSERT_EQ(Errc::invalid_handle, this->error(handle, 1));
    std::sort(old.begin(), old.end());
    EXPECT_EQ(old.end(), std::adjacent_find(old.begin(), old.end())) << "a handle was given out twice";
    EXPECT_FALSE(std::binary_search(old.begin(), old.end(), live));
}

TEST(Table32, AFreedSlotRestsUntilTwoToTheSixteenOthersWereFreed) {
    HandleTable<Layout32> table(0);
    const auto slot_of = [](std::uint32_t handle) { return handle & ((1u << Layout32::index_bits) - 1); };
    const auto object = std::make_shared<int>();
    const auto first = table.insert(1, object);
    table.take(first, 1);
    for (std::uint32_t frees = 0; frees < (1u << 16); ++frees) {
        const auto handle = table.insert(1, object);
        ASSERT_NE(slot_of(first), slot_of(handle)) << "after " << frees << " other frees";
        table.take(handle, 1);
    }
    EXPECT_EQ(slot_of(first), slot_of(table.insert(1, object)));
}

TEST(Table32, SlotsAreReusedInTheOrderInWhichTheyWereFreed) {
    HandleTable<Layout32> table(0);
    const auto slot_of = [](std::uint32_t handle) { return handle & ((1u << Layout32::index_bits) - 1); };
    const auto object = std::make_shared<int>();
    std::deque<std::uint32_t> freed;
    for (int i = 0; i < 200'000; ++i) {
        const auto handle = table.insert(1, object);
        if (i > (1 << 16)) {
            ASSERT_EQ(freed.front(), slot_of(handle));
            freed.pop_front();
        }
        table.take(handle, 1);
        freed.push_back(slot_of(handle));
    }
}

TEST(Table32, ExhaustionIsAnErrorAndPasses) {
    HandleTable<Layout32> table(0);
    const auto object = std::make_shared<int>();
    std::vector<std::uint32_t> handles;
    Errc code = Errc::ok;
    try {
        while (true) handles.push_back(table.insert(1, object));
    } catch (const Error &error) {
        code = error.code();
    }
    EXPECT_EQ(Errc::too_many_handles, code);
    EXPECT_EQ(1u << 18, handles.size());
    for (const auto handle : handles) ASSERT_EQ(Errc::ok, table.take(handle, 1).error);
    EXPECT_NO_THROW(table.insert(1, object));
}

// A layout so small that generations run out in a test.
struct Tiny {
    using Word = std::uint32_t;
    static constexpr unsigned tag_bits = 20, generation_bits = 4, index_bits = 8;
    static constexpr std::uint32_t rest = 0;
    static constexpr bool retire = true;
};

TEST(TableThatRetires, ASlotWhoseGenerationsAreUsedUpIsNotUsedAgain) {
    HandleTable<Tiny> table(0);
    const auto object = std::make_shared<int>();
    std::set<std::uint32_t> given;
    Errc code = Errc::ok;
    try {
        while (true) {
            const auto handle = table.insert(1, object);
            ASSERT_TRUE(given.insert(handle).second) << "given out twice: " << handle;
            table.take(handle, 1);
        }
    } catch (const Error &error) {
        code = error.code();
    }
    EXPECT_EQ(Errc::too_many_handles, code);
    EXPECT_EQ(256u * 16u, given.size());
}

TEST(TableInThreads, ManyThreadsMakeFindAndFreeAtOnce) {
    HandleTable<Layout64> table(12345);
    const int rounds = 20000;
    const auto work = [&](int seed) {
        std::mt19937 random(seed);
        std::vector<std::uint64_t> mine;
        for (int i = 0; i < rounds; ++i) {
            mine.push_back(table.insert(1, std::make_shared<int>(seed)));
            const auto handle = mine[random() % mine.size()];
            const auto found = table.find(handle, 1);
            ASSERT_TRUE(found.object);
            ASSERT_EQ(seed, *std::static_pointer_cast<int>(found.object));
            if (random() % 2) {
                ASSERT_EQ(Errc::ok, table.take(mine.back(), 1).error);
                mine.pop_back();
                if (mine.empty()) mine.push_back(table.insert(1, std::make_shared<int>(seed)));
            }
        }
        for (const auto handle : mine) ASSERT_EQ(Errc::ok, table.take(handle, 1).error);
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
    for (std::thread &thread : threads) thread.join();
    EXPECT_EQ(0u, table.live());
}

TEST(TableInThreads, OfManyThreadsThatFreeOneHandleExactlyOneDoes) {
    HandleTable<Layout64> table(1);
    for (int round = 0; round < 2000; ++round) {
        const auto handle = table.insert(1, std::make_shared<int>());
        std::atomic<int> freed{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                if (table.take(handle, 1).object) ++freed;
            });
        for (std::thread &thread : threads) thread.join();
        ASSERT_EQ(1, freed);
    }
}

} // namespace
} // namespace safe
