// What every store promises (core/store/store.hpp), asked of both.
#include "stores.hpp"

#include <algorithm>
#include <random>

namespace safe::test {
namespace {

constexpr std::size_t small = 100, medium = 40'000, large = 1'000'000;

class AnyStore : public ::testing::TestWithParam<const char *> {
  protected:
    StoreRef make() {
        if (GetParam() == std::string("memory")) return make_memory_store(loop_.runtime());
        return open_store(loop_, directory_.vault());
    }

    bool create(const std::string &key, Blob value) { return loop_.run(store_->create(key, std::move(value))); }
    std::optional<Blob> get(const std::string &key, std::uint64_t offset = 0, std::uint64_t length = UINT64_MAX) {
        return loop_.run(store_->get(key, offset, length));
    }
    std::string list(const std::string &prefix, const std::string &after = "", std::size_t limit = 100) {
        const Store::Page page = loop_.run(store_->list(prefix, after, limit));
        std::string text;
        for (const auto &entry : page.entries) text += entry.key + '=' + std::to_string(entry.size) + ' ';
        return text + (page.more ? "more" : "end");
    }
    std::vector<std::string> sweep(std::vector<std::string> keys, std::uint64_t horizon) {
        return loop_.run(store_->sweep(std::move(keys), horizon));
    }
    void next_millisecond() {
        const auto now = loop_.runtime()->clock().wall_ms();
        while (loop_.runtime()->clock().wall_ms() == now) std::this_thread::sleep_for(std::chrono::microseconds(100));
    }

    TempDir directory_;
    TestLoop loop_;
    StoreRef store_ = make();
};

INSTANTIATE_TEST_SUITE_P(Stores, AnyStore, ::testing::Values("memory", "directory"),
                         [](const auto &which) { return std::string(which.param); });

TEST_P(AnyStore, GivesBackWhatWasCreatedWhateverItsSize) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, small, std::size_t{32 * 1024},
                                   std::size_t{32 * 1024 + 1}, medium, large, std::size_t{5 * 1024 * 1024}}) {
        const std::string key = "chunks/" + std::to_string(size);
        EXPECT_FALSE(get(key).has_value());
        EXPECT_TRUE(create(key, blob_of(size, 7)));
        const auto value = get(key);
        ASSERT_TRUE(value.has_value());
        EXPECT_EQ(value_of(size, 7), bytes_of(value)) << size;
    }
}

TEST_P(AnyStore, TheFirstCreateWinsAndLaterOnesChangeNothing) {
    for (const std::size_t first : {small, large}) {
        for (const std::size_t second : {small, large}) {
            const std::string key = std::to_string(first) + "/" + std::to_string(second);
            EXPECT_TRUE(create(key, blob_of(first, 1)));
            EXPECT_FALSE(create(key, blob_of(second, 2)));
            EXPECT_EQ(value_of(first, 1), bytes_of(get(key)));
        }
    }
}

TEST_P(AnyStore, OfRacingCreatesExactlyOneWins) {
    constexpr unsigned racers = 64;
    for (const std::size_t size : {small, medium, large}) {
        const std::string key = "race/" + std::to_string(size);
        std::vector<unsigned> winners;
        for (unsigned i = 0; i < racers; ++i) {
            // Both kinds of value in one race.
            Blob value = blob_of(i % 2 ? size : small, i);
            asio::co_spawn(
                loop_.context(),
                [](StoreRef store, std::string k, Blob v, unsigned me, std::vector<unsigned> &won) -> Awaitable<void> {
                    const bool created = co_await store->create(std::move(k), std::move(v));
                    if (created) won.push_back(me);
                }(store_, key, std::move(value), i, winners),
                asio::detached);
        }
        loop_.context().restart();
        loop_.context().run();
        ASSERT_EQ(1u, winners.size());
        EXPECT_EQ(value_of(winners[0] % 2 ? size : small, winners[0]), bytes_of(get(key)));
    }
}

