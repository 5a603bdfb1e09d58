// What each client of a served vault has used of what it may use: rates and quota. By client key, or by where it comes
// from if it does not say who it is.
#pragma once

#include "host/vault_limits.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace safe {

// Loop thread. In memory only: a vault that is opened anew begins with an empty one.
class ClientLedger {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit ClientLedger(const VaultLimits &limits) : limits_(limits) {}

    // One more request with so many bytes. Throws BUSY with retry_after_ms.
    void ask(const std::string &client, std::uint64_t bytes, Time now);
    // Bytes that went out to it: they count when it asks next.
    void send(const std::string &client, std::uint64_t bytes, Time now);

    // Before bytes are stored for it. Throws VAULT_REFUSED with quota and used.
    void check_quota(const std::string &client, std::uint64_t bytes) const;
    void store(const std::string &client, std::uint64_t bytes);

    std::size_t clients() const { return accounts_.size(); }

  private:
    // What is left of the second's worth. Below zero: the last one took more than was left, and is waited for.
    struct Bucket {
        double left = 0;
        Time filled;
        bool begun = false;
        void fill(double rate, double room, Time now);
    };
    struct Account {
        Bucket requests, bytes;
        std::uint64_t stored = 0;
    };
    Account &account(const std::string &client, Time now);
    void forget_idle(Time now);

    const VaultLimits &limits_;
    std::unordered_map<std::string, Account> accounts_;
    std::size_t forget_above_ = 1024;
};

} // namespace safe
