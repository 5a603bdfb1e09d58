// The runner of C++: plays steps with the classes of safe.hpp (README, "What a runner speaks").
#include "stores.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <iostream>
#include <poll.h>
#include <sys/wait.h>
#include <variant>

namespace runner {
namespace {

constexpr const char *can =
    "addresses,behind,children,chunks,closing,datamaps,details,empty_urls,files,fork,identities,limits,"
    "links,log,metrics,named_links,own_vaults,pages,ports,progress,record_addresses,replay,rooms,s1,"
    "seeds,serving,settings,signing,sizes,sockets,states,streams,transports,u64,unsigned,vaults,views";

std::atomic<std::uint64_t> log_lines;

// What was started: its result is told when it is waited for.
struct Pending {
    virtual ~Pending() = default;
    virtual void wait(Answer &) = 0;
    virtual void cancel() = 0;
    virtual bool pending() const = 0;
    virtual safe::Progress progress() const = 0;
};

template <class Result>
struct Started : Pending {
    Started(safe::Future<Result> given, std::shared_ptr<Lump> memory,
            std::function<void(safe::Future<Result> &, Answer &)> teller, safe::Queue *told)
        : lent(std::move(memory)), future(std::move(given)), tell(std::move(teller)), queue(told) {
        if (queue) future.to_queue(queue->get(), 7);
    }

    void wait(Answer &answer) override {
        while (queue && !future.ready()) {
            pollfd descriptor{queue->fd(), POLLIN, 0};
            ::poll(&descriptor, 1, 1000);
            queue->next(std::chrono::milliseconds(0));
        }
        tell(future, answer);
    }
    void cancel() override { future.cancel(); }
    bool pending() const override { return !future.ready(); }
    safe::Progress progress() const override { return future.progress(); }

    std::shared_ptr<Lump> lent; // goes after the future
    safe::Future<Result> future;
    std::function<void(safe::Future<Result> &, Answer &)> tell;
    safe::Queue *queue;
};

using Thing = std::variant<safe::Client, safe::Reader, safe::Writer, safe::Key, safe::Vault, std::unique_ptr<Server>>;

class Runner {
  public:
    bool run(const Request &, Answer &);

  private:
    template <class Type>
    Type &kept(const Request &request, const char *key) {
        return std::get<Type>(things_.at(request.text(key)));
    }
    safe::Client &client(const Request &request) { return kept<safe::Client>(request, "client"); }

    // Has the future's result told: now, or when it is waited for. What it works on lives as long.
    template <class Result, class Tell>
    void begin(const Request &request, Answer &answer, safe::Future<Result> future, Tell tell,
               std::shared_ptr<Lump> lent = nullptr) {
        const auto told = [tell](safe::Future<Result> &ended, Answer &out) {
            if constexpr (std::is_void_v<Result>) {
                ended.get();
                tell(out);
            } else {
                tell(ended.get(), out);
            }
        };
        ++turn_;
        if (request.has("start")) {
            started_[request.text("start")] =
                std::make_unique<Started<Result>>(std::move(future), lent, told, turn_ % 2 ? &queue() : nullptr);
        } else if (turn_ % 2) {
            told(future, answer);
        } else {
            const auto promise = std::make_shared<std::promise<safe::Future<Result>>>();
            auto end = promise->get_future();
            std::move(future).then([promise](safe::Future<Result> ended) { promise->set_value(std::move(ended)); });
            auto ended = end.get();
            told(ended, answer);
        }
    }

    safe::Queue &queue() {
        if (!queue_) queue_.emplace();
        return *queue_;
    }

    static std::uint32_t flags(const Request &request) {
        std::uint32_t flags = 0;
        if (request.flag("private")) flags |= SAFE_PUT_PRIVATE;
        if (request.flag("verify")) flags |= SAFE_PUT_VERIFY;
        if (request.flag("dry_run")) flags |= SAFE_PUT_DRY_RUN;
        if (request.flag("replay")) flags |= SAFE_PUT_REPLAY;
        return flags;
    }

