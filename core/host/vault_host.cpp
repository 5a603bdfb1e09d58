#include "host/vault_host.hpp"

#include "encoding/vault_key.hpp"
#include "host/gateway.hpp"
#include "host/metered_stream.hpp"
#include "host/vault_key_file.hpp"
#include "net/frames.hpp"
#include "net/stream_service.hpp"

#include <algorithm>

namespace safe {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A piece of at most 64 KiB that the other side has not taken for so long: it does not read. What is being sent to it is
// kept in memory; when others wait for that, it has less time.
constexpr std::chrono::seconds longest_send{30}, longest_send_in_need{2};
constexpr std::chrono::milliseconds between_looks{500};

// A handshake takes a few round trips. Who has had that long leaves its place to others when all are taken.
constexpr std::chrono::seconds handshake_in_need{2};

Awaitable<crypto::SigningKey> key_of(RuntimeRef runtime, ConnectionUrl url) {
    const crypto::SigningKey fresh = crypto::SigningKey::generate(runtime->random());
    if (url.scheme == ConnectionUrl::Scheme::memory) co_return fresh;
    if (url.scheme == ConnectionUrl::Scheme::added)
        throw Error(Errc::invalid_argument, "the library cannot keep a key in " + url.url +
                                                "; give one, and keep it where the vault is served: it is part of the "
                                                "vault's URLs");
    const std::string path = canonical_directory(url.path) + "/" + vault_key_name;
    auto work = [&] { return keep_vault_key(path, fresh); };
    co_return co_await runtime->on_io(std::move(work));
}

Error shutting_down() { return {Errc::busy, "this vault is being shut down; connect again later, or to another"}; }

bool stores(const protocol::Request &request) {
    return std::holds_alternative<protocol::PutChunk>(request) || std::holds_alternative<protocol::PutRecord>(request);
}

} // namespace

// All connections of one client together.
struct VaultHost::Client {
    const std::string name; // in the ledger
    const std::shared_ptr<Budget> budget;
    std::uint64_t small = 0; // bytes in flight that the budget does not pay for
};

struct VaultHost::HalfOpen {
    JobRef job;
    SteadyClock::time_point since = SteadyClock::now();
    bool leaving = false;
};

struct VaultHost::Connection {
    std::shared_ptr<MeteredStream> stream;
    JobRef job;
    std::shared_ptr<Client> client;
    unsigned requests = 0;
    std::shared_ptr<void> half_open;
};

class VaultHost::CountedVisit : public Visit {
  public:
    CountedVisit(std::shared_ptr<VaultHost> host, std::shared_ptr<Connection> connection,
                 const protocol::Request &request, std::size_t bytes)
        : host_(std::move(host)), connection_(std::move(connection)), kind_(request.index()), stores_(stores(request)),
          bytes_(bytes) {
        host_->book(*connection_->client, bytes_);
        ++host_->counters_->requests;
        ++connection_->requests;
    }
    ~CountedVisit() override {
        --connection_->requests;
        --host_->counters_->requests;
        host_->unbook(*connection_->client, bytes_);
    }

    Blob carry(Blob payload) override {
        const std::size_t size = payload.size();
        if (size == 0) return payload;
        const auto client = connection_->client;
        host_->ledger_.send(client->name, size, SteadyClock::now());
        host_->book(*client, size);
        std::shared_ptr<void> booked(nullptr, [host = host_, client, size](void *) { host->unbook(*client, size); });
        return payload.with(std::move(booked));
    }

    void ended(const protocol::Reply &reply) override {
        const auto *failure = std::get_if<protocol::Failure>(&reply);
        ++host_->counters_->answered[{kind_, failure ? failure->code : Errc::ok}];
        host_->counters_->took(SteadyClock::now() - begun_);
        const auto *flag = std::get_if<protocol::Flag>(&reply);
        if (!stores_ || !flag || !flag->value) return;
        host_->counters_->stored += bytes_;
        host_->ledger_.store(connection_->client->name, bytes_);
    }

  private:
    const std::shared_ptr<VaultHost> host_;
    const std::shared_ptr<Connection> connection_;
    const std::size_t kind_;
    const bool stores_;
    const std::size_t bytes_;
    const SteadyClock::time_point begun_ = SteadyClock::now();
};

