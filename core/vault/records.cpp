// Records: signed, versioned; the rules are those of data/record.hpp, the one primitive is the store's create
// (DETAILS D11).
#include "vault/vault.hpp"

#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

Error no_record(const Address &address) {
    return {Errc::no_such_data, "no record " + to_hex(address) + " in this vault"};
}

} // namespace

Awaitable<std::optional<VerifiedRecord>> Vault::newest_record(Address address) {
    const std::string prefix = record_prefix(address);
    const Store::Page page = co_await store_->list(prefix, "", 1);
    if (page.entries.empty()) co_return std::nullopt;
    const std::string key = page.entries.front().key;
    std::optional<Blob> stored = co_await store_->get(key);
    if (!stored) co_return std::nullopt;
    try {
        co_return verify_record(stored->view());
    } catch (const Error &error) {
        throw Error(Errc::store_corrupt, "record " + to_hex(address) + " is damaged in this vault: " + error.message());
    }
}

Awaitable<bool> Vault::holds(std::string key, Blob value) {
    const std::optional<Blob> there = co_await store_->get(std::move(key));
    co_return there && there->size() == value.size() &&
        std::equal(value.view().begin(), value.view().end(), there->view().begin());
}

Awaitable<void> Vault::put_record(Blob stored) {
    const VerifiedRecord next = verify_record(stored.view());
    const Address address = record_address(next.record.owner, next.record.label);
    const std::string key = record_key(address, next.record.version);
    std::optional<VerifiedRecord> newest = co_await newest_record(address);
    // The same request again, after an answer that got lost: its effect is there, whatever has followed since.
    if (newest && newest->record.version >= next.record.version) {
        const bool done = co_await holds(key, stored);
        if (done) co_return;
    }
    check_successor(newest ? &*newest : nullptr, next);
    const bool created = co_await store_->create(key, stored);
    if (created) co_return;
    // Another writer was quicker, or this one's other attempt. What counts is what is there now.
    const bool done = co_await holds(key, stored);
    if (done) co_return;
    newest = co_await newest_record(address);
    check_successor(newest ? &*newest : nullptr, next);
    throw Error(Errc::store_busy, "record " + to_hex(address) + " changed while it was written; try again");
}

Awaitable<Blob> Vault::get_record(Address address, std::uint64_t version) {
    std::string key;
    if (version == protocol::newest_version) {
        const std::string prefix = record_prefix(address);
        const Store::Page page = co_await store_->list(prefix, "", 1);
        if (page.entries.empty()) throw no_record(address);
        key = page.entries.front().key;
    } else {
        key = record_key(address, version);
    }
    std::optional<Blob> stored = co_await store_->get(key);
    if (!stored && version != protocol::newest_version)
        throw Error(Errc::no_such_data, "record " + to_hex(address) + " has no version " + std::to_string(version));
    if (!stored) throw no_record(address);
    co_return std::move(*stored);
}

Awaitable<Vault::Records> Vault::list_records(Address address, std::uint64_t before, std::uint32_t limit) {
    const std::string prefix = record_prefix(address);
    // Keys count down, so what is older than `before` comes after its key.
    const std::string after = before == protocol::newest_version ? std::string() : record_key(address, before);
    const Store::Page page = co_await store_->list(prefix, after, std::min<std::size_t>(limit, limits::max_page));
    Records found;
    found.more = page.more;
    std::size_t bytes = 0;
    for (const Store::Entry &entry : page.entries) {
        bytes += entry.size;
        if (bytes > limits::max_stored_chunk && !found.stored.empty()) {
            found.more = true;
            break;
        }
        std::optional<Blob> stored = co_await store_->get(entry.key);
        if (stored) found.stored.push_back(std::move(*stored));
    }
    co_return found;
}

} // namespace safe
