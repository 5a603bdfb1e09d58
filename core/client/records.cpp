// Records as a client makes and checks them. The rules are data/record.hpp; a vault that breaks them is found out here.
#include "client/client.hpp"

#include "encoding/text.hpp"

namespace safe {

Awaitable<VerifiedRecord> Client::check_record(Blob stored, Address address, std::optional<std::uint64_t> version) {
    VerifiedRecord record;
    try {
        record = verify_record(stored.view());
    } catch (const Error &error) {
        throw Error(Errc::vault_lied,
                    "record " + to_hex(address) + " as the vault gives it is not valid: " + error.message());
    }
    if (record_address(record.record.owner, record.record.label) != address)
        throw Error(Errc::vault_lied, "the vault gave another record than " + to_hex(address));
    if (version && record.record.version != *version)
        throw Error(Errc::vault_lied, "the vault gave version " + std::to_string(record.record.version) +
                                          " of record " + to_hex(address) + " instead of " + std::to_string(*version));
    seen_.note(address, record);
    co_return record;
}

Awaitable<VerifiedRecord> Client::record_get(JobRef job, Address address, std::uint64_t version) {
    const auto before = seen_.of(address);
    protocol::Request request = protocol::GetRecord{address, version};
    Blob nothing;
    Answer answer = co_await ask(std::move(job), std::move(request), std::move(nothing));
    std::optional<std::uint64_t> wanted;
    if (version != protocol::newest_version) wanted = version;
    VerifiedRecord record = co_await check_record(std::move(answer.payload), address, wanted);
    if (!wanted) SeenVersions::check(address, record, before);
    co_return record;
}

Awaitable<RecordPage> Client::record_list(JobRef job, Address address, std::uint64_t before, std::uint32_t limit) {
    if (limit == 0 || limit > limits::max_page)
        throw Error(Errc::invalid_argument,
                    "a page has 1 to " + std::to_string(limits::max_page) + " entries, not " + std::to_string(limit));
    const auto seen = seen_.of(address);
    protocol::Request request = protocol::ListRecords{address, before, limit};
    Blob nothing;
    Answer answer = co_await ask(std::move(job), std::move(request), std::move(nothing));
    const auto *found = std::get_if<protocol::Records>(&answer.reply);
    if (!found || found->sizes.size() > limit)
        throw Error(Errc::vault_lied, "the vault's answer is not a page of records");
    RecordPage page;
    std::uint64_t offset = 0, last = before;
    for (const std::uint64_t size : found->sizes) {
        if (size > answer.payload.size() - offset)
            throw Error(Errc::vault_lied, "the vault's page of records is cut off");
        Blob part = answer.payload.part(offset, size);
        VerifiedRecord record = co_await check_record(std::move(part), address, std::nullopt);
        if (record.record.version >= last) throw Error(Errc::vault_lied, "the vault's page of records is not in order");
        last = record.record.version;
        if (page.records.empty() && before == protocol::newest_version) SeenVersions::check(address, record, seen);
        page.records.push_back(std::move(record));
        offset += size;
    }
    if (found->more && !page.records.empty()) page.next = last;
    co_return page;
}

Awaitable<VerifiedRecord> Client::store_record(JobRef job, Record record, crypto::SigningKey key) {
    if (record.value.size() > limits::max_record_value)
        throw Error(Errc::data_too_large,
                    "a record's value has at most " + std::to_string(limits::max_record_value) + " bytes, not " +
                        std::to_string(record.value.size()) + "; put it as content and keep its link in the record",
                    {{"limit", limits::max_record_value}});
    runtime_->random().fill(record.mutation_id);
    Blob stored(sign_record(record, key));
    VerifiedRecord made = verify_record(stored.view());
    protocol::Request request = protocol::PutRecord{};
    co_await ask(std::move(job), std::move(request), std::move(stored));
    seen_.note(record_address(made.record.owner, made.record.label), made);
    co_return made;
}

Awaitable<VerifiedRecord> Client::record_create(JobRef job, crypto::SigningKey key, std::string label, Bytes value) {
    Record record;
    record.owner = key.public_key();
    record.label = std::move(label);
    record.version = 0;
    record.value = std::move(value);
    co_return co_await store_record(std::move(job), std::move(record), std::move(key));
}

Awaitable<VerifiedRecord> Client::record_set(JobRef job, crypto::SigningKey key, std::string label,
                                             std::uint64_t version, Bytes value) {
    Record record;
    record.owner = key.public_key();
    record.label = std::move(label);
    record.version = version;
    record.value = std::move(value);
    const Address address = record_address(record.owner, record.label);
    const VerifiedRecord newest = co_await record_get(job, address, protocol::newest_version);
    if (version != newest.record.version + 1)
        throw Error(Errc::invalid_successor,
                    "record " + to_hex(address) + " is at version " + std::to_string(newest.record.version) + ", so " +
                        std::to_string(newest.record.version + 1) + " follows, not " + std::to_string(version) +
                        "; read it again and decide anew",
                    {{"current_version", newest.record.version}});
    record.previous = newest.hash;
    co_return co_await store_record(std::move(job), std::move(record), std::move(key));
}

} // namespace safe