class VaultHost::DoorGuard : public Guard {
  public:
    DoorGuard(std::shared_ptr<VaultHost> host, std::shared_ptr<Connection> connection)
        : host_(std::move(host)), connection_(std::move(connection)) {}

    std::shared_ptr<Visit> admit(const protocol::Request &request, std::size_t bytes) override {
        VaultHost &host = *host_;
        if (bytes > host.limits_->request_size)
            host.refuse("request_size",
                        Error(Errc::data_too_large,
                              "this vault takes requests of at most " + std::to_string(host.limits_->request_size) +
                                  " bytes, not of " + std::to_string(bytes),
                              {{"limit", host.limits_->request_size}}));
        limited("rate", [&] { host.ledger_.ask(connection_->client->name, bytes, SteadyClock::now()); });
        if (stores(request)) limited("quota", [&] { host.ledger_.check_quota(connection_->client->name, bytes); });
        return std::make_shared<CountedVisit>(host_, connection_, request, bytes);
    }

  private:
    template <class Check>
    void limited(const char *limit, Check check) {
        try {
            check();
        } catch (Error &error) {
            host_->refuse(limit, std::move(error));
        }
    }

    const std::shared_ptr<VaultHost> host_;
    const std::shared_ptr<Connection> connection_;
};

Awaitable<std::shared_ptr<VaultHost>> VaultHost::open(ProcessRef process, JobRef job, std::string url,
                                                      std::optional<crypto::SigningKey> key, bool create) {
    const RuntimeRef runtime = process->runtime();
    ConnectionUrl parsed = parse_connection_url(url, process->schemes().get());
    ConnectionUrl opened = parsed;
    // First the vault: the directory that the key lies in may have to be made.
    auto vault = co_await open_vault(std::move(process), std::move(job), std::move(opened), create);
    if (!key) key = co_await key_of(runtime, std::move(parsed));
    co_return std::make_shared<VaultHost>(std::move(vault), std::move(*key));
}

VaultHost::VaultHost(std::shared_ptr<Vault> vault, crypto::SigningKey key)
    : vault_(std::move(vault)), key_(std::move(key)) {}
VaultHost::~VaultHost() = default;

void VaultHost::check_open() const {
    if (closed_) throw Error(Errc::closed, "the vault was freed");
}

void VaultHost::refuse(const char *reason, Error error) {
    ++counters_->refused[reason];
    throw error;
}

void VaultHost::set_limit(std::uint64_t VaultLimits::*limit, std::uint64_t value) {
    (*limits_).*limit = value;
    if (!budget_) return;
    budget_->set_limit(limits_->bytes_in_flight);
    for (const auto &[name, known] : clients_)
        if (const auto client = known.lock()) client->budget->set_limit(limits_->bytes_in_flight / 2);
}

// Large payloads have waited for their room. Of the small ones, which do not wait, who has a quarter of the limit already
// leaves the last half to others.
bool VaultHost::has_room(const Client &client, std::size_t bytes) const {
    const std::uint64_t limit = limits_->bytes_in_flight;
    if (bytes == 0 || bytes >= net::large_payload) return true;
    if (small_ + bytes > limit) return false;
    return small_ + bytes <= limit / 2 || client.small == 0 || client.small + bytes <= limit / 4;
}

void VaultHost::book(Client &client, std::size_t bytes) {
    if (!has_room(client, bytes))
        refuse("bytes_in_flight", Error(Errc::busy, "this vault has too much to do at the moment; try again"));
    counters_->in_flight += bytes;
    if (bytes >= net::large_payload) return;
    small_ += bytes;
    client.small += bytes;
}

void VaultHost::unbook(Client &client, std::size_t bytes) {
    counters_->in_flight -= bytes;
    if (bytes < net::large_payload) {
        small_ -= bytes;
        client.small -= bytes;
    }
    if (changed_) changed_->open();
}

