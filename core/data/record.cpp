#include "data/record.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "encoding/msgpack.hpp"
#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

// Stored bytes: the version, MessagePack [owner, label, version, mutation id, previous or nil, value], and the
// signature over the domain and all before. They are kept as sent and never encoded again to verify (DETAILS D10).
constexpr Byte format_version = 1;
constexpr std::string_view domain = "safe-record-1";
constexpr std::size_t signature_size = std::tuple_size_v<crypto::Signature>;

std::string name_of(const Record &record) { return "record \"" + record.label + "\""; }

// What is wrong with a label, or empty.
std::string fault_of_label(std::string_view label) {
    if (label.empty()) return "is empty";
    if (label.size() > limits::max_record_label)
        return "has " + std::to_string(label.size()) + " bytes; " + std::to_string(limits::max_record_label) +
               " are the most";
    if (!is_plain_text(label)) return "must be UTF-8 without control characters";
    return {};
}

// What is wrong with version and predecessor, or empty.
std::string fault_of_version(const Record &record) {
    if (record.version > max_record_version) return "has a version that is out of range";
    if (record.version == 0 && record.previous) return "names a predecessor, but is version 0";
    if (record.version != 0 && !record.previous)
        return "is version " + std::to_string(record.version) + ", but names no predecessor";
    return {};
}

Bytes signed_bytes(ByteView body) {
    Bytes out;
    out.reserve(domain.size() + body.size());
    const ByteView prefix = view_of(domain);
    out.insert(out.end(), prefix.begin(), prefix.end());
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

Record read_record(ByteView packed) {
    msgpack::Reader in(packed, "a record");
    Record record;
    in.array_of(6);
    record.owner = in.fixed<std::tuple_size_v<crypto::PublicKey>>();
    record.label = in.str(limits::max_record_label);
    record.version = in.uint(max_record_version);
    record.mutation_id = in.fixed<std::tuple_size_v<MutationId>>();
    if (in.is_nil()) {
        in.nil();
    } else {
        record.previous = in.fixed<std::tuple_size_v<Bytes32>>();
    }
    const ByteView value = in.bin(limits::max_record_value);
    record.value.assign(value.begin(), value.end());
    in.end();
    return record;
}

[[noreturn]] void conflict(const Record &newest, const std::string &problem) {
    throw Error(Errc::invalid_successor,
                name_of(newest) + " is at version " + std::to_string(newest.version) + "; " + problem,
                {{"current_version", newest.version}});
}

} // namespace

Address record_address(const crypto::PublicKey &owner, std::string_view label) {
    const std::string fault = fault_of_label(label);
    if (!fault.empty()) throw Error(Errc::invalid_argument, "the record's label " + fault);
    crypto::Blake3 hash;
    hash.update(view_of(domain));
    hash.update(owner);
    hash.update(view_of(label));
    return hash.digest();
}

Bytes sign_record(const Record &record, const crypto::SigningKey &key) {
    if (const std::string fault = fault_of_label(record.label); !fault.empty())
        throw Error(Errc::invalid_argument, "the record's label " + fault);
    if (const std::string fault = fault_of_version(record); !fault.empty())
        throw Error(Errc::invalid_argument, name_of(record) + " " + fault);
    if (record.owner != key.public_key())
        throw Error(Errc::access_denied, name_of(record) + " belongs to " + to_hex(record.owner) +
                                             "; it cannot be signed with the key of " + to_hex(key.public_key()));
    if (record.value.size() > limits::max_record_value)
        throw Error(Errc::data_too_large,
                    "the value of " + name_of(record) + " has " + std::to_string(record.value.size()) + " bytes; " +
                        std::to_string(limits::max_record_value) +
                        " are the most: put it as content and store its link",
                    {{"limit", std::uint64_t{limits::max_record_value}}});
    msgpack::Writer out(Bytes{format_version});
    out.array(6).bin(record.owner).str(record.label).uint(record.version).bin(record.mutation_id);
    if (record.previous) {
        out.bin(*record.previous);
    } else {
        out.nil();
    }
    out.bin(record.value);
    Bytes stored = out.take();
    const crypto::Signature signature = key.sign(signed_bytes(stored));
    stored.insert(stored.end(), signature.begin(), signature.end());
    return stored;
}

VerifiedRecord verify_record(ByteView stored) {
    if (stored.size() <= 1 + signature_size)
        throw Error(Errc::bad_message, "a record of " + std::to_string(stored.size()) + " bytes was cut off");
    if (stored.front() != format_version)
        throw Error(Errc::bad_message, "a record is of format " + std::to_string(stored.front()) +
                                           ", this library reads format " + std::to_string(format_version) +
                                           "; upgrade libsafe");
    const ByteView body = stored.first(stored.size() - signature_size);
    VerifiedRecord verified{.record = read_record(body.subspan(1)), .hash = crypto::blake3(stored)};
    const Record &record = verified.record;
    if (const std::string fault = fault_of_label(record.label); !fault.empty())
        throw Error(Errc::bad_message, "a record's label " + fault);
    if (const std::string fault = fault_of_version(record); !fault.empty())
        throw Error(Errc::bad_message, name_of(record) + " " + fault);
    crypto::Signature signature;
    std::copy(stored.end() - signature_size, stored.end(), signature.begin());
    if (!crypto::verify(record.owner, signed_bytes(body), signature))
        throw Error(Errc::bad_signature, name_of(record) + ", version " + std::to_string(record.version) +
                                             ", is not signed by its owner " + to_hex(record.owner));
    return verified;
}

void check_successor(const VerifiedRecord *newest, const VerifiedRecord &next) {
    const Record &wanted = next.record;
    if (newest == nullptr) {
        if (wanted.version == 0) return;
        throw Error(Errc::no_such_data, name_of(wanted) + " does not exist, so it cannot be set to version " +
                                            std::to_string(wanted.version) + "; create it first");
    }
    const Record &current = newest->record;
    if (wanted.owner != current.owner || wanted.label != current.label)
        throw Error(Errc::access_denied,
                    name_of(current) + " belongs to " + to_hex(current.owner) + "; only its owner can write it");
    if (wanted.version == 0)
        throw Error(Errc::data_exists,
                    name_of(current) + " exists already, at version " + std::to_string(current.version) +
                        "; set version " + std::to_string(current.version + 1) + " to change it",
                    {{"current_version", current.version}});
    if (wanted.version != current.version + 1)
        conflict(current, "version " + std::to_string(wanted.version) +
                              " is not its successor: read it again and set "
                              "the newest version plus 1");
    if (wanted.previous != newest->hash)
        conflict(current,
                 "version " + std::to_string(wanted.version) + " was made from another predecessor: read it again");
}

} // namespace safe
