#include "safe/record.h"

#include "entry.hpp"
#include "objects.hpp"
#include "start.hpp"

namespace safe {

struct RecordObject {
    explicit RecordObject(Record r) : record(std::move(r)) {}
    const Record record;
};

struct RecordPageObject {
    explicit RecordPageObject(RecordPage p) : page(std::move(p)) {}
    const RecordPage page;
};

} // namespace safe

using namespace safe;

namespace {

Outcome result_of(VerifiedRecord record) {
    return Outcome::of<safe_record>(std::make_shared<RecordObject>(std::move(record.record)));
}

Awaitable<Outcome> create(std::shared_ptr<Client> client, JobRef job, std::shared_ptr<const KeyObject> key,
                          std::string label, Bytes value) {
    crypto::SigningKey signing = key->key;
    VerifiedRecord made =
        co_await client->record_create(std::move(job), std::move(signing), std::move(label), std::move(value));
    co_return result_of(std::move(made));
}

Awaitable<Outcome> set(std::shared_ptr<Client> client, JobRef job, std::shared_ptr<const KeyObject> key,
                       std::string label, std::uint64_t version, Bytes value) {
    crypto::SigningKey signing = key->key;
    VerifiedRecord made =
        co_await client->record_set(std::move(job), std::move(signing), std::move(label), version, std::move(value));
    co_return result_of(std::move(made));
}

Awaitable<Outcome> get(std::shared_ptr<Client> client, JobRef job, Address address, std::uint64_t version) {
    VerifiedRecord record = co_await client->record_get(std::move(job), address, version);
    co_return result_of(std::move(record));
}

Awaitable<Outcome> list(std::shared_ptr<Client> client, JobRef job, Address address, std::uint64_t before,
                        std::uint32_t limit) {
    RecordPage page = co_await client->record_list(std::move(job), address, before, limit);
    co_return Outcome::of<safe_record_page>(std::make_shared<RecordPageObject>(std::move(page)));
}

Bytes value_of(const Call &call, const std::uint8_t *value, std::size_t size) {
    const ByteView view = call.bytes(value, size, "value");
    if (size > limits::max_record_value) // before it is copied
        throw Error(Errc::data_too_large,
                    "a record's value has at most " + std::to_string(limits::max_record_value) + " bytes, not " +
                        std::to_string(size) + "; put it as content (safe_put) and keep its link in the record",
                    {{"limit", limits::max_record_value}});
    return {view.begin(), view.end()};
}

} // namespace

safe_status safe_record_address_of(const uint8_t owner[32], const char *label, uint8_t address[32],
                                   safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto key = call.array32(owner, "owner");
        const Address at = record_address(key, call.text(label, "label"));
        copy_out(at, call.pointer(address, "address"));
    });
}

safe_op *safe_record_create(safe_client *client, const safe_key *key, const char *label, const uint8_t *value,
                            size_t size) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        return start_op(session, [core = session->client(), key = call.object(key, "key"),
                                  label = call.text(label, "label"),
                                  value = value_of(call, value, size)](JobRef job) mutable {
            return create(std::move(core), std::move(job), std::move(key), std::move(label), std::move(value));
        });
    });
}

safe_op *safe_record_set(safe_client *client, const safe_key *key, const char *label, uint64_t version,
                         const uint8_t *value, size_t size) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        return start_op(session, [core = session->client(), key = call.object(key, "key"),
                                  label = call.text(label, "label"), version,
                                  value = value_of(call, value, size)](JobRef job) mutable {
            return set(std::move(core), std::move(job), std::move(key), std::move(label), version, std::move(value));
        });
    });
}

safe_op *safe_record_get(safe_client *client, const uint8_t address[32], uint64_t version) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        return start_op(session, [core = session->client(), at = call.array32(address, "address"), version](
                                     JobRef job) mutable { return get(std::move(core), std::move(job), at, version); });
    });
}

safe_op *safe_record_list(safe_client *client, const uint8_t address[32], uint64_t before, uint32_t limit) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        if (limit == 0 || limit > limits::max_page)
            call.refuse("limit",
                        "is " + std::to_string(limit) + "; it must be from 1 to " + std::to_string(limits::max_page));
        return start_op(session,
                        [core = session->client(), at = call.array32(address, "address"), before, limit](
                            JobRef job) mutable { return list(std::move(core), std::move(job), at, before, limit); });
    });
}

safe_status safe_record_address(const safe_record *record, uint8_t address[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(record, "record");
        call.pointer(address, "address");
        copy_out(record_address(object->record.owner, object->record.label), address);
    });
}

safe_status safe_record_owner(const safe_record *record, uint8_t owner[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(record, "record");
        copy_out(object->record.owner, call.pointer(owner, "owner"));
    });
}

const char *safe_record_label(const safe_record *record) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(record, "record")->record.label.c_str(); });
}

uint64_t safe_record_version(const safe_record *record) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(record, "record")->record.version; });
}

safe_status safe_record_value(const safe_record *record, safe_bytes **out, safe_error **error) {
    return make(__func__, out, error,
                [&](Call call) { return bytes_object(call.object(record, "record")->record.value); });
}

void safe_record_free(safe_record *record) { release(record); }

uint64_t safe_record_page_count(const safe_record_page *page) {
    return ask(__func__, uint64_t{0},
               [&](Call call) { return uint64_t{call.object(page, "page")->page.records.size()}; });
}

safe_status safe_record_page_get(const safe_record_page *page, uint64_t index, safe_record **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        const auto object = call.object(page, "page");
        const auto &records = object->page.records;
        call.index(index, records.size(), "index");
        return std::make_shared<RecordObject>(records[index].record);
    });
}

safe_status safe_record_page_next(const safe_record_page *page, int32_t *more, uint64_t *before, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(page, "page");
        call.pointer(more, "more");
        call.pointer(before, "before");
        *more = object->page.next.has_value() ? 1 : 0;
        *before = object->page.next.value_or(0);
    });
}

void safe_record_page_free(safe_record_page *page) { release(page); }