// Large payloads wait for room, and no client can take more than half of it, whatever it does not read. That clients of this
// process draw on another budget keeps the two from waiting for each other.
std::shared_ptr<VaultHost::Client> VaultHost::client(const std::string &name) {
    // Not with each that comes: thousands may be there.
    if (clients_.size() >= forget_above_) {
        std::erase_if(clients_, [](const auto &entry) { return entry.second.expired(); });
        forget_above_ = std::max<std::size_t>(64, 2 * clients_.size());
    }
    std::weak_ptr<Client> &known = clients_[name];
    if (const auto there = known.lock()) return there;
    Loop &loop = vault_->runtime()->loop();
    constexpr std::chrono::seconds stall{30};
    if (!budget_) {
        budget_ = std::make_shared<Budget>(loop, limits_->bytes_in_flight, stall);
        relieving_ = budget_->on_pressure([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->close_stuck(longest_send_in_need);
        });
    }
    const auto part = std::make_shared<Budget>(loop, limits_->bytes_in_flight / 2, stall, budget_);
    const auto made = std::make_shared<Client>(Client{name, part});
    known = made;
    return made;
}

// The token is the connection's place in the list.
std::shared_ptr<void> VaultHost::enter(std::shared_ptr<Connection> connection) {
    const auto at = connections_.insert(connections_.end(), std::move(connection));
    if (!watching_) {
        watching_ = std::make_shared<Gate>(vault_->runtime()->loop());
        asio::co_spawn(vault_->runtime()->loop(), watch(weak_from_this(), watching_), asio::detached);
    }
    return {nullptr, [self = shared_from_this(), at](void *) {
                self->connections_.erase(at);
                if (!self->connections_.empty()) return;
                self->watching_->open();
                self->watching_.reset();
            }};
}

// Said to the client in the handshake.
std::optional<Error> VaultHost::no_room() {
    try {
        if (counters_->draining) refuse("draining", shutting_down());
        if (counters_->connections >= limits_->connections)
            refuse("connections",
                   Error(Errc::busy, "this vault has as many connections as it may have; try again later"));
    } catch (Error &error) {
        return std::move(error);
    }
    return std::nullopt;
}

Awaitable<net::Secured> VaultHost::shake_hands(std::shared_ptr<VaultHost> self,
                                               std::shared_ptr<Connection> connection) {
    const std::shared_ptr<void> over = std::move(connection->half_open);
    net::Admit admit = [self](const net::Peer &) { return self->no_room(); };
    const net::SecureLimits limits;
    co_return co_await net::secure_server(self->vault_->runtime(), connection->job, connection->stream, self->key_,
                                          std::move(admit), limits);
}

Awaitable<void> VaultHost::converse(std::shared_ptr<VaultHost> self, std::shared_ptr<Connection> connection,
                                    std::string from) {
    net::Secured secured = co_await shake_hands(self, connection);
    ++self->counters_->connections;
    const std::shared_ptr<void> over(nullptr, [self](void *) { --self->counters_->connections; });
    const auto &client = secured.peer.key;
    ++(client ? self->counters_->known : self->counters_->anonymous);
    connection->client = self->client(client ? std::string(client->begin(), client->end()) : "from " + std::move(from));
    auto guard = std::make_shared<DoorGuard>(self, connection);
    auto session = self->vault_->open_session(client ? Access::full : Access::read, std::move(guard));
    net::ServeOptions options;
    options.budget = connection->client->budget;
    options.drain = self->drain_;
    co_await net::serve_stream(self->vault_->runtime(), connection->job, std::move(secured.stream), std::move(session),
                               std::move(options));
}

Awaitable<void> VaultHost::serve(std::shared_ptr<VaultHost> self, JobRef job, std::shared_ptr<net::Stream> stream,
                                 std::string from) {
    const auto connection = self->take(std::move(stream));
    const auto place = self->enter(connection);
    Awaitable<void> conversation = converse(self, connection, std::move(from));
    co_await run(connection, std::move(job), std::move(conversation));
}

Awaitable<void> VaultHost::serve_http(std::shared_ptr<VaultHost> self, JobRef job, std::shared_ptr<net::Stream> stream,
                                      std::string from, std::vector<std::string> hosts) {
    const auto connection = self->take(std::move(stream));
    if (auto full = self->no_room()) {
        connection->stream->close();
        throw *full;
    }
    connection->client = self->client("from " + std::move(from));
    const auto place = self->enter(connection);
    Awaitable<void> showing = show(self, connection, std::move(hosts));
    co_await run(connection, std::move(job), std::move(showing));
}

