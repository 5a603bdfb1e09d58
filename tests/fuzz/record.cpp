// Records: what a client stores, a vault keeps and a reader is sent. The input is taken as stored bytes, and once more as
// the body of a record that a hostile owner signs rightly, since no mutation would find a signature.
#include "data/record.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace {

using namespace safe;

const crypto::SigningKey &owner() {
    static const crypto::SigningKey key = crypto::SigningKey::from_seed(Bytes32{});
    return key;
}

// With the owner's key in its place, if there is room for it: 01 96 c4 20 <owner>.
Bytes signed_by_owner(ByteView body) {
    constexpr std::size_t at = 4;
    Bytes stored(body.begin(), body.end());
    const crypto::PublicKey &key = owner().public_key();
    if (stored.size() >= at + key.size()) std::copy(key.begin(), key.end(), stored.begin() + at);
    const std::string_view domain = "safe-record-1";
    Bytes message(domain.begin(), domain.end());
    message.insert(message.end(), stored.begin(), stored.end());
    const crypto::Signature signature = owner().sign(message);
    stored.insert(stored.end(), signature.begin(), signature.end());
    return stored;
}

void verify(ByteView stored) {
    const auto record = fuzz::accepted([&] { return verify_record(stored); }, {Errc::bad_message, Errc::bad_signature});
    if (!record) return;
    if (record->record.owner == owner().public_key()) {
        const Bytes again = sign_record(record->record, owner());
        fuzz::expect(std::equal(again.begin(), again.end(), stored.begin(), stored.end()),
                     "one record has one stored form");
    }
    const Address address = record_address(record->record.owner, record->record.label);
    const auto key = parse_record_key(record_key(address, record->record.version));
    fuzz::expect(key && key->address == address && key->version == record->record.version,
                 "the key of a record leads back to it");
    fuzz::accepted(
        [&] {
            check_successor(&*record, *record);
            return 0;
        },
        {Errc::data_exists, Errc::invalid_successor});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const ByteView input{data, size};
    verify(input);
    verify(signed_by_owner(input));
    return 0;
}
