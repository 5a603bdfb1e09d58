// Records: small signed values with versions that only the holder of their key can write (DETAILS D10, D11). These are
// the rules, pure: shared by the client, which checks what it is given, and the vault, which checks what it is sent.
// docs/formats.md, "Records".
#pragma once

#include "base/bytes.hpp"
#include "crypto/sign.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace safe {

using MutationId = std::array<Byte, 16>; // random: tells one attempt from another

// Versions run from 0 to this; the number above it means "the newest" in requests.
constexpr std::uint64_t max_record_version = UINT64_MAX - 1;

struct Record {
    crypto::PublicKey owner{};
    std::string label;
    std::uint64_t version = 0;
    MutationId mutation_id{};
    std::optional<Bytes32> previous; // VerifiedRecord::hash of the predecessor; none for version 0, and only there
    Bytes value;

    bool operator==(const Record &) const = default;
};

struct VerifiedRecord {
    Record record;
    Bytes32 hash{}; // BLAKE3 of the stored bytes

    bool operator==(const VerifiedRecord &) const = default;
};

// Where the owner's record of that label is. Throws INVALID_ARGUMENT for a label that no record can have.
Address record_address(const crypto::PublicKey &owner, std::string_view label);

// The stored bytes: what was signed, verbatim, and the signature. Throws INVALID_ARGUMENT for a label, a version or a
// predecessor that no record can have, ACCESS_DENIED if the key is not the owner's, DATA_TOO_LARGE for the value.
Bytes sign_record(const Record &record, const crypto::SigningKey &key);

// Throws BAD_MESSAGE or BAD_SIGNATURE. Whether it is the record that was asked for is for the caller to compare.
VerifiedRecord verify_record(ByteView stored);

// Whether `next` may follow `newest` (null: there is none yet). Throws
//   DATA_EXISTS (detail current_version)        version 0, and there is one
//   NO_SUCH_DATA                                a later version, and there is none
//   ACCESS_DENIED                               another owner's or another label's record
//   INVALID_SUCCESSOR (detail current_version)  not the newest version plus 1, or not made from the newest bytes
void check_successor(const VerifiedRecord *newest, const VerifiedRecord &next);

// Keys of the store. Those of one record's versions sort from the newest down, so that the newest is the first.
std::string chunk_key(const Address &address);                         // "chunks/<hex>"
std::string record_prefix(const Address &address);                     // "records/<hex>/"
std::string record_key(const Address &address, std::uint64_t version); // prefix and 2^64-1-version in 16 hex digits
// The inverses; nullopt for a key that is none of these.
std::optional<Address> address_of_chunk_key(std::string_view key);
struct RecordKey {
    Address address;
    std::uint64_t version;
};
std::optional<RecordKey> parse_record_key(std::string_view key);

} // namespace safe
