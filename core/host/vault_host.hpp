// A vault that this process serves to others: its key, what clients may do, who is connected, what was counted.
#pragma once

#include "host/client_ledger.hpp"
#include "host/listen_url.hpp"
#include "host/open_vault.hpp"
#include "host/vault_counters.hpp"

#include "crypto/sign.hpp"
#include "net/listener.hpp"
#include "net/secure.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace safe {

class MeteredStream;

// Loop thread.
class VaultHost : public std::enable_shared_from_this<VaultHost> {
  public:
    // `key`: none means the one in the vault's directory, which is made if there is none; a new one for mem:.
    static Awaitable<std::shared_ptr<VaultHost>> open(ProcessRef process, JobRef job, std::string url,
                                                      std::optional<crypto::SigningKey> key, bool create);
    VaultHost(std::shared_ptr<Vault> vault, crypto::SigningKey key);
    ~VaultHost();

    const crypto::SigningKey &key() const { return key_; }
    // From now on.
    void set_limit(std::uint64_t VaultLimits::*limit, std::uint64_t value);
    const VaultCounters &counters() const { return *counters_; }

    // Answers whoever is on the other side, in a secure session, until that closes, the vault is drained or closed.
    // `from`: where it comes from, as far as that is known: by that anonymous clients are told apart. Throws BUSY and
    // CLOSED at once, and what ends the connection.
    static Awaitable<void> serve(std::shared_ptr<VaultHost> self, JobRef job, std::shared_ptr<net::Stream> stream,
                                 std::string from);
    // The same over HTTP (gateway.hpp), for anybody, to read.
    static Awaitable<void> serve_http(std::shared_ptr<VaultHost> self, JobRef job, std::shared_ptr<net::Stream> stream,
                                      std::string from, std::vector<std::string> hosts);
    // A session over a connection of an added transport, which it opens.
    static Awaitable<void> accept(std::shared_ptr<VaultHost> self, ProcessRef process, JobRef job, std::string url);

    // Listens there, and serves whoever connects. Gives the URL to connect to, or for a gateway the one to read from.
    static Awaitable<std::string> listen(std::shared_ptr<VaultHost> self, ProcessRef process, JobRef job,
                                         std::string url, net::TlsFiles files);

    Awaitable<std::string> metrics();

    // Takes no more connections and requests, waits for those under way up to that time, and closes all connections.
    static Awaitable<void> drain(std::shared_ptr<VaultHost> self, std::chrono::milliseconds time);

    // At once, whatever is under way. Idempotent.
    void close();

  private:
    struct Client;
    struct Connection;
    struct HalfOpen;
    class DoorGuard;
    class CountedVisit;

    void check_open() const;
    [[noreturn]] void refuse(const char *reason, Error error);
    std::optional<Error> no_room();
    std::shared_ptr<Client> client(const std::string &name);
    bool has_room(const Client &client, std::size_t bytes) const;
    std::shared_ptr<void> enter(std::shared_ptr<Connection> connection);
    static Awaitable<net::Secured> shake_hands(std::shared_ptr<VaultHost> self, std::shared_ptr<Connection> connection);
    static Awaitable<void> converse(std::shared_ptr<VaultHost> self, std::shared_ptr<Connection> connection,
                                    std::string from);
    static Awaitable<void> watch(std::weak_ptr<VaultHost> weak, std::shared_ptr<Gate> stop);
    static Awaitable<void> accept_all(std::weak_ptr<VaultHost> weak, ProcessRef process,
                                      std::shared_ptr<net::Listener> listener, ListenUrl where);
    static Awaitable<void> welcome(std::shared_ptr<VaultHost> self, JobRef job, net::Accepted accepted,
                                   ListenUrl where);
    std::shared_ptr<Connection> take(std::shared_ptr<net::Stream> stream);
    bool make_way();
    std::shared_ptr<void> begin(std::shared_ptr<Connection> connection);
    static Awaitable<void> run(std::shared_ptr<Connection> connection, JobRef job, Awaitable<void> conversation);
    static Awaitable<void> show(std::shared_ptr<VaultHost> self, std::shared_ptr<Connection> connection,
                                std::vector<std::string> hosts);
    void close_idle();
    void close_listeners();
    void close_connections();
    bool busy() const { return counters_->requests > 0 || counters_->in_flight > 0; }
    void close_stuck(std::chrono::milliseconds patience);
    void book(Client &client, std::size_t bytes);
    void unbook(Client &client, std::size_t bytes);

    const std::shared_ptr<Vault> vault_;
    const crypto::SigningKey key_;
    // Replies under way may outlive the host.
    const std::shared_ptr<VaultLimits> limits_ = std::make_shared<VaultLimits>();
    const std::shared_ptr<VaultCounters> counters_ = std::make_shared<VaultCounters>();
    const std::shared_ptr<Cancel> drain_ = std::make_shared<Cancel>();
    std::shared_ptr<Budget> budget_;                                 // made with the first connection
    std::shared_ptr<void> relieving_;                                // it
    std::uint64_t small_ = 0;                                        // bytes in flight that the budget does not pay for
    std::unordered_map<std::string, std::weak_ptr<Client>> clients_; // who are connected, or were
    std::size_t forget_above_ = 64;
    ClientLedger ledger_{*limits_};
    std::list<std::shared_ptr<Connection>> connections_;
    std::list<HalfOpen> half_open_, leaving_; // in the order in which they came; which have had to make way
    std::list<std::shared_ptr<net::Listener>> listeners_;
    std::shared_ptr<Gate> watching_; // while there are connections
    std::shared_ptr<Gate> changed_;  // what a drain waits for
    bool closed_ = false;
};

} // namespace safe