    static void tell_receipt(const safe::Receipt &receipt, Answer &answer) {
        const auto link = receipt.link();
        answer.text("link", link.text());
        answer.maybe("name", link.name());
        answer.number("private", link.is_private());
        answer.number("size", receipt.size());
        answer.chunks("chunks", receipt.chunks());
        answer.number("new_chunks", receipt.new_chunks());
        answer.number("new_bytes", receipt.new_bytes());
    }

    static void tell_link(const safe::Link &link, Answer &answer) {
        answer.text("text", link.text());
        answer.number("private", link.is_private());
        answer.maybe("size", link.size());
        answer.maybe("name", link.name());
        answer.maybe("media_type", link.media_type());
    }

    static void tell_record(const safe::Record &record, Answer &answer) {
        answer.text("address", hex(record.address()));
        answer.text("owner", hex(record.owner()));
        answer.text("label", record.label());
        answer.number("version", record.version());
        answer.bytes("value", record.value());
    }

    static void tell_data(const safe::Bytes &bytes, Answer &answer) { answer.bytes("data", bytes); }

    bool content(const Request &, Answer &);
    bool streams(const Request &, Answer &);
    bool chunks(const Request &, Answer &);
    bool records(const Request &, Answer &);
    bool links(const Request &, Answer &);
    bool keys(const Request &, Answer &);
    bool vault(const Request &, Answer &);
    bool library(const Request &, Answer &);
    bool started(const Request &, Answer &);
    void read_into(const Request &, Answer &, std::uint64_t offset, std::size_t size);
    void end(Answer &);

    std::optional<safe::Queue> queue_;
    std::map<std::string, Thing> things_;
    std::map<std::string, std::unique_ptr<Pending>> started_;
    unsigned turn_ = 0;
};

bool Runner::content(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "connect") {
        const bool create = !request.has("create") || request.flag("create");
        const std::uint32_t flags =
            (create ? 0 : SAFE_CONNECT_NO_CREATE) |
            (request.has("anonymous") && request.flag("anonymous") ? SAFE_CONNECT_ANONYMOUS : 0);
        begin(request, answer,
              request.has("key") ? safe::connect(kept<safe::Key>(request, "key"), request.text("url"), flags)
                                 : safe::connect(request.text("url"), flags),
              [this, as = request.text("as")](safe::Client made, Answer &out) {
                  out.text("url", made.url());
                  things_.insert_or_assign(as, std::move(made));
              });
    } else if (name == "put") {
        const Lump lump = request.lump("data");
        begin(request, answer, client(request).put(lump.view(), flags(request)), tell_receipt);
    } else if (name == "put_file") {
        begin(request, answer, client(request).put_file(request.text("path"), flags(request)), tell_receipt);
    } else if (name == "get") {
        const auto limit = request.number_if("limit").value_or(safe::Client::default_limit);
        begin(request, answer, client(request).get(safe::Link::parse(request.text("link")), limit), tell_data);
    } else if (name == "get_file") {
        begin(request, answer, client(request).get_file(safe::Link::parse(request.text("link")), request.text("path")),
              [](std::uint64_t size, Answer &out) { out.number("size", size); });
    } else if (name == "open" || name == "open_datamap") {
        begin(request, answer,
              name == "open" ? client(request).open(safe::Link::parse(request.text("link")))
                             : client(request).open_datamap(request.data("datamap")),
              [this, as = request.text("as")](safe::Reader made, Answer &out) {
                  out.number("size", made.size());
                  things_.insert_or_assign(as, std::move(made));
              });
    } else {
        return false;
    }
    return true;
}

void Runner::read_into(const Request &request, Answer &answer, std::uint64_t offset, std::size_t size) {
    auto room = std::make_shared<Lump>();
    room->before = request.count("before");
    room->memory.assign(room->before + size + request.count("after"), 0xaa);
    begin(
        request, answer,
        kept<safe::Reader>(request, "reader").read_into(offset, safe::Room(room->memory.data() + room->before, size)),
        [room](std::uint64_t count, Answer &out) {
            bool clean = true;
            for (std::size_t at = 0; at < room->memory.size(); ++at)
                clean &= (at >= room->before && at < room->before + count) || room->memory[at] == 0xaa;
            out.bytes("data", room->memory.data() + room->before, count);
            out.number("clean", clean);
        },
        room);
}

bool Runner::streams(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "read") {
        begin(request, answer,
              kept<safe::Reader>(request, "reader").read(request.count("offset"), request.count("length")), tell_data);
    } else if (name == "read_into") {
        read_into(request, answer, request.count("offset"), request.count("size"));
    } else if (name == "stream") {
        const auto size = kept<safe::Reader>(request, "reader").size(), offset = request.count("offset");
        read_into(request, answer, offset, size > offset ? size - offset : 0);
    } else if (name == "writer") {
        begin(request, answer, client(request).writer(request.number_if("size"), flags(request)),
              [this, as = request.text("as")](safe::Writer made, Answer &) {
                  things_.insert_or_assign(as, std::move(made));
              });
    } else if (name == "write") {
        auto &writer = kept<safe::Writer>(request, "writer");
        auto lump = std::make_shared<Lump>(request.lump("data"));
        const auto nothing = [](Answer &) {};
        if (request.flag("reserved")) {
            const safe::Room room = writer.reserve(lump->size);
            std::memcpy(room.data(), lump->view().data(), lump->size);
            begin(request, answer, writer.commit(lump->size), nothing);
        } else {
            begin(request, answer, writer.write(lump->view()), nothing, lump);
        }
    } else if (name == "replay_size") {
        answer.number("value", kept<safe::Writer>(request, "writer").replay_size());
    } else if (name == "finish") {
        begin(request, answer, kept<safe::Writer>(request, "writer").close(), tell_receipt);
    } else {
        return false;
    }
    return true;
}

