// Content, links, keys, records, vaults: what the classes give is what the C interface gives.
#include "support.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

using namespace std::chrono_literals;
using test::failure;
using test::random_bytes;

namespace {

class Client : public test::Test {};
class Links : public test::Test {};
class Keys : public test::Test {};
class Records : public test::Test {};
class Vaults : public test::Test {};
class Stores : public test::Test {};

template <class Type>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<Type> &&std::is_nothrow_move_assignable_v<Type> &&
                            !std::is_copy_constructible_v<Type> && !std::is_copy_assignable_v<Type>;
static_assert(moves_only<safe::Client> && moves_only<safe::Reader> && moves_only<safe::Writer> &&
              moves_only<safe::Link> && moves_only<safe::Key> && moves_only<safe::Record> && moves_only<safe::Bytes> &&
              moves_only<safe::Receipt> && moves_only<safe::Report> && moves_only<safe::Queue> &&
              moves_only<safe::Request> && moves_only<safe::Port> && moves_only<safe::Future<safe::Bytes>> &&
              moves_only<safe::Future<void>>);
static_assert(!std::is_constructible_v<safe::View, std::vector<int>> && !std::is_constructible_v<safe::View, int>);
static_assert(!std::is_constructible_v<safe::Room, const std::vector<char> &>);

TEST_F(Client, GivesBackWhatWasPut) {
    auto client = safe::connect("mem:").get();
    EXPECT_EQ(client.url(), "mem:");
    for (const std::size_t size : {0, 1, 2, 3, 1000, 5000000}) {
        const auto data = random_bytes(size);
        const auto receipt = client.put(data).get();
        EXPECT_EQ(receipt.size(), size);
        EXPECT_EQ(client.get(receipt.link()).get().vector(), data);
        for (const auto &chunk : receipt.chunks()) EXPECT_EQ(client.chunk_get(chunk.address).get().size(), chunk.size);
    }
}

TEST_F(Client, TakesAllThatHoldsBytes) {
    auto client = safe::connect("mem:").get();
    const auto same = [&](safe::View view) {
        EXPECT_EQ(client.get(client.put(view).get().link()).get().text(), "hello");
    };
    const std::uint8_t array[] = {'h', 'e', 'l', 'l', 'o'};
    const std::string text = "hello";
    std::vector<std::byte> bytes(5);
    std::memcpy(bytes.data(), "hello", 5);
    same("hello");
    same(text);
    same(std::string_view(text));
    same(std::vector<char>(text.begin(), text.end()));
    same(bytes);
    same(array);
    same(std::array<char, 5>{'h', 'e', 'l', 'l', 'o'});
    same({text.data(), text.size()});
#if defined(__cpp_lib_span)
    same(std::span<const std::byte>(bytes));
    same(std::span(array));
    EXPECT_EQ(client.get(client.put(text).get().link()).get().span().size(), 5u);
#endif
    EXPECT_TRUE(client.get(client.put({}).get().link()).get().empty());
}

TEST_F(Client, FilesKeepTheirNames) {
    const test::Folder folder;
    auto client = safe::connect(folder.url()).get();
    const auto data = random_bytes(100000);
    for (const std::string name : {"plain.txt",
                                   "Gr\xc3\xbc\xc3\x9f"
                                   "e.bin",
                                   "\xe5\x86\x99\xe7\x9c\x9f", "a b%20c#d?.x"}) {
        std::ofstream(folder[name], std::ios::binary).write(reinterpret_cast<const char *>(data.data()), 100000);
        const auto link = client.put_file(folder[name], SAFE_PUT_VERIFY).get().link();
        EXPECT_EQ(link.name(), name);
        EXPECT_EQ(client.get_file(link, folder["copy"]).get(), 100000u);
        std::ifstream copy(folder["copy"], std::ios::binary);
        EXPECT_EQ(std::vector<std::uint8_t>(std::istreambuf_iterator<char>(copy), {}), data);
    }
    EXPECT_EQ(failure([&] { client.put_file(folder["none"]).get(); }).code(), SAFE_FILE_NOT_FOUND);
}

TEST_F(Client, StreamsBothWays) {
    auto client = safe::connect("mem:").get();
    const auto data = random_bytes(6000000);
    auto writer = client.writer(data.size()).get();
    writer.write({data.data(), 1000}).get();
    const safe::Room room = writer.reserve(2000);
    std::memcpy(room.data(), data.data() + 1000, 2000);
    writer.commit(2000).get();
    writer.write({data.data() + 3000, data.size() - 3000}).get();
    const auto link = writer.close().get().link();
    EXPECT_EQ(failure([&] { writer.close().get(); }).code(), SAFE_CLOSED);

    auto reader = client.open(link).get();
    EXPECT_EQ(reader.size(), data.size());
    std::vector<std::uint8_t> into(data.size() + 10, 7);
    EXPECT_EQ(reader.read_into(0, into).get(), data.size());
    EXPECT_TRUE(std::equal(data.begin(), data.end(), into.begin()));
    EXPECT_EQ(into.back(), 7);
    EXPECT_EQ(reader.read(5999999, 100).get().size(), 1u);
    EXPECT_TRUE(reader.read(data.size(), 100).get().empty());
    std::deque<safe::Future<safe::Bytes>> reads;
    for (std::uint64_t at = 0; at < 100; ++at) reads.push_back(reader.read(at * 59999, 10));
    for (std::size_t at = 0; at < 100; ++at)
        EXPECT_EQ(reads[at].get().vector(), std::vector(&data[at * 59999], &data[at * 59999] + 10));
}

TEST_F(Client, SaysWhatWentWrong) {
    auto client = safe::connect("mem:").get();
    const auto wrong = failure([] { safe::Link::parse("safe:nothing"); });
    EXPECT_EQ(wrong.code(), SAFE_BAD_LINK);
    EXPECT_STREQ(wrong.name(), "SAFE_BAD_LINK");
    EXPECT_NE(std::string(wrong.what()).find("link"), std::string::npos);
    EXPECT_FALSE(wrong.retryable());
    EXPECT_EQ(failure([] { safe::connect("nonsense").get(); }).code(), SAFE_BAD_URL);
    const auto link = client.put("12345").get().link();
    EXPECT_EQ(failure([&] { client.get(link, 4).get(); }).code(), SAFE_DATA_TOO_LARGE);
    EXPECT_EQ(failure([&] { client.chunk_get({}).get(); }).code(), SAFE_NO_SUCH_DATA);
    EXPECT_FALSE(client.chunk_exists({}).get());
    EXPECT_TRUE(client.chunk_exists(client.chunk_put("raw").get()).get());
}

TEST_F(Client, WhatWasMovedAwayIsEmpty) {
    auto client = safe::connect("mem:").get();
    auto link = client.put("12345").get().link();
    const safe::Client other = std::move(client);
    EXPECT_EQ(failure([&] { client.put("x").get(); }).code(), SAFE_INVALID_HANDLE);
    const safe::Link moved = std::move(link);
    EXPECT_EQ(link.text(), "");
    EXPECT_EQ(failure([&] { link.with("name"); }).code(), SAFE_INVALID_HANDLE);
    EXPECT_EQ(failure([] { safe::Reader().read(0, 1).get(); }).code(), SAFE_INVALID_HANDLE);
    EXPECT_EQ(failure([] { safe::Writer().write("x").get(); }).code(), SAFE_INVALID_HANDLE);
    EXPECT_EQ(failure([] { safe::Key().sign("x"); }).code(), SAFE_INVALID_HANDLE);
}

TEST_F(Client, ChildrenOutliveIt) {
    auto client = safe::connect("mem:").get();
    const auto link = client.put(random_bytes(1000)).get().link();
    auto reader = client.open(link).get();
    auto writer = client.writer().get();
    client = safe::Client();
    EXPECT_EQ(failure([&] { reader.read(0, 10).get(); }).code(), SAFE_CLOSED);
    EXPECT_EQ(failure([&] { writer.write("x").get(); }).code(), SAFE_CLOSED);
    EXPECT_EQ(link.size(), 1000u);
}

TEST_F(Client, TwoAreTwo) {
    auto one = safe::connect("mem:").get(), two = safe::connect("mem:").get();
    const auto link = one.put("only here").get().link();
    EXPECT_EQ(failure([&] { two.get(link).get(); }).code(), SAFE_NO_SUCH_DATA);
    one = std::move(two);
    EXPECT_EQ(failure([&] { one.get(link).get(); }).code(), SAFE_NO_SUCH_DATA);
}

TEST_F(Links, SayWhatTheyKnow) {
    auto client = safe::connect("mem:").get();
    const auto data = random_bytes(1000);
    const auto open = client.put(data).get().link(), hidden = client.put(data, SAFE_PUT_PRIVATE).get().link();
    EXPECT_TRUE(hidden.is_private() && !open.is_private());
    EXPECT_EQ(open.size(), 1000u);
    EXPECT_EQ(open.name(), std::nullopt);
    const auto named = open.with("\xc3\x9c.txt", "text/plain");
    EXPECT_EQ(named.name(), "\xc3\x9c.txt");
    EXPECT_EQ(named.media_type(), "text/plain");
    EXPECT_TRUE(safe::Link::parse(named.text()) == named && named != open);
    EXPECT_EQ(client.get(safe::Link::from_address(open.address())).get().vector(), data);
    EXPECT_EQ(client.get(safe::Link::from_datamap(hidden.datamap())).get().vector(), data);
    EXPECT_EQ(client.open_datamap(hidden.datamap()).get().size(), 1000u);
    EXPECT_EQ(failure([&] { hidden.address(); }).code(), SAFE_INVALID_ARGUMENT);
    EXPECT_EQ(failure([&] { open.datamap(); }).code(), SAFE_INVALID_ARGUMENT);
}

TEST_F(Keys, Sign) {
    const auto key = safe::Key::generate(), again = safe::Key::import_seed(key.export_seed());
    auto signature = again.sign("what is signed");
    EXPECT_TRUE(safe::Key::verify(key.public_key(), "what is signed", signature));
    EXPECT_FALSE(safe::Key::verify(key.public_key(), "something else", signature));
    signature[3] ^= 1;
    EXPECT_FALSE(safe::Key::verify(key.public_key(), "what is signed", signature));
    EXPECT_TRUE(safe::Key::verify(key.public_key(), {}, key.sign({})));
}

TEST_F(Records, HaveVersionsAndConflicts) {
    auto client = safe::connect("mem:").get();
    const auto key = safe::Key::generate();
    const auto first = client.create_record(key, "Profil \xe2\x98\xba", "one").get();
    EXPECT_EQ(first.label(), "Profil \xe2\x98\xba");
    EXPECT_EQ(first.address(), safe::Record::address_of(key.public_key(), first.label()));
    EXPECT_EQ(first.owner(), key.public_key());
    EXPECT_EQ(client.set_record(key, first.label(), 1, {}).get().value().size(), 0u);
    EXPECT_EQ(client.get_record(first.address()).get().version(), 1u);
    EXPECT_EQ(client.get_record(first.address(), 0).get().value().text(), "one");
    const auto taken = failure([&] { client.create_record(key, first.label(), "x").get(); });
    EXPECT_EQ(taken.code(), SAFE_DATA_EXISTS);
    EXPECT_EQ(taken.number("current_version"), 1u);
    EXPECT_EQ(taken.number("nothing"), std::nullopt);
    // A u64 of which no bit is lost.
    const auto gap = failure([&] { client.set_record(key, first.label(), (std::uint64_t{1} << 63) + 1, "x").get(); });
    EXPECT_EQ(gap.code(), SAFE_INVALID_SUCCESSOR);
    EXPECT_NE(std::string(gap.what()).find("9223372036854775809"), std::string::npos) << gap.what();

    for (std::uint64_t version = 2; version < 10; ++version) client.set_record(key, first.label(), version, "x").get();
    const auto page = client.list_records(first.address(), std::nullopt, 6).get();
    EXPECT_EQ(page.records().front().version(), 9u);
    EXPECT_EQ(page.size(), 6u);
    const auto rest = client.list_records(first.address(), page.next(), 6).get();
    EXPECT_EQ(rest[0].version(), 3u);
    EXPECT_EQ(rest.next(), std::nullopt);
    EXPECT_EQ(failure([&] { rest[4]; }).code(), SAFE_INVALID_RANGE);
}

TEST_F(Vaults, AreLookedAtAndClearedUp) {
    const test::Folder folder;
    EXPECT_EQ(failure([&] { safe::connect(folder.url(), SAFE_CONNECT_NO_CREATE).get(); }).code(), SAFE_STORE_MISSING);
    auto client = safe::connect(folder.url()).get();
    const auto keep = client.put(random_bytes(5000)).get().link();
    client.put(random_bytes(5000)).get();
    client = safe::Client();
    const auto info = safe::vault::info(folder.url()).get();
    EXPECT_EQ(safe::vault::verify(folder.url()).get()["checked"], info["chunks"]);
    const auto found = safe::vault::gc(folder.url(), keep.text()).get();
    EXPECT_EQ(found["kept"] + found["removed"], info["chunks"]);
    ASSERT_EQ(found.items().size(), found["removed"]);
    safe::vault::remove(folder.url(), found.items()[0].address).get();
    EXPECT_EQ(failure([&] { safe::vault::remove(folder.url(), found.items()[0].address).get(); }).code(),
              SAFE_NO_SUCH_DATA);
    safe::vault::gc(folder.url(), keep.text(), SAFE_GC_REMOVE).get();
    EXPECT_EQ(safe::vault::info(folder.url()).get()["chunks"], found["kept"]);
    EXPECT_EQ(failure([&] { static_cast<void>(info["nothing"]); }).code(), SAFE_INVALID_ARGUMENT);
}

TEST_F(Vaults, TheFormatOf2018IsReadAndWritten) {
    for (const std::size_t size : {10, 4000000}) {
        const auto data = random_bytes(size);
        safe::S1Encoder encoder;
        encoder.write({data.data(), 5});
        encoder.write({data.data() + 5, size - 5});
        const safe::S1Map map(encoder.finish());
        std::map<safe::Address, safe::Bytes> chunks;
        while (auto chunk = encoder.next()) chunks[chunk->name] = std::move(chunk->data);
        EXPECT_EQ(map.size(), size);
        EXPECT_EQ(map.chunk_count(), chunks.size());
        auto content = chunks.empty() ? map.content().vector() : std::vector<std::uint8_t>();
        for (std::uint64_t index = 0; index < map.chunk_count(); ++index) {
            const auto part = map.decrypt(index, chunks[map.chunk_name(index)]);
            content.insert(content.end(), part.begin(), part.end());
        }
        EXPECT_EQ(content, data);
    }
    EXPECT_EQ(failure([] { safe::S1Map("nothing of the kind"); }).code(), SAFE_BAD_DATA_MAP);
}

// A store in a map.
void answer(std::map<std::string, std::vector<std::uint8_t>> &shelf, safe::Request request) {
    const auto found = shelf.find(request.key());
    const safe::View data = request.data();
    switch (request.kind()) {
    case SAFE_REQUEST_CREATE:
    case SAFE_REQUEST_REPLACE:
        if (found == shelf.end() || request.kind() == SAFE_REQUEST_REPLACE)
            shelf[request.key()].assign(data.data(), data.data() + data.size());
        return request.done(found == shelf.end() || request.kind() == SAFE_REQUEST_REPLACE);
    case SAFE_REQUEST_GET:
        if (found == shelf.end()) return request.none();
        return request.give({found->second.data() + request.offset(),
                             std::min<std::size_t>(found->second.size() - request.offset(), request.length())});
    case SAFE_REQUEST_EXISTS: return request.done(found != shelf.end());
    case SAFE_REQUEST_LIST: {
        const std::string prefix = request.key();
        std::uint64_t count = 0;
        for (auto at = shelf.upper_bound(std::max(prefix, request.after())); at != shelf.end(); ++at) {
            if (at->first.compare(0, prefix.size(), prefix) != 0) break;
            if (count++ == request.limit()) return request.done(true);
            request.add(at->first, at->second.size());
        }
        return request.done(false);
    }
    case SAFE_REQUEST_REMOVE: return request.done(shelf.erase(request.key()) != 0);
    case SAFE_REQUEST_FIGURES: return request.figures(shelf.size(), (std::uint64_t{1} << 63) + 1);
    default: // open, close
        return request.url() == "shelf:locked" ? request.fail(SAFE_STORE_BUSY, "locked; wait") : request.done();
    }
}

TEST_F(Stores, OfTheProgramKeepContent) {
    std::map<std::string, std::vector<std::uint8_t>> shelf;
    safe::Port port("shelf");
    std::thread server([&] {
        while (auto request = port.next()) try {
                answer(shelf, std::move(*request));
            } catch (const safe::Error &error) {
                EXPECT_EQ(error.code(), SAFE_CLOSED) << error.what(); // the port was closed meanwhile
            }
    });
    auto client = safe::connect("shelf:").get();
    const auto data = random_bytes(3000000);
    EXPECT_EQ(client.get(client.put(data).get().link()).get().vector(), data);
    EXPECT_EQ(safe::vault::info("shelf:").get()["chunk_bytes"], (std::uint64_t{1} << 63) + 1);
    const auto busy = failure([] { safe::connect("shelf:locked").get(); });
    EXPECT_EQ(busy.code(), SAFE_STORE_BUSY);
    EXPECT_NE(std::string(busy.what()).find("locked; wait"), std::string::npos);
    EXPECT_EQ(failure([] { safe::Port again("shelf"); }).code(), SAFE_BUSY);
    EXPECT_TRUE(safe::has_feature("shelf"));
    client = safe::Client();
    port.close();
    server.join();
    EXPECT_GT(shelf.size(), 0u);
}

TEST_F(Stores, AreWokenWhenSomethingIsAsked) {
    std::map<std::string, std::vector<std::uint8_t>> shelf;
    safe::Port port("shelf");
    std::atomic<bool> closed{false};
    std::function<void()> serve = [&] {
        bool closes = false;
        while (auto request = port.next(0ms)) {
            closes = closes || request->kind() == SAFE_REQUEST_CLOSE;
            answer(shelf, std::move(*request));
        }
        port.on_request(serve);
        if (closes) closed = true;
    };
    port.on_request(serve);
    EXPECT_EQ(failure([&] { port.on_request(serve); }).code(), SAFE_INVALID_ARGUMENT);
    auto client = safe::connect("shelf:").get();
    EXPECT_EQ(client.get(client.put("on the loop's thread").get().link()).get().text(), "on the loop's thread");
    client = safe::Client();
    // That is told on the loop's thread, which uses all of this until then.
    for (int waited = 0; !closed && waited < 60'000; ++waited) std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(closed);
}

// Both ends of a connection in this process: what one sends, the other receives.
class Wire {
  public:
    void answer(safe::Request request) {
        const std::lock_guard lock(mutex_);
        switch (request.kind()) {
        case SAFE_REQUEST_OPEN:
            if (ends_.size() == 2) return request.fail(SAFE_CONNECTION_FAILED, "nobody is there");
            ends_[request.connection()];
            return request.done();
        case SAFE_REQUEST_SEND: {
            const safe::View data = request.data();
            ends_[request.connection()].sent.append(reinterpret_cast<const char *>(data.data()), data.size());
            request.done();
            break;
        }
        case SAFE_REQUEST_RECEIVE: ends_[request.connection()].receiving = std::move(request); break;
        default: // close
            closed_ = true;
            request.done();
        }
        move();
    }

  private:
    struct End {
        std::string sent;
        safe::Request receiving;
    };

    void move() {
        for (auto &[number, end] : ends_)
            for (auto &[other_number, other] : ends_) {
                if (number == other_number || !end.receiving.get()) continue;
                if (closed_) {
                    std::exchange(end.receiving, safe::Request()).none();
                } else if (!other.sent.empty()) {
                    const auto count = std::min<std::size_t>(other.sent.size(), end.receiving.length());
                    std::exchange(end.receiving, safe::Request()).give(other.sent.substr(0, count));
                    other.sent.erase(0, count);
                }
            }
    }

    std::mutex mutex_;
    std::map<std::uint64_t, End> ends_;
    bool closed_ = false;
};

TEST_F(Stores, AreReachedOverATransport) {
    Wire wire;
    safe::Port port("wire", SAFE_PORT_TRANSPORT);
    std::thread mover([&] {
        while (auto request = port.next()) try {
                wire.answer(std::move(*request));
            } catch (const safe::Error &error) {
                EXPECT_EQ(error.code(), SAFE_CLOSED) << error.what(); // the other end has closed meanwhile
            }
    });
    auto serving = safe::vault::serve("mem:", "wire:vault");
    {
        auto client = safe::connect("wire:client").get();
        const auto data = random_bytes(500000);
        EXPECT_EQ(client.get(client.put(data).get().link()).get().vector(), data);
        EXPECT_EQ(failure([] { safe::connect("wire:third").get(); }).code(), SAFE_CONNECTION_FAILED);
    }
    serving.get();
    port.close();
    mover.join();
}

TEST(Library, HasVersionSettingsAndLog) {
    EXPECT_EQ(safe::version().substr(0, 2), "1.");
    EXPECT_EQ(safe::version_number() / 1000000, 1u);
    EXPECT_EQ(safe::abi_version(), std::uint32_t{SAFE_ABI_VERSION});
    EXPECT_FALSE(safe::has_feature("magic"));
    // The library of the tests before may be still about to end.
    while (failure([] { safe::set(SAFE_SETTING_WORKERS, 1); }).code() == SAFE_BUSY) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(safe::get(SAFE_SETTING_WORKERS), 1u);
    safe::set(SAFE_SETTING_WORKERS, 0);
    std::atomic<int> lines{0};
    safe::log_to(SAFE_LOG_DEBUG, [&](safe_log_level, std::string_view) { ++lines; });
    safe::connect("mem:").get().put("logged").get();
    safe::log_to(SAFE_LOG_ERROR, nullptr);
    const int before = lines;
    safe::connect("mem:").get().put("not logged").get();
    EXPECT_EQ(lines, before);
}

} // namespace