// Which is half-open until it has said what it wants.
std::shared_ptr<VaultHost::Connection> VaultHost::take(std::shared_ptr<net::Stream> stream) {
    check_open();
    ++counters_->accepted;
    if (half_open_.size() >= limits_->handshakes && !make_way()) {
        stream->close(); // a word would cost what the limit is there for
        refuse("handshakes", Error(Errc::busy, "this vault has as many half-open connections as it may have"));
    }
    auto made = std::make_shared<Connection>();
    made->stream = std::make_shared<MeteredStream>(std::move(stream), counters_);
    made->job = std::make_shared<Job>();
    ++counters_->handshakes;
    const auto at = half_open_.insert(half_open_.end(), HalfOpen{made->job});
    made->half_open = {nullptr, [self = shared_from_this(), at](void *) {
                           --self->counters_->handshakes;
                           (at->leaving ? self->leaving_ : self->half_open_).erase(at);
                       }};
    return made;
}

// So strangers who are slow keep nobody out for long, however many they are.
bool VaultHost::make_way() {
    if (half_open_.empty()) return false;
    const auto oldest = half_open_.begin();
    if (SteadyClock::now() - oldest->since < handshake_in_need) return false;
    ++counters_->refused["handshakes"];
    oldest->leaving = true;
    leaving_.splice(leaving_.end(), half_open_, oldest);
    const JobRef job = oldest->job; // which may take its place with it
    job->cancel.request();
    return true;
}

// That it was ended by the host is no failure.
Awaitable<void> VaultHost::run(std::shared_ptr<Connection> connection, JobRef job, Awaitable<void> conversation) {
    const auto hook = job->cancel.on_request([connection] { connection->job->cancel.request(); });
    try {
        co_await std::move(conversation);
    } catch (...) {
        const bool ended_here = connection->job->cancel.requested() && !job->cancel.requested();
        if (!ended_here) throw;
    }
}

Awaitable<void> VaultHost::show(std::shared_ptr<VaultHost> self, std::shared_ptr<Connection> connection,
                                std::vector<std::string> hosts) {
    ++self->counters_->connections;
    const std::shared_ptr<void> over(nullptr, [self](void *) { --self->counters_->connections; });
    const RuntimeRef runtime = self->vault_->runtime();
    auto session = self->vault_->open_session(Access::read, std::make_shared<DoorGuard>(self, connection));
    GatewayPages pages;
    pages.client = std::make_shared<safe::Client>(runtime, net::make_in_process_channel(std::move(session)), "gateway");
    pages.metrics = [self] { return self->metrics(); };
    pages.enter = [self, connection] { return self->begin(connection); };
    pages.is_ending = [self] { return self->counters_->draining; };
    pages.hosts = std::move(hosts);
    co_await serve_gateway(runtime, connection->job, connection->stream, std::move(pages));
}

Awaitable<void> VaultHost::accept(std::shared_ptr<VaultHost> self, ProcessRef process, JobRef job, std::string url) {
    ConnectionUrl parsed = parse_connection_url(url, process->schemes().get());
    if (!parsed.opener || !parsed.opener->is_transport())
        throw Error(Errc::bad_url, "cannot serve a vault over \"" + url +
                                       "\": no transport serves its scheme; make a port for it first "
                                       "(SAFE_PORT_TRANSPORT)");
    self->check_open();
    auto stream = co_await open_stream(std::move(process), job, std::move(parsed));
    co_await serve(std::move(self), std::move(job), std::move(stream), url);
}

Awaitable<std::string> VaultHost::listen(std::shared_ptr<VaultHost> self, ProcessRef process, JobRef job,
                                         std::string url, net::TlsFiles files) {
    self->check_open();
    if (self->counters_->draining) throw shutting_down();
    ListenUrl where = parse_listen_url(url);
    net::Endpoint endpoint = where.endpoint;
    auto listener = co_await net::listen(process->runtime(), std::move(job), std::move(endpoint), std::move(files));
    self->check_open();
    self->listeners_.push_back(listener);
    std::string reached = where.reached(listener->bound(), vault_key_text(self->key_.public_key()));
    Loop &loop = process->loop();
    Awaitable<void> accepting = accept_all(self, std::move(process), std::move(listener), std::move(where));
    asio::co_spawn(loop, std::move(accepting), asio::detached);
    co_return reached;
}