bool Runner::chunks(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "chunk_put") {
        begin(request, answer, client(request).chunk_put(request.data("data")),
              [](const safe::Address &address, Answer &out) { out.text("address", hex(address)); });
    } else if (name == "chunk_get") {
        begin(request, answer, client(request).chunk_get(request.address("address")), tell_data);
    } else if (name == "state") {
        answer.number("value", static_cast<std::uint64_t>(client(request).state()));
    } else if (name == "next_state") {
        begin(request, answer, client(request).next_state(static_cast<std::int32_t>(request.count("known"))),
              [](Answer &) {});
    } else if (name == "timeout") {
        client(request).set_timeout(std::chrono::milliseconds(request.count("milliseconds")));
    } else if (name == "chunk_exists") {
        begin(request, answer, client(request).chunk_exists(request.address("address")),
              [](bool there, Answer &out) { out.number("value", there); });
    } else {
        return false;
    }
    return true;
}

bool Runner::records(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "record_create") {
        begin(request, answer,
              client(request).create_record(kept<safe::Key>(request, "key"), request.text("label"),
                                            request.data("value")),
              tell_record);
    } else if (name == "record_set") {
        begin(request, answer,
              client(request).set_record(kept<safe::Key>(request, "key"), request.text("label"),
                                         request.count("version"), request.data("value")),
              tell_record);
    } else if (name == "record_get") {
        begin(request, answer, client(request).get_record(request.address("address"), request.number_if("version")),
              tell_record);
    } else if (name == "record_list") {
        const auto limit = static_cast<std::uint32_t>(request.number_if("limit").value_or(1000));
        begin(request, answer,
              client(request).list_records(request.address("address"), request.number_if("before"), limit),
              [](const safe::RecordPage &page, Answer &out) {
                  std::string versions;
                  for (const auto &record : page.records())
                      versions += (versions.empty() ? "" : ",") + std::to_string(record.version());
                  out.text("versions", versions);
                  out.maybe("next", page.next());
              });
    } else if (name == "record_address") {
        answer.text("address", hex(safe::Record::address_of(request.address("owner"), request.text("label"))));
    } else {
        return false;
    }
    return true;
}

bool Runner::links(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    const auto link = [&] { return safe::Link::parse(request.text(name == "link" ? "text" : "link")); };
    if (name == "link")
        tell_link(link(), answer);
    else if (name == "link_from_address")
        tell_link(safe::Link::from_address(request.address("address")), answer);
    else if (name == "link_from_datamap")
        tell_link(safe::Link::from_datamap(request.data("datamap")), answer);
    else if (name == "link_with")
        tell_link(link().with(request.text_if("name"), request.text_if("media_type")), answer);
    else if (name == "link_address")
        answer.text("address", hex(link().address()));
    else if (name == "link_datamap")
        answer.bytes("datamap", link().datamap());
    else
        return false;
    return true;
}

