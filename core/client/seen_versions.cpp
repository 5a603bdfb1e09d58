#include "client/seen_versions.hpp"

#include "base/error.hpp"
#include "encoding/text.hpp"

namespace safe {

std::optional<SeenVersions::Version> SeenVersions::of(const Address &address) const {
    const auto found = seen_.find(address);
    if (found == seen_.end()) return std::nullopt;
    return found->second;
}

void SeenVersions::note(const Address &address, const VerifiedRecord &record) {
    const auto [at, is_new] = seen_.try_emplace(address);
    if (is_new) order_.push_back(address);
    if (is_new || record.record.version > at->second.number) at->second = {record.record.version, record.hash};
    if (order_.size() <= most) return;
    seen_.erase(order_.front());
    order_.pop_front();
}

void SeenVersions::check(const Address &address, const VerifiedRecord &newest, const std::optional<Version> &before) {
    if (!before) return;
    const std::uint64_t version = newest.record.version;
    if (version < before->number)
        throw Error(Errc::vault_lied, "the vault gave version " + std::to_string(version) + " of record " +
                                          to_hex(address) + " as the newest, but it has shown version " +
                                          std::to_string(before->number) + " before");
    if (version == before->number && newest.hash != before->hash)
        throw Error(Errc::vault_lied, "the vault gave another version " + std::to_string(version) + " of record " +
                                          to_hex(address) + " than before");
}

} // namespace safe
