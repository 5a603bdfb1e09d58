#include "protocol/messages.hpp"

#include "base/limits.hpp"
#include "encoding/msgpack.hpp"
#include "encoding/text.hpp"

#include <algorithm>

namespace safe::protocol {
namespace {

using msgpack::Reader;
using msgpack::Writer;

constexpr std::uint64_t version = 1;
constexpr std::size_t max_message = 4096; // bytes of a failure's text
constexpr std::size_t max_details = 16;
constexpr std::size_t max_detail_name = 64;

Writer head(std::uint64_t kind, std::size_t fields) {
    Writer writer;
    writer.array(2 + fields).uint(version).uint(kind);
    return writer;
}

// At most max_message bytes, whole characters.
std::string_view cut(std::string_view text) {
    if (text.size() <= max_message) return is_utf8(text) ? text : "(text that is not UTF-8)";
    std::size_t size = max_message;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    return cut(text.substr(0, size));
}

struct RequestEncoder {
    Writer operator()(const GetChunk &get) const { return std::move(head(1, 1).bin(get.address)); }
    Writer operator()(const PutChunk &put) const { return std::move(head(2, 1).bin(put.address)); }
    Writer operator()(const HasChunk &has) const { return std::move(head(3, 1).bin(has.address)); }
    Writer operator()(const PutRecord &) const { return head(4, 0); }
    Writer operator()(const GetRecord &get) const { return std::move(head(5, 2).bin(get.address).uint(get.version)); }
    Writer operator()(const ListRecords &list) const {
        return std::move(head(6, 3).bin(list.address).uint(list.before).uint(list.limit));
    }
    Writer operator()(const Hold &) const { return head(7, 0); }
    Writer operator()(const Release &release) const { return std::move(head(8, 1).uint(release.id)); }
};

struct ReplyEncoder {
    Writer operator()(const Data &) const { return head(0, 0); }
    Writer operator()(const Flag &flag) const { return std::move(head(1, 1).boolean(flag.value)); }
    Writer operator()(const Held &held) const { return std::move(head(2, 1).uint(held.id)); }
    Writer operator()(const Records &records) const {
        Writer writer = head(3, 2);
        writer.array(records.sizes.size());
        for (const std::uint64_t size : records.sizes) writer.uint(size);
        writer.boolean(records.more);
        return writer;
    }
    Writer operator()(const Failure &failure) const {
        Writer writer = head(4, 3);
        writer.uint(static_cast<std::uint64_t>(-static_cast<std::int64_t>(failure.code)));
        writer.str(cut(failure.message));
        const std::size_t count = std::min(failure.details.size(), max_details);
        writer.array(count * 3);
        for (std::size_t i = 0; i < count; ++i) {
            const Detail &detail = failure.details[i];
            const auto *number = std::get_if<std::uint64_t>(&detail.value);
            writer.str(detail.name).boolean(number == nullptr);
            if (number) {
                writer.uint(*number);
            } else {
                writer.str(cut(std::get<std::string>(detail.value)));
            }
        }
        return writer;
    }
};

// The number of fields and the kind.
std::pair<std::size_t, std::uint64_t> open(Reader &reader) {
    const std::size_t size = reader.array(16);
    if (size < 2) reader.fail("is too short");
    if (reader.uint() != version) reader.fail("has a version that this library does not know");
    return {size - 2, reader.uint()};
}

void expect(const Reader &reader, std::size_t fields, std::size_t wanted) {
    if (fields != wanted) reader.fail("has the wrong number of fields");
}

Failure read_failure(Reader &reader) {
    Failure failure;
    failure.code = static_cast<Errc>(-static_cast<std::int64_t>(reader.uint(INT32_MAX)));
    failure.message = reader.str(max_message);
    const std::size_t count = reader.array(max_details * 3);
    if (count % 3 != 0) reader.fail("has an incomplete detail");
    for (std::size_t i = 0; i < count; i += 3) {
        Detail detail;
        detail.name = reader.str(max_detail_name);
        if (reader.boolean()) {
            detail.value = std::string(reader.str(max_message));
        } else {
            detail.value = reader.uint();
        }
        failure.details.push_back(std::move(detail));
    }
    // A failure that calls itself success is none.
    if (failure.code == Errc::ok) failure.code = Errc::unexpected;
    return failure;
}

} // namespace

Bytes encode(const Request &request) { return std::visit(RequestEncoder(), request).take(); }

Bytes encode(const Reply &reply) { return std::visit(ReplyEncoder(), reply).take(); }

Request decode_request(ByteView header) {
    Reader reader(header, "the request");
    const auto [fields, kind] = open(reader);
    Request request;
    switch (kind) {
    case 1: expect(reader, fields, 1), request = GetChunk{reader.fixed<32>()}; break;
    case 2: expect(reader, fields, 1), request = PutChunk{reader.fixed<32>()}; break;
    case 3: expect(reader, fields, 1), request = HasChunk{reader.fixed<32>()}; break;
    case 4: expect(reader, fields, 0), request = PutRecord{}; break;
    case 5: {
        expect(reader, fields, 2);
        const Address address = reader.fixed<32>();
        request = GetRecord{address, reader.uint()};
        break;
    }
    case 6: {
        expect(reader, fields, 3);
        const Address address = reader.fixed<32>();
        const std::uint64_t before = reader.uint();
        const std::uint64_t limit = reader.uint(limits::max_page);
        if (limit == 0) reader.fail("asks for a page of no entries");
        request = ListRecords{address, before, static_cast<std::uint32_t>(limit)};
        break;
    }
    case 7: expect(reader, fields, 0), request = Hold{}; break;
    case 8: expect(reader, fields, 1), request = Release{reader.uint()}; break;
    default: reader.fail("is of a kind that this library does not know");
    }
    reader.end();
    return request;
}

Reply decode_reply(ByteView header) {
    Reader reader(header, "the vault's reply");
    const auto [fields, kind] = open(reader);
    Reply reply;
    switch (kind) {
    case 0: expect(reader, fields, 0), reply = Data{}; break;
    case 1: expect(reader, fields, 1), reply = Flag{reader.boolean()}; break;
    case 2: expect(reader, fields, 1), reply = Held{reader.uint()}; break;
    case 3: {
        expect(reader, fields, 2);
        Records records;
        records.sizes.resize(reader.array(limits::max_page));
        for (std::uint64_t &size : records.sizes) size = reader.uint(limits::max_stored_chunk);
        records.more = reader.boolean();
        reply = std::move(records);
        break;
    }
    case 4: expect(reader, fields, 3), reply = read_failure(reader); break;
    default: reader.fail("is of a kind that this library does not know");
    }
    reader.end();
    return reply;
}

} // namespace safe::protocol