// Each connection has a life of its own. What ends one is its client's affair, and counted.
Awaitable<void> VaultHost::accept_all(std::weak_ptr<VaultHost> weak, ProcessRef process,
                                      std::shared_ptr<net::Listener> listener, ListenUrl where) {
    for (;;) {
        net::Accepted accepted;
        try {
            accepted = co_await listener->accept();
        } catch (...) {
            co_return; // closed
        }
        auto self = weak.lock();
        if (!self) co_return;
        // Keeps the process until it has ended.
        auto job = std::make_shared<Job>();
        Awaitable<void> serving = welcome(std::move(self), std::move(job), std::move(accepted), where);
        asio::co_spawn(process->loop(), std::move(serving), [process](std::exception_ptr) {});
    }
}

Awaitable<void> VaultHost::welcome(std::shared_ptr<VaultHost> self, JobRef job, net::Accepted accepted,
                                   ListenUrl where) {
    if (where.door == ListenUrl::Door::session)
        return serve(std::move(self), std::move(job), std::move(accepted.stream), std::move(accepted.from));
    return serve_http(std::move(self), std::move(job), std::move(accepted.stream), std::move(accepted.from),
                      where.hosts());
}

// One request of a gateway's client.
std::shared_ptr<void> VaultHost::begin(std::shared_ptr<Connection> connection) {
    if (counters_->draining) throw shutting_down();
    connection->half_open.reset();
    ++counters_->requests;
    ++connection->requests;
    return {nullptr, [self = shared_from_this(), connection](void *) {
                --connection->requests;
                --self->counters_->requests;
                if (self->changed_) self->changed_->open();
            }};
}

void VaultHost::close_listeners() {
    for (const auto &listener : std::exchange(listeners_, {})) listener->close();
}

Awaitable<void> VaultHost::watch(std::weak_ptr<VaultHost> weak, std::shared_ptr<Gate> stop) {
    for (;;) {
        const bool stopped = co_await stop->wait_for(between_looks);
        const auto self = weak.lock();
        if (stopped || !self) co_return;
        self->close_stuck(longest_send);
        if (self->limits_->idle_ms > 0) self->close_idle();
    }
}

void VaultHost::close_stuck(std::chrono::milliseconds patience) {
    const auto now = SteadyClock::now();
    const auto connections = connections_; // which shrinks meanwhile
    for (const auto &connection : connections) {
        const auto &sending = connection->stream->sending_since();
        if (!sending || now - *sending <= patience || connection->job->cancel.requested()) continue;
        ++counters_->refused["unread"];
        connection->job->cancel.request();
    }
}

void VaultHost::close_idle() {
    const auto now = SteadyClock::now();
    const auto idle = std::chrono::milliseconds(limits_->idle_ms);
    const auto connections = connections_; // which shrinks meanwhile
    for (const auto &connection : connections) {
        if (connection->requests > 0 || connection->stream->sending_since()) continue;
        if (now - connection->stream->heard() <= idle || connection->job->cancel.requested()) continue;
        ++counters_->refused["idle"];
        connection->job->cancel.request();
    }
}

void VaultHost::close_connections() {
    const auto connections = connections_;
    for (const auto &connection : connections) connection->job->cancel.request();
}

Awaitable<std::string> VaultHost::metrics() {
    const auto counters = counters_;
    const StoreDisk disk = co_await vault_->store()->disk();
    co_return prometheus_text(*counters, disk);
}

Awaitable<void> VaultHost::drain(std::shared_ptr<VaultHost> self, std::chrono::milliseconds time) {
    self->counters_->draining = true;
    self->close_listeners();
    self->drain_->request(); // clients ask for nothing more, but for what is on its way
    const auto end = SteadyClock::now() + time;
    while (self->busy()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now());
        if (left.count() <= 0) break;
        const auto changed = std::make_shared<Gate>(self->vault_->runtime()->loop());
        self->changed_ = changed;
        co_await changed->wait_for(left);
    }
    self->close_connections();
}

void VaultHost::close() {
    if (std::exchange(closed_, true)) return;
    close_listeners();
    close_connections();
}

} // namespace safe