bool Runner::keys(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "key") {
        auto key = request.has("seed") ? safe::Key::import_seed(request.array<32>(request.data("seed")))
                                       : safe::Key::generate();
        answer.text("public", hex(key.public_key()));
        things_.insert_or_assign(request.text("as"), std::move(key));
    } else if (name == "key_seed") {
        answer.bytes("seed", kept<safe::Key>(request, "key").export_seed());
    } else if (name == "sign") {
        answer.bytes("signature", kept<safe::Key>(request, "key").sign(request.data("data")));
    } else if (name == "verify") {
        // That it is not is a result in C++, not a failure.
        if (!safe::Key::verify(request.address("public"), request.data("data"),
                               request.array<64>(request.data("signature"))))
            throw safe::Error(SAFE_BAD_SIGNATURE, "Key::verify gives false");
    } else {
        return false;
    }
    return true;
}

bool Runner::vault(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    const auto tell = [](std::vector<std::string> figures) {
        return [figures = std::move(figures)](const safe::Report &report, Answer &out) {
            for (const std::string &figure : figures) out.number(figure, report[figure]);
            out.chunks("items", report.items());
        };
    };
    if (name == "vault_info") {
        begin(request, answer, safe::vault::info(request.text("url")),
              tell({"chunks", "chunk_bytes", "records", "record_bytes", "format"}));
    } else if (name == "vault_verify") {
        begin(request, answer, safe::vault::verify(request.text("url")), tell({"checked", "bad"}));
    } else if (name == "vault_gc") {
        begin(request, answer,
              safe::vault::gc(request.text("url"), request.text("keep"), request.flag("remove") ? SAFE_GC_REMOVE : 0),
              tell({"kept", "removed"}));
    } else if (name == "vault_remove") {
        begin(request, answer, safe::vault::remove(request.text("url"), request.address("address")), [](Answer &) {});
    } else if (name == "s1_encode") {
        safe::S1Encoder encoder;
        encoder.write(request.data("data"));
        answer.bytes("datamap", encoder.finish());
        std::uint64_t count = 0;
        for (; auto chunk = encoder.next(); ++count) {
            std::filesystem::create_directories(request.text("folder"));
            write_file(request.text("folder") + "/" + hex(chunk->name), chunk->data.data(), chunk->data.size());
        }
        answer.number("chunks", count);
    } else if (name == "s1_decode") {
        const safe::S1Map map(request.data("datamap"));
        Data data;
        for (std::uint64_t index = 0; index < map.chunk_count(); ++index) {
            const auto part = map.decrypt(index, file_of(request.text("folder") + "/" + hex(map.chunk_name(index))));
            data.insert(data.end(), part.begin(), part.end());
        }
        if (map.chunk_count() == 0) data = map.content().vector();
        answer.number("size", map.size());
        answer.number("chunks", map.chunk_count());
        answer.bytes("data", data);
    } else {
        return false;
    }
    return true;
}

// What a client does in the child of a fork fails with this code.
std::string fork_and_put(safe::Client &client) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        std::string code = "SAFE_OK";
        try {
            client.put("from a child").get();
        } catch (const safe::Error &error) {
            code = error.name();
        }
        ::_exit(::write(ends[1], code.data(), code.size()) < 0);
    }
    ::close(ends[1]);
    char code[100] = "";
    if (::read(ends[0], code, sizeof code - 1) < 0) throw std::runtime_error("nothing from the child");
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return code;
}

