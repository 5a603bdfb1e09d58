// What a port may answer (core/store/port.hpp): whatever cannot be an answer is refused, says so, and changes nothing.
#include "store/limits.hpp"
#include "store/port.hpp"
#include "stores.hpp"

#include <map>

namespace safe::test {
namespace {

using Kind = PortQuestion::Kind;

constexpr Kind kinds[] = {Kind::open, Kind::close,  Kind::create,  Kind::replace, Kind::get,    Kind::exists,
                          Kind::list, Kind::remove, Kind::figures, Kind::send,    Kind::receive};

PortQuestion question_of(Kind kind) {
    PortQuestion question;
    question.kind = kind;
    question.limit = 2;
    question.length = 10;
    return question;
}

template <class Work>
Errc code_of(Work work) {
    return error_of(work).code();
}

Errc done(Kind kind, std::int32_t number) {
    const PortQuestion question = question_of(kind);
    PortAnswer answer;
    if (kind == Kind::list) answer.add(question, "a", 1);
    return code_of([&] { answer.done(question, number); });
}

TEST(PortAnswer, EachKindTakesItsOwnAnswersAlone) {
    for (const Kind kind : kinds) {
        const PortQuestion question = question_of(kind);
        PortAnswer answer;
        const auto wanted = [&](bool right) { return right ? Errc::ok : Errc::wrong_result; };
        const int number = static_cast<int>(kind);
        const bool gives = kind == Kind::get || kind == Kind::receive;
        EXPECT_EQ(wanted(!gives && kind != Kind::figures), done(kind, 1)) << number;
        EXPECT_EQ(wanted(gives), code_of([&] { PortAnswer::check_value(question, 10); })) << number;
        EXPECT_EQ(wanted(gives), code_of([&] { PortAnswer::check_none(question); })) << number;
        EXPECT_EQ(wanted(kind == Kind::list), code_of([&] { answer.add(question, "a", 1); })) << number;
        EXPECT_EQ(wanted(kind == Kind::figures), code_of([&] { answer.count(question, {1, 2}, {3, 4}); })) << number;
    }
}

TEST(PortAnswer, OnlyWhatCanBeNotSoIsDoneWithZero) {
    for (const Kind kind : {Kind::create, Kind::exists, Kind::list, Kind::remove}) EXPECT_EQ(Errc::ok, done(kind, 0));
    for (const Kind kind : {Kind::open, Kind::close, Kind::replace, Kind::send})
        EXPECT_EQ(Errc::invalid_argument, done(kind, 0));
    for (const Kind kind : {Kind::open, Kind::create, Kind::exists, Kind::list})
        for (const std::int32_t number : {-1, 2, INT32_MAX, INT32_MIN})
            EXPECT_EQ(Errc::invalid_argument, done(kind, number));
}

TEST(PortAnswer, SaysYesAndNoAsTheyWereGiven) {
    PortAnswer answer;
    answer.done(question_of(Kind::create), 1);
    EXPECT_TRUE(answer.yes);
    answer.done(question_of(Kind::create), 0);
    EXPECT_FALSE(answer.yes);
}

TEST(PortAnswer, AValueHasAtMostTheBytesAskedFor) {
    const PortQuestion question = question_of(Kind::get);
    EXPECT_EQ(Errc::ok, code_of([&] { PortAnswer::check_value(question, 0); }));
    EXPECT_EQ(Errc::data_too_large, code_of([&] { PortAnswer::check_value(question, 11); }));
}

TEST(PortAnswer, AReceiveBringsAByteAtLeast) {
    const PortQuestion question = question_of(Kind::receive);
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { PortAnswer::check_value(question, 0); }));
    EXPECT_EQ(Errc::ok, code_of([&] { PortAnswer::check_value(question, 1); }));
    EXPECT_EQ(Errc::data_too_large, code_of([&] { PortAnswer::check_value(question, 11); }));
}

TEST(PortAnswer, AListHasKeysOfThePrefixInOrder) {
    PortQuestion question = question_of(Kind::list);
    question.key = "chunks/";
    question.after = "chunks/b";
    PortAnswer answer;
    const auto add = [&](const char *key, std::uint64_t size = 1) {
        return code_of([&] { answer.add(question, key, size); });
    };
    EXPECT_EQ(Errc::invalid_argument, add("chunks/a"));
    EXPECT_EQ(Errc::invalid_argument, add("chunks/b"));
    EXPECT_EQ(Errc::invalid_argument, add("records/z"));
    EXPECT_EQ(Errc::invalid_argument, add("chunks/\x01"));
    EXPECT_EQ(Errc::invalid_argument, add(std::string("chunks/" + std::string(max_store_key, 'x')).c_str()));
    EXPECT_EQ(Errc::data_too_large, add("chunks/c", max_store_value + 1));
    EXPECT_TRUE(answer.page.entries.empty());
    EXPECT_EQ(Errc::ok, add("chunks/c", max_store_value));
    EXPECT_EQ(Errc::invalid_argument, add("chunks/c"));
    EXPECT_EQ(Errc::invalid_argument, add("chunks/bb"));
    EXPECT_EQ(Errc::ok, add("chunks/d"));
    EXPECT_EQ(Errc::invalid_range, add("chunks/e")); // two were asked for
    EXPECT_EQ(2u, answer.page.entries.size());
}

