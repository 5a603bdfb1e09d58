#include "store/port.hpp"

#include "store/failure.hpp"
#include "store/limits.hpp"

#include <algorithm>

namespace safe {
namespace {

using Kind = PortQuestion::Kind;

constexpr std::uint64_t most_entries = limits::max_page; // of one LIST

const char *name_of(Kind kind) {
    switch (kind) {
    case Kind::open: return "OPEN";
    case Kind::close: return "CLOSE";
    case Kind::create: return "CREATE";
    case Kind::replace: return "REPLACE";
    case Kind::get: return "GET";
    case Kind::exists: return "EXISTS";
    case Kind::list: return "LIST";
    case Kind::remove: return "REMOVE";
    case Kind::figures: return "FIGURES";
    case Kind::send: return "SEND";
    case Kind::receive: return "RECEIVE";
    }
    return "request";
}

bool can_say_no(Kind kind) {
    return kind == Kind::create || kind == Kind::exists || kind == Kind::list || kind == Kind::remove;
}

Error wrong(Errc code, const PortQuestion &question, const std::string &what) {
    return {code, std::string(name_of(question.kind)) + ": " + what};
}

void check_kind(const PortQuestion &question, bool right, const char *answer) {
    if (!right) throw wrong(Errc::wrong_result, question, std::string("it does not take ") + answer + " for an answer");
}

std::string doing(const PortQuestion &question, const std::string &url) {
    switch (question.kind) {
    case Kind::open: return "cannot open " + url;
    case Kind::close: return "cannot close " + url;
    case Kind::create:
    case Kind::replace: return "cannot write " + question.key + " in " + url;
    case Kind::get:
    case Kind::exists: return "cannot read " + question.key + " in " + url;
    case Kind::list: return "cannot list " + question.key + " in " + url;
    case Kind::remove: return "cannot remove " + question.key + " in " + url;
    case Kind::figures: return "cannot count " + question.key + " in " + url;
    case Kind::send: return "cannot send to " + url;
    case Kind::receive: return "cannot receive from " + url;
    }
    return url;
}

bool gives_bytes(Kind kind) { return kind == Kind::get || kind == Kind::receive; }

// What each kind of port can fail with. Other codes mean something to callers that is not a port's to say.
bool is_ports_code(Errc code, bool of_transport) {
    switch (code) {
    case Errc::connection_failed: return of_transport;
    case Errc::store_io:
    case Errc::store_full:
    case Errc::store_read_only:
    case Errc::store_corrupt:
    case Errc::store_version:
    case Errc::store_busy:
    case Errc::store_missing: return !of_transport;
    case Errc::bad_url:
    case Errc::access_denied:
    case Errc::unsupported:
    case Errc::timeout:
    case Errc::busy:
    case Errc::out_of_memory: return true;
    default: return false;
    }
}

} // namespace

void PortAnswer::done(const PortQuestion &question, std::int32_t number) {
    check_kind(question, !gives_bytes(question.kind) && question.kind != Kind::figures, "done");
    if (number != 1 && (number != 0 || !can_say_no(question.kind)))
        throw wrong(Errc::invalid_argument, question,
                    "done with " + std::to_string(number) + "; it takes " +
                        (can_say_no(question.kind) ? "1 or 0" : "1"));
    if (question.kind == Kind::list && number == 1 && page.entries.empty())
        throw wrong(Errc::invalid_argument, question, "there is more, but no key was added; add one at least");
    yes = number == 1;
    page.more = yes;
}

void PortAnswer::check_value(const PortQuestion &question, std::uint64_t size) {
    check_kind(question, gives_bytes(question.kind), "bytes");
    if (size == 0 && question.kind == Kind::receive)
        throw wrong(Errc::invalid_argument, question, "no bytes; give some, or none if the other side has closed");
    if (size > question.length)
        throw Error(Errc::data_too_large,
                    std::string(name_of(question.kind)) + ": " + std::to_string(size) + " bytes given; " +
                        std::to_string(question.length) + " were asked for",
                    {{"limit", question.length}});
}

void PortAnswer::check_none(const PortQuestion &question) { check_kind(question, gives_bytes(question.kind), "none"); }

void PortAnswer::add(const PortQuestion &question, std::string key, std::uint64_t size) {
    check_kind(question, question.kind == Kind::list, "keys");
    if (page.entries.size() >= question.limit)
        throw wrong(Errc::invalid_range, question,
                    "more than the " + std::to_string(question.limit) + " keys asked for");
    check_store_key(key);
    if (!key.starts_with(question.key))
        throw wrong(Errc::invalid_argument, question, "the key does not begin with the prefix " + question.key);
    if (key <= (page.entries.empty() ? question.after : page.entries.back().key))
        throw wrong(Errc::invalid_argument, question, "the key " + key + " is not greater than the one before it");
    if (size > max_store_value)
        throw Error(Errc::data_too_large,
                    "LIST: the value of " + key + " cannot have " + std::to_string(size) + " bytes; the limit is " +
                        std::to_string(max_store_value),
                    {{"limit", max_store_value}});
    page.entries.push_back({std::move(key), size});
}

void PortAnswer::count(const PortQuestion &question, StoreFigures objects, StoreDisk space) {
    check_kind(question, question.kind == Kind::figures, "figures");
    figures = objects;
    disk = space;
}

Error port_failure(const PortQuestion &question, const std::string &url, Errc code, const std::string &why) {
    if (!is_ports_code(code, question.of_transport))
        throw wrong(Errc::invalid_argument, question,
                    std::string(question.of_transport ? "a transport" : "a store") + " does not fail with " +
                        std::string(safe::name_of(code)) + " (" + std::to_string(static_cast<int>(code)) +
                        "); see safe_request_fail for its codes");
    return store_failure(code, doing(question, url), why);
}

Error port_silence(const PortQuestion &question, const std::string &url) {
    const Errc code = question.of_transport ? Errc::connection_failed : Errc::store_io;
    return port_failure(question, url, code, "its port freed the request without an answer");
}

namespace {

class PortStore : public Store {
  public:
    PortStore(std::shared_ptr<StorePort> port, std::string name) : port_(std::move(port)), name_(std::move(name)) {}

