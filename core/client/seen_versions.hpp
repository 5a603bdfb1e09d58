// The newest version of records that a vault has shown. What it has shown once it cannot take back: an older one as the
// newest, or another in the place of the same one, is noticed.
#pragma once

#include "data/record.hpp"

#include <deque>
#include <map>
#include <optional>

namespace safe {

// Loop thread. Forgets the oldest of many.
class SeenVersions {
  public:
    static constexpr std::size_t most = 10'000; // about 1.5 MiB

    struct Version {
        std::uint64_t number = 0;
        Bytes32 hash{};
    };
    std::optional<Version> of(const Address &address) const;
    void note(const Address &address, const VerifiedRecord &record);

    // `before`: what had been seen when the vault was asked for the newest; later it may have shown more to others.
    // Throws VAULT_LIED.
    static void check(const Address &address, const VerifiedRecord &newest, const std::optional<Version> &before);

  private:
    std::map<Address, Version> seen_;
    std::deque<Address> order_;
};

} // namespace safe
