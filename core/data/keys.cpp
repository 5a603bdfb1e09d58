// The keys under which a vault's store holds chunks and records (DETAILS D11; docs/formats.md, "Keys of a store").
#include "data/record.hpp"

#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

constexpr std::string_view chunks = "chunks/", records = "records/";
constexpr std::size_t address_digits = 64, version_digits = 16;

// Lower case only: one thing has one key.
template <std::size_t size>
std::optional<std::array<Byte, size>> from_canonical_hex(std::string_view text) {
    const std::optional<Bytes> bytes = from_hex(text);
    if (!bytes || bytes->size() != size || to_hex(*bytes) != text) return std::nullopt;
    std::array<Byte, size> out;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

} // namespace

std::string chunk_key(const Address &address) { return std::string(chunks) + to_hex(address); }

std::string record_prefix(const Address &address) { return std::string(records) + to_hex(address) + "/"; }

std::string record_key(const Address &address, std::uint64_t version) {
    const std::uint64_t down = UINT64_MAX - version;
    std::array<Byte, 8> big_endian;
    for (unsigned i = 0; i < 8; ++i) big_endian[i] = static_cast<Byte>(down >> (56 - 8 * i));
    return record_prefix(address) + to_hex(big_endian);
}

std::optional<Address> address_of_chunk_key(std::string_view key) {
    if (!key.starts_with(chunks)) return std::nullopt;
    return from_canonical_hex<32>(key.substr(chunks.size()));
}

std::optional<RecordKey> parse_record_key(std::string_view key) {
    if (key.size() != records.size() + address_digits + 1 + version_digits || !key.starts_with(records) ||
        key[records.size() + address_digits] != '/')
        return std::nullopt;
    const std::optional<Address> address = from_canonical_hex<32>(key.substr(records.size(), address_digits));
    const auto down = from_canonical_hex<8>(key.substr(records.size() + address_digits + 1));
    if (!address || !down) return std::nullopt;
    std::uint64_t value = 0;
    for (const Byte byte : *down) value = value << 8 | byte;
    if (value == 0) return std::nullopt; // above the last version
    return RecordKey{*address, UINT64_MAX - value};
}

} // namespace safe