bool Runner::library(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "version") {
        answer.text("text", safe::version());
    } else if (name == "feature") {
        answer.number("value", safe::has_feature(request.text("name")));
    } else if (name == "setting") {
        const auto which = request.text("name") == "workers" ? SAFE_SETTING_WORKERS : SAFE_SETTING_MEMORY;
        if (request.has("value")) safe::set(which, request.count("value"));
        answer.number("value", safe::get(which));
    } else if (name == "log") {
        const auto level = static_cast<safe_log_level>(request.count("level"));
        if (level)
            safe::log_to(level, [](safe_log_level, std::string_view) { ++log_lines; });
        else
            safe::log_to(SAFE_LOG_ERROR, nullptr);
        answer.number("lines", log_lines.exchange(0));
    } else if (name == "live_handles") {
        answer.number("value", safe::live_handles());
    } else if (name == "close") {
        std::visit([](auto &thing) { thing = std::decay_t<decltype(thing)>(); }, things_.at(request.text("of")));
    } else if (name == "port") {
        things_.insert_or_assign(request.text("as"),
                                 std::make_unique<FolderStore>(request.text("scheme"), request.text("folder")));
    } else if (name == "transport") {
        things_.insert_or_assign(request.text("as"),
                                 std::make_unique<Transport>(request.text("scheme"), request.text("vault")));
    } else if (name == "serve") {
        auto vault = safe::Vault::open(request.text("vault")).get();
        vault.set_limit(SAFE_VAULT_LIMIT_CONNECTIONS, 100);
        if (request.has("quota")) vault.set_limit(SAFE_VAULT_LIMIT_QUOTA, request.count("quota"));
        vault.set_certificate("no.pem", "no.pem"); // nobody asks for it before wss:
        vault.listen("ws://127.0.0.1:0/vault").get();
        if (safe_vault_url_count(vault.get()) != 1) throw safe::Error(SAFE_UNEXPECTED, "not one listener");
        answer.text("key", vault.key());
        answer.text("url", vault.urls().back());
        things_.insert_or_assign(request.text("as"), std::move(vault));
    } else if (name == "metrics") {
        answer.text("text", std::string(kept<safe::Vault>(request, "of").metrics().get().text()));
    } else if (name == "drain") {
        kept<safe::Vault>(request, "of").drain(std::chrono::seconds(10)).get();
    } else if (name == "port_hold" || name == "port_release") {
        kept<std::unique_ptr<Server>>(request, "port")->hold(name == "port_hold");
    } else if (name == "fork") {
        answer.text("code", fork_and_put(client(request)));
    } else if (name != "collect") {
        return false;
    }
    return true;
}

bool Runner::started(const Request &request, Answer &answer) {
    const std::string &name = request.operation;
    if (name == "end") {
        end(answer);
        return true;
    }
    const auto found = started_.find(request.has("op") ? request.text("op") : "");
    if (found == started_.end()) return false;
    if (name == "wait") {
        const auto ended = std::move(found->second);
        started_.erase(found);
        ended->wait(answer);
    } else if (name == "cancel") {
        found->second->cancel();
    } else if (name == "pending") {
        answer.number("value", found->second->pending());
    } else if (name == "progress") {
        const auto progress = found->second->progress();
        answer.number("done", progress.done);
        answer.maybe("total", progress.total);
    } else if (name == "drop") {
        started_.erase(found);
    } else {
        return false;
    }
    return true;
}

void Runner::end(Answer &answer) {
    for (auto &[name, thing] : things_)
        if (auto *server = std::get_if<std::unique_ptr<Server>>(&thing); server && *server) (*server)->hold(false);
    started_.clear();
    things_.clear();
    if (queue_) queue_->wake();
    queue_.reset();
    for (int waited = 0; waited < 10000 && safe::live_handles(); ++waited)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    answer.number("live", safe::live_handles());
}

bool Runner::run(const Request &request, Answer &answer) {
    try {
        return content(request, answer) || streams(request, answer) || chunks(request, answer) ||
               records(request, answer) || links(request, answer) || keys(request, answer) || vault(request, answer) ||
               library(request, answer) || started(request, answer);
    } catch (const safe::Error &error) {
        answer.failure(error);
        return true;
    }
}

} // namespace
} // namespace runner

int main(int argc, char **argv) {
    runner::Answer::folder = argc > 1 ? argv[1] : ".";
    // Not destroyed at the end: a program may end while operations go on.
    auto *const own = new runner::Runner;
    std::cout << "hello cpp can=" << runner::can << " store=native" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        const runner::Request request(line);
        runner::Answer answer;
        if (request.operation == "exit") return 0;
        if (!own->run(request, answer)) {
            std::cerr << "there is no operation " << request.operation << " here\n";
            return 1;
        }
        std::cout << answer.line(request) << std::endl;
    }
    return 0;
}