TEST_P(AnyStore, ReadsRangesCutAtTheEndOfTheValue) {
    for (const std::size_t size : {small, large}) {
        const std::string key = std::to_string(size);
        create(key, blob_of(size, 3));
        const Bytes all = value_of(size, 3);
        const auto part = [&](std::size_t from, std::size_t to) {
            return Bytes(all.begin() + static_cast<std::ptrdiff_t>(from),
                         all.begin() + static_cast<std::ptrdiff_t>(to));
        };
        EXPECT_EQ(part(0, 10), bytes_of(get(key, 0, 10)));
        EXPECT_EQ(part(17, 60), bytes_of(get(key, 17, 43)));
        EXPECT_EQ(part(size - 1, size), bytes_of(get(key, size - 1, 10)));
        EXPECT_EQ(part(5, size), bytes_of(get(key, 5, UINT64_MAX)));
        for (const std::uint64_t beyond : {std::uint64_t{size}, std::uint64_t{size} + 1, UINT64_MAX}) {
            const auto nothing = get(key, beyond, 10);
            ASSERT_TRUE(nothing.has_value());
            EXPECT_EQ(0u, nothing->size());
        }
        EXPECT_EQ(0u, get(key, 3, 0)->size());
    }
}

TEST_P(AnyStore, ReplacePutsOneValueInThePlaceOfAnother) {
    for (const std::size_t before : {small, large}) {
        for (const std::size_t after : {small, large}) {
            const std::string key = std::to_string(before) + "/" + std::to_string(after);
            create(key, blob_of(before, 1));
            loop_.run(store_->replace(key, blob_of(after, 2)));
            EXPECT_EQ(value_of(after, 2), bytes_of(get(key)));
        }
    }
    loop_.run(store_->replace("new", blob_of("where there was nothing")));
    EXPECT_EQ("where there was nothing", text_of(get("new")));
}

TEST_P(AnyStore, AValueThatWasReadOutlivesItsRemoval) {
    create("k", blob_of(large, 4));
    const auto value = get("k");
    EXPECT_TRUE(loop_.run(store_->remove("k")));
    EXPECT_FALSE(loop_.run(store_->remove("k")));
    EXPECT_FALSE(get("k").has_value());
    EXPECT_EQ(value_of(large, 4), bytes_of(value));
    EXPECT_TRUE(create("k", blob_of(small, 5)));
    EXPECT_EQ(value_of(small, 5), bytes_of(get("k")));
}

TEST_P(AnyStore, ListsInPagesByPrefixInOrder) {
    for (const char *key : {"b/2", "a/1", "b/10", "b", "b/1", "b0", "c/1", "B/1", "b/~"}) create(key, blob_of("12345"));
    EXPECT_EQ("b/1=5 b/10=5 b/2=5 b/~=5 end", list("b/"));
    EXPECT_EQ("b/1=5 b/10=5 more", list("b/", "", 2));
    EXPECT_EQ("b/2=5 b/~=5 end", list("b/", "b/10", 2));
    EXPECT_EQ("b/10=5 more", list("b/", "b/1", 1));
    EXPECT_EQ("b/1=5 more", list("b/", "a/9", 1)) << "`after` before the prefix";
    EXPECT_EQ("end", list("b/", "c"));
    EXPECT_EQ("end", list("x"));
    EXPECT_EQ("B/1=5 a/1=5 b=5 b/1=5 b/10=5 b/2=5 b/~=5 b0=5 c/1=5 end", list(""));
    EXPECT_EQ("more", list("", "", 0));
}

TEST_P(AnyStore, CountsWhatItHolds) {
    create("chunks/1", blob_of(small, 1));
    create("chunks/2", blob_of(large, 1));
    create("records/1", blob_of(small, 1));
    const StoreFigures chunks = loop_.run(store_->figures("chunks/")), all = loop_.run(store_->figures(""));
    EXPECT_EQ(2u, chunks.objects);
    EXPECT_EQ(small + large, chunks.bytes);
    EXPECT_EQ(3u, all.objects);
    EXPECT_EQ(2 * small + large, all.bytes);
    EXPECT_EQ(0u, loop_.run(store_->figures("x")).objects);
}

TEST_P(AnyStore, RefusesKeysAndValuesThatNoStoreTakes) {
    for (const std::string &key :
         {std::string(), std::string(201, 'k'), std::string("a\nb"), std::string("\xc3\xa4"), std::string("a\0b", 3)})
        EXPECT_EQ(Errc::invalid_argument, error_of([&] { create(key, blob_of("v")); }).code()) << key;
    EXPECT_TRUE(create(std::string(200, 'k'), blob_of("v")));
    EXPECT_TRUE(create("../../outside ' \" % ; --", blob_of(large, 1)));
    EXPECT_EQ(value_of(large, 1), bytes_of(get("../../outside ' \" % ; --")));
    EXPECT_EQ(Errc::data_too_large, error_of([&] { create("k", blob_of(5 * 1024 * 1024 + 1, 1)); }).code());
    EXPECT_FALSE(get("k").has_value());
}

