#include "host/client_ledger.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace safe {
namespace {

// Clients whose keys have stored something are remembered as long as the vault is open; more than these are not served.
constexpr std::size_t most_accounts = 1000 * 1000;

constexpr std::chrono::seconds long_ago{10};

std::uint64_t ms_until(double left, double rate) {
    return static_cast<std::uint64_t>(std::ceil((1 - std::min(left, 1.0)) / rate * 1000));
}

Error too_fast(const char *what, std::uint64_t limit, std::uint64_t retry_ms) {
    return {Errc::busy,
            "this vault takes " + std::to_string(limit) + " " + what + " a second from one client; try again in " +
                std::to_string(retry_ms) + " ms",
            {{"limit", limit}, {"retry_after_ms", retry_ms}}};
}

} // namespace

void ClientLedger::Bucket::fill(double rate, double room, Time now) {
    if (!begun) left = room;
    if (begun) left = std::min(room, left + rate * std::chrono::duration<double>(now - filled).count());
    begun = true;
    filled = now;
}

ClientLedger::Account &ClientLedger::account(const std::string &client, Time now) {
    const auto found = accounts_.find(client);
    if (found != accounts_.end()) return found->second;
    if (accounts_.size() >= forget_above_) forget_idle(now);
    if (accounts_.size() >= most_accounts) throw Error(Errc::busy, "this vault has too many clients; try again later");
    return accounts_[client];
}

void ClientLedger::forget_idle(Time now) {
    std::erase_if(accounts_, [&](const auto &entry) {
        const Account &account = entry.second;
        const auto idle = [&](const Bucket &bucket) {
            return !bucket.begun || (bucket.left >= 0 && now - bucket.filled > long_ago);
        };
        return account.stored == 0 && idle(account.requests) && idle(account.bytes);
    });
    forget_above_ = std::max<std::size_t>(1024, 2 * accounts_.size());
}

void ClientLedger::ask(const std::string &client, std::uint64_t bytes, Time now) {
    if (limits_.requests_per_second == 0 && limits_.bytes_per_second == 0) return;
    Account &of = account(client, now);
    if (const auto rate = static_cast<double>(limits_.requests_per_second); rate > 0) {
        of.requests.fill(rate, rate, now);
        if (of.requests.left < 1)
            throw too_fast("requests", limits_.requests_per_second, ms_until(of.requests.left, rate));
        of.requests.left -= 1;
    }
    if (const auto rate = static_cast<double>(limits_.bytes_per_second); rate > 0) {
        of.bytes.fill(rate, rate, now);
        // Whoever has anything left may have a whole request, which may be larger than a second's worth.
        if (of.bytes.left < 1) throw too_fast("bytes", limits_.bytes_per_second, ms_until(of.bytes.left, rate));
        of.bytes.left -= static_cast<double>(bytes);
    }
}

void ClientLedger::send(const std::string &client, std::uint64_t bytes, Time now) {
    if (limits_.bytes_per_second == 0) return;
    Account &of = account(client, now);
    const auto rate = static_cast<double>(limits_.bytes_per_second);
    of.bytes.fill(rate, rate, now);
    of.bytes.left -= static_cast<double>(bytes);
}

void ClientLedger::check_quota(const std::string &client, std::uint64_t bytes) const {
    if (limits_.quota == 0) return;
    const auto found = accounts_.find(client);
    const std::uint64_t used = found == accounts_.end() ? 0 : found->second.stored;
    if (used + bytes <= limits_.quota) return;
    throw Error(Errc::vault_refused,
                "this vault stores " + std::to_string(limits_.quota) + " bytes for one client, and has stored " +
                    std::to_string(used) + " for this one; ask whoever runs it for more",
                {{"quota", limits_.quota}, {"used", used}});
}

void ClientLedger::store(const std::string &client, std::uint64_t bytes) {
    if (limits_.quota == 0) return;
    account(client, Time()).stored += bytes;
}

} // namespace safe