    Awaitable<bool> create(std::string key, Blob value) override {
        check_store_entry(key, value);
        PortQuestion question = about(Kind::create, std::move(key));
        question.value = std::move(value);
        const PortAnswer answer = co_await port_->ask(std::move(question));
        co_return answer.yes;
    }

    Awaitable<void> replace(std::string key, Blob value) override {
        check_store_entry(key, value);
        PortQuestion question = about(Kind::replace, std::move(key));
        question.value = std::move(value);
        co_await port_->ask(std::move(question));
    }

    Awaitable<std::optional<Blob>> get(std::string key, std::uint64_t offset, std::uint64_t length) override {
        check_store_key(key);
        PortQuestion question = about(Kind::get, std::move(key));
        question.offset = offset;
        question.length = std::min(length, max_store_value);
        PortAnswer answer = co_await port_->ask(std::move(question));
        co_return std::move(answer.value);
    }

    Awaitable<Page> list(std::string prefix, std::string after, std::size_t limit) override {
        PortQuestion question = about(Kind::list, std::move(prefix));
        question.after = std::move(after);
        question.limit = std::clamp<std::uint64_t>(limit, 1, most_entries);
        PortAnswer answer = co_await port_->ask(std::move(question));
        if (limit == 0 && !answer.page.entries.empty()) answer.page = {{}, true};
        co_return std::move(answer.page);
    }

    Awaitable<bool> remove(std::string key) override {
        check_store_key(key);
        PortQuestion question = about(Kind::remove, std::move(key));
        const PortAnswer answer = co_await port_->ask(std::move(question));
        co_return answer.yes;
    }

    Awaitable<bool> touch(std::string key) override {
        check_store_key(key);
        PortQuestion question = about(Kind::exists, std::move(key));
        const PortAnswer answer = co_await port_->ask(std::move(question));
        co_return answer.yes;
    }

    Awaitable<std::shared_ptr<void>> hold() override { co_return nullptr; }

    Awaitable<std::uint64_t> horizon() override {
        refuse_sweep();
        co_return 0;
    }

    Awaitable<std::vector<std::string>> sweep(std::vector<std::string>, std::uint64_t) override {
        refuse_sweep();
        co_return std::vector<std::string>();
    }

    Awaitable<StoreFigures> figures(std::string prefix) override {
        const std::optional<PortAnswer> told = co_await ask_figures(prefix);
        if (told) co_return told->figures;
        StoreFigures counted;
        Page page;
        std::string after;
        do {
            page = co_await list(prefix, after, most_entries);
            for (const Entry &entry : page.entries) counted.bytes += entry.size;
            counted.objects += page.entries.size();
            if (!page.entries.empty()) after = page.entries.back().key;
        } while (page.more);
        co_return counted;
    }

    Awaitable<StoreDisk> disk() override {
        const std::optional<PortAnswer> told = co_await ask_figures("");
        if (!told) co_return StoreDisk{};
        co_return told->disk;
    }

  private:
    void refuse_sweep() const {
        throw Error(
            Errc::unsupported,
            "cannot look for unused chunks in " + name_ +
                ": its store cannot tell what is being put meanwhile; remove single chunks (safe_vault_remove)");
    }

    static PortQuestion about(Kind kind, std::string key) {
        PortQuestion question;
        question.kind = kind;
        question.key = std::move(key);
        return question;
    }

    // Nothing if the port has no figures.
    Awaitable<std::optional<PortAnswer>> ask_figures(std::string prefix) {
        PortQuestion question = about(Kind::figures, std::move(prefix));
        try {
            co_return co_await port_->ask(std::move(question));
        } catch (const Error &error) {
            if (error.code() != Errc::unsupported) throw;
        }
        co_return std::nullopt;
    }

    std::shared_ptr<StorePort> port_;
    const std::string name_;
};

} // namespace

StoreRef make_port_store(std::shared_ptr<StorePort> port, std::string name) {
    return std::make_shared<PortStore>(std::move(port), std::move(name));
}

} // namespace safe