TEST_P(AnyStore, ASweepRemovesOnlyWhatIsOlderThanItsHorizon) {
    create("old", blob_of(small, 1));
    create("old large", blob_of(large, 1));
    create("touched", blob_of(small, 1));
    next_millisecond();
    const auto horizon = loop_.run(store_->horizon());
    create("new", blob_of(large, 1));
    EXPECT_TRUE(loop_.run(store_->touch("touched")));
    EXPECT_FALSE(loop_.run(store_->touch("missing")));
    const auto removed = sweep({"old", "touched", "missing", "new", "old large"}, horizon);
    EXPECT_EQ((std::vector<std::string>{"old", "old large"}), removed);
    EXPECT_EQ("new=1000000 touched=100 end", list(""));
}

TEST_P(AnyStore, ASweepSparesWhatWasTouchedUnderAHoldThatLives) {
    create("a", blob_of(small, 1));
    create("b", blob_of(small, 1));
    next_millisecond();
    auto hold = loop_.run(store_->hold());
    EXPECT_TRUE(loop_.run(store_->touch("a")));
    next_millisecond();
    // A second touch under the same hold may be free of cost, and must count all the same.
    EXPECT_TRUE(loop_.run(store_->touch("a")));
    next_millisecond();
    const auto far_future = loop_.runtime()->clock().wall_ms() + 1'000'000;
    EXPECT_EQ((std::vector<std::string>{"b"}), sweep({"a", "b"}, far_future));
    hold.reset();
    EXPECT_EQ((std::vector<std::string>{"a"}), sweep({"a", "b"}, far_future));
}

TEST_P(AnyStore, TheOldestHoldCountsAndATouchUnderAnOlderHoldDoesNotStandInForANewerOne) {
    create("a", blob_of(small, 1));
    next_millisecond();
    auto older = loop_.run(store_->hold());
    next_millisecond();
    loop_.run(store_->touch("a"));
    next_millisecond();
    const auto newer = loop_.run(store_->hold());
    EXPECT_TRUE(loop_.run(store_->touch("a")));
    older.reset();
    EXPECT_TRUE(sweep({"a"}, UINT64_MAX).empty());
}

TEST_P(AnyStore, APutThatRanWhenGcBeganAndEndedSinceIsStillSafe) {
    auto hold = loop_.run(store_->hold());
    create("chunk", blob_of(small, 1));
    next_millisecond();
    const auto horizon = loop_.run(store_->horizon()); // gc reads the links to keep after this
    hold.reset();                                      // only now the user is given the link
    EXPECT_TRUE(sweep({"chunk"}, horizon).empty());
}

TEST_P(AnyStore, SweepsAnyNumberOfKeys) {
    std::vector<std::string> keys;
    for (int i = 0; i < 1000; ++i) {
        keys.push_back("k" + std::to_string(i));
        asio::co_spawn(loop_.context(), store_->create(keys.back(), blob_of("v")), asio::detached);
    }
    loop_.context().restart();
    loop_.context().run();
    ASSERT_EQ(1000u, loop_.run(store_->figures("")).objects);
    EXPECT_EQ(keys, sweep(keys, UINT64_MAX));
    EXPECT_EQ(0u, loop_.run(store_->figures("")).objects);
}

TEST_P(AnyStore, AgreesWithASimpleModelOverARandomSequence) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::map<std::string, Bytes> model;
    for (unsigned step = 0; step < 400; ++step) {
        const std::string key = "k/" + std::to_string(random() % 12);
        const std::size_t size = random() % 3 == 0 ? random() % 200'000 : random() % 2'000;
        switch (random() % 4) {
        case 0: {
            const bool fresh = model.emplace(key, value_of(size, step)).second;
            EXPECT_EQ(fresh, create(key, blob_of(size, step)));
            break;
        }
        case 1:
            model[key] = value_of(size, step);
            loop_.run(store_->replace(key, blob_of(size, step)));
            break;
        case 2: EXPECT_EQ(model.erase(key) > 0, loop_.run(store_->remove(key))); break;
        default: {
            const auto value = get(key);
            ASSERT_EQ(model.contains(key), value.has_value());
            if (value) {
                ASSERT_EQ(model[key], bytes_of(value));
            }
        }
        }
    }
    std::string expected;
    for (const auto &[key, value] : model) expected += key + '=' + std::to_string(value.size()) + ' ';
    EXPECT_EQ(expected + "end", list(""));
}

} // namespace
} // namespace safe::test