TEST(PortAnswer, AnEmptyPageOfWhichThereIsMoreWouldNeverEnd) {
    PortAnswer answer;
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { answer.done(question_of(Kind::list), 1); }));
    answer.done(question_of(Kind::list), 0);
    EXPECT_FALSE(answer.page.more);
}

TEST(PortFailure, HasACodeThatIsAStoresToUse) {
    const PortQuestion question = question_of(Kind::get);
    for (const Errc code : {Errc::store_io, Errc::store_corrupt, Errc::store_full, Errc::access_denied, Errc::timeout})
        EXPECT_EQ(code, port_failure(question, "mine:", code, "why").code());
    for (const Errc code :
         {Errc::ok, Errc::no_such_data, Errc::cancelled, Errc::vault_lied, Errc::closed, Errc(-999999)})
        EXPECT_EQ(Errc::invalid_argument, code_of([&] { port_failure(question, "mine:", code, "why"); }));
}

TEST(PortFailure, HasACodeThatIsATransportsToUse) {
    PortQuestion question = question_of(Kind::receive);
    question.of_transport = true;
    for (const Errc code : {Errc::connection_failed, Errc::access_denied, Errc::timeout, Errc::bad_url})
        EXPECT_EQ(code, port_failure(question, "mine:", code, "why").code());
    for (const Errc code : {Errc::ok, Errc::store_io, Errc::store_missing, Errc::bad_message, Errc::closed})
        EXPECT_EQ(Errc::invalid_argument, code_of([&] { port_failure(question, "mine:", code, "why"); }));
    EXPECT_EQ(Errc::connection_failed, port_silence(question, "mine:").code());
    question.of_transport = false;
    EXPECT_EQ(Errc::invalid_argument,
              code_of([&] { port_failure(question, "mine:", Errc::connection_failed, "why"); }));
    EXPECT_EQ(Errc::store_io, port_silence(question, "mine:").code());
}

// What the store that is made of a port asks.
class AskedPort : public StorePort {
  public:
    Awaitable<PortAnswer> ask(PortQuestion question) override {
        PortAnswer answer;
        asked.push_back(question);
        if (question.kind == Kind::figures) {
            if (!has_figures) throw Error(Errc::unsupported, "no figures");
            answer.count(question, {7, 70}, {8, 9});
        } else if (question.kind == Kind::list) {
            for (auto at = held.upper_bound(question.after); at != held.end(); ++at) {
                if (!at->first.starts_with(question.key)) continue;
                if (answer.page.entries.size() == question.limit) {
                    answer.page.more = true;
                    break;
                }
                answer.add(question, at->first, at->second);
            }
        } else {
            answer.yes = true;
        }
        co_return answer;
    }

    std::vector<PortQuestion> asked;
    std::map<std::string, std::uint64_t> held;
    bool has_figures = false;
};

class PortStores : public ::testing::Test {
  protected:
    TestLoop loop_;
    std::shared_ptr<AskedPort> port_ = std::make_shared<AskedPort>();
    StoreRef store_ = make_port_store(port_, "mine:");
};

TEST_F(PortStores, AskForNoMoreThanAPortGives) {
    loop_.run(store_->get("key", 5, UINT64_MAX));
    EXPECT_EQ(5u, port_->asked.back().offset);
    EXPECT_EQ(max_store_value, port_->asked.back().length);
    loop_.run(store_->list("", "", 1'000'000));
    EXPECT_EQ(1000u, port_->asked.back().limit);
}

TEST_F(PortStores, RefuseKeysAndValuesThatNoStoreTakesBeforeThePortIsAsked) {
    const auto refuses = [&](auto work) { EXPECT_NE(Errc::ok, code_of([&] { loop_.run(work()); })); };
    for (const std::string &key : {std::string(), std::string("\x01"), std::string(max_store_key + 1, 'x')}) {
        refuses([&] { return store_->get(key); });
        refuses([&] { return store_->create(key, blob_of("v")); });
        refuses([&] { return store_->replace(key, blob_of("v")); });
        refuses([&] { return store_->remove(key); });
        refuses([&] { return store_->touch(key); });
    }
    refuses([&] { return store_->create("k", blob_of(max_store_value + 1, 1)); });
    refuses([&] { return store_->replace("k", blob_of(max_store_value + 1, 1)); });
    EXPECT_TRUE(port_->asked.empty());
}

TEST_F(PortStores, CountByListsWhereThePortHasNoFigures) {
    for (int i = 0; i < 2500; ++i) port_->held["chunks/" + std::to_string(10'000 + i)] = 2;
    port_->held["other"] = 1;
    const StoreFigures counted = loop_.run(store_->figures("chunks/"));
    EXPECT_EQ(2500u, counted.objects);
    EXPECT_EQ(5000u, counted.bytes);
    port_->has_figures = true;
    EXPECT_EQ(7u, loop_.run(store_->figures("chunks/")).objects);
    EXPECT_EQ(8u, loop_.run(store_->disk()).used_bytes);
}

TEST_F(PortStores, CannotBeSweptAndSayWhatToDoInstead) {
    EXPECT_EQ(Errc::unsupported, code_of([&] { loop_.run(store_->horizon()); }));
    const Error error = error_of([&] { loop_.run(store_->sweep({"chunks/a"}, 1)); });
    EXPECT_EQ(Errc::unsupported, error.code());
    EXPECT_NE(std::string::npos, error.message().find("safe_vault_remove"));
}

} // namespace
} // namespace safe::test
