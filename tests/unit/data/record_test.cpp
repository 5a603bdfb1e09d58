#include "data/record.hpp"

#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "encoding/msgpack.hpp"
#include "unit/encoding/support.hpp"

#include <algorithm>

namespace safe {
namespace {

using test::code_of;
using test::error_of;
using test::filled;
using test::hex;

// record_vectors.py wrote these, from docs/formats.md and without our code.
constexpr const char *known_owner = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
constexpr const char *known_address = "240233181bb9095688c6ff9da0942114422da87a124a7a06315d22fee575edfb";
constexpr const char *known_first =
    "0196c42003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8a56e6f74657300c410aaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaac0c40568656c6c6f9299cfdfe6c92d9a2c974acecffb5b0803e4c6ecc598a5ddc78aeeba103981537530975970"
    "485d91c25104f7bda225917082d7416b7aa0ee6e46997e0715ff0e";
constexpr const char *known_second =
    "0196c42003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8a56e6f74657301c410bbbbbbbbbbbbbbbb"
    "bbbbbbbbbbbbbbbbc42014ef8abed66059a5fbbad81c71b9f842bb069537aa8b17a9682bde2e359ad9a8c40049b0f9c0521ecbc9a3"
    "71f561877f4189d87c3aab093c3e91d0e294b360d5ad7fbf7048cc938f94fc2844aa6a2ca5f10086f77f542932902186c82e3a5195"
    "cf08";
constexpr const char *known_second_hash = "408cb3631a8689b95704d447204c7d4dc5243e010fb27e1c043aff0a6090dd63";

crypto::SigningKey key_of(Byte first) {
    Bytes32 seed;
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<Byte>(first + i);
    return crypto::SigningKey::from_seed(seed);
}

const crypto::SigningKey alice = key_of(0), mallory = key_of(100);

MutationId mutation(Byte byte) {
    MutationId id;
    id.fill(byte);
    return id;
}

Record first_record() {
    return {alice.public_key(), "notes", 0, mutation(0xaa), std::nullopt, Bytes{'h', 'e', 'l', 'l', 'o'}};
}

VerifiedRecord stored(const Record &record, const crypto::SigningKey &key = alice) {
    return verify_record(sign_record(record, key));
}

VerifiedRecord successor_of(const VerifiedRecord &newest, Byte id = 0xbb) {
    return stored({newest.record.owner, newest.record.label, newest.record.version + 1, mutation(id), newest.hash, {}});
}

// Stored bytes with any body, signed rightly: what a hostile owner can make.
Bytes forged(ByteView body, const crypto::SigningKey &key = alice) {
    Bytes message{'s', 'a', 'f', 'e', '-', 'r', 'e', 'c', 'o', 'r', 'd', '-', '1'};
    message.insert(message.end(), body.begin(), body.end());
    const crypto::Signature signature = key.sign(message);
    Bytes bytes(body.begin(), body.end());
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return bytes;
}

TEST(Record, IsStoredAsDocumented) {
    EXPECT_EQ(known_owner, to_hex(alice.public_key()));
    EXPECT_EQ(known_first, to_hex(sign_record(first_record(), alice)));
    const VerifiedRecord first = verify_record(hex(known_first));
    Record second{alice.public_key(), "notes", 1, mutation(0xbb), first.hash, {}};
    EXPECT_EQ(known_second, to_hex(sign_record(second, alice)));
}

TEST(Record, IsReadAsDocumented) {
    EXPECT_EQ(first_record(), verify_record(hex(known_first)).record);
    const VerifiedRecord second = verify_record(hex(known_second));
    EXPECT_EQ(1u, second.record.version);
    EXPECT_EQ(crypto::blake3(hex(known_first)), second.record.previous);
    EXPECT_EQ(known_second_hash, to_hex(second.hash));
}

TEST(Record, ItsAddressFollowsFromOwnerAndLabel) {
    EXPECT_EQ(known_address, to_hex(record_address(alice.public_key(), "notes")));
    EXPECT_NE(record_address(alice.public_key(), "notes"), record_address(alice.public_key(), "note"));
    EXPECT_NE(record_address(alice.public_key(), "notes"), record_address(mallory.public_key(), "notes"));
}

TEST(Record, LimitsAreReachedAndNotPassed) {
    Record record = first_record();
    record.label = std::string(255, 'l');
    record.value.assign(limits::max_record_value, 7);
    record.version = max_record_version;
    record.previous = filled(1);
    EXPECT_EQ(record, stored(record).record);

    record.value.push_back(7);
    const Error error = error_of([&] { sign_record(record, alice); });
    EXPECT_EQ(Errc::data_too_large, error.code());
    ASSERT_NE(nullptr, error.number("limit"));
    EXPECT_EQ(limits::max_record_value, *error.number("limit"));

    record = first_record();
    for (const std::string &label :
         {std::string(), std::string(256, 'l'), std::string("a\nb"), std::string("\xff"), std::string("a\0b", 3)}) {
        record.label = label;
        EXPECT_EQ(Errc::invalid_argument, code_of([&] { sign_record(record, alice); }));
        EXPECT_EQ(Errc::invalid_argument, code_of([&] { record_address(alice.public_key(), label); }));
    }
}

TEST(Record, APredecessorIsNamedByEveryVersionButTheFirst) {
    Record record = first_record();
    record.previous = filled(1);
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { sign_record(record, alice); }));
    record.version = 1;
    stored(record);
    record.previous.reset();
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { sign_record(record, alice); }));
    record = first_record();
    record.version = UINT64_MAX;
    record.previous = filled(1);
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { sign_record(record, alice); }));
}

TEST(Record, OnlyTheOwnersKeySigns) {
    const Error error = error_of([] { sign_record(first_record(), mallory); });
    EXPECT_EQ(Errc::access_denied, error.code());
    EXPECT_NE(std::string::npos, error.message().find(to_hex(alice.public_key())));
}

TEST(VerifyRecord, RefusesEveryChangedBit) {
    const Bytes whole = hex(known_second);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Bytes changed = whole;
        changed[bit / 8] ^= static_cast<Byte>(1 << bit % 8);
        const Errc code = code_of([&] { verify_record(changed); });
        EXPECT_TRUE(code == Errc::bad_message || code == Errc::bad_signature) << bit;
    }
}

TEST(VerifyRecord, RefusesEveryCutAndEveryAddition) {
    Bytes whole = hex(known_second);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Errc code = code_of([&] { verify_record(ByteView(whole).first(size)); });
        EXPECT_TRUE(code == Errc::bad_message || code == Errc::bad_signature) << size;
    }
    whole.push_back(0);
    EXPECT_EQ(Errc::bad_message, code_of([&] { verify_record(whole); }));
}

TEST(VerifyRecord, RefusesASignatureByAnotherKey) {
    const Bytes whole = hex(known_first);
    const ByteView body = ByteView(whole).first(whole.size() - 64);
    verify_record(forged(body));
    EXPECT_EQ(Errc::bad_signature, code_of([&] { verify_record(forged(body, mallory)); }));
}

TEST(VerifyRecord, RefusesASignatureMadeForSomethingElse) {
    const Bytes whole = hex(known_first);
    Bytes body(whole.begin(), whole.end() - 64);
    const crypto::Signature undomained = alice.sign(body);
    body.insert(body.end(), undomained.begin(), undomained.end());
    EXPECT_EQ(Errc::bad_signature, code_of([&] { verify_record(body); }));
}

// What the owner himself must not be able to store, because readers rely on it.
TEST(VerifyRecord, RefusesWhatTheRulesForbidAlsoWhenItIsSigned) {
    struct Fields {
        std::string label = "notes";
        std::uint64_t version = 1;
        std::size_t mutation = 16, previous = 32, value = 3, count = 6;
    };
    const auto with = [](auto change) {
        Fields f;
        change(f);
        msgpack::Writer out(Bytes{1});
        out.array(f.count).bin(alice.public_key()).str(f.label).uint(f.version).bin(Bytes(f.mutation));
        if (f.previous == 0) {
            out.nil();
        } else {
            out.bin(Bytes(f.previous));
        }
        out.bin(Bytes(f.value));
        if (f.count > 6) out.nil();
        return forged(out.take());
    };
    const auto refused = [&](auto change) {
        return code_of([&] { verify_record(with(change)); }) == Errc::bad_message;
    };
    EXPECT_EQ(1u, verify_record(with([](Fields &) {})).record.version);
    EXPECT_TRUE(refused([](Fields &f) { f.label = ""; }));
    EXPECT_TRUE(refused([](Fields &f) { f.label = std::string(256, 'l'); }));
    EXPECT_TRUE(refused([](Fields &f) { f.label = "a\nb"; }));
    EXPECT_TRUE(refused([](Fields &f) { f.label = "\xff"; }));
    EXPECT_TRUE(refused([](Fields &f) { f.version = UINT64_MAX; }));
    EXPECT_TRUE(refused([](Fields &f) { f.version = 0; }));
    EXPECT_TRUE(refused([](Fields &f) { f.previous = 0; }));
    EXPECT_TRUE(refused([](Fields &f) { f.previous = 31; }));
    EXPECT_TRUE(refused([](Fields &f) { f.mutation = 15; }));
    EXPECT_TRUE(refused([](Fields &f) { f.value = limits::max_record_value + 1; }));
    EXPECT_TRUE(refused([](Fields &f) { f.count = 7; }));
    EXPECT_TRUE(refused([](Fields &f) { f.count = 5; }));
}

TEST(VerifyRecord, AnotherFormatIsNamed) {
    Bytes whole = hex(known_first);
    whole[0] = 9;
    EXPECT_EQ("a record is of format 9, this library reads format 1; upgrade libsafe",
              error_of([&] { verify_record(whole); }).message());
}

TEST(Successor, OfNothingIsVersion0Only) {
    const VerifiedRecord first = stored(first_record());
    check_successor(nullptr, first);
    const VerifiedRecord second = successor_of(first);
    EXPECT_EQ(Errc::no_such_data, code_of([&] { check_successor(nullptr, second); }));
}

TEST(Successor, IsTheNextVersionMadeFromTheNewestBytes) {
    const VerifiedRecord first = stored(first_record());
    const VerifiedRecord second = successor_of(first);
    const VerifiedRecord third = successor_of(second);
    check_successor(&first, second);
    check_successor(&second, third);
}

TEST(Successor, ASecondVersion0IsDataExistsAndSaysWhereTheRecordIs) {
    const VerifiedRecord first = stored(first_record());
    const VerifiedRecord second = successor_of(first);
    const Error error = error_of([&] { check_successor(&second, first); });
    EXPECT_EQ(Errc::data_exists, error.code());
    ASSERT_NE(nullptr, error.number("current_version"));
    EXPECT_EQ(1u, *error.number("current_version"));
    EXPECT_EQ("record \"notes\" exists already, at version 1; set version 2 to change it", error.message());
}

TEST(Successor, AVersionTooLowOrTooHighIsAConflictAndSaysWhereTheRecordIs) {
    const VerifiedRecord first = stored(first_record());
    const VerifiedRecord second = successor_of(first);
    const VerifiedRecord third = successor_of(second);
    const VerifiedRecord fourth = successor_of(third);
    for (const VerifiedRecord *next : {&second, &third}) {
        const Error error = error_of([&] { check_successor(&third, *next); });
        EXPECT_EQ(Errc::invalid_successor, error.code());
        ASSERT_NE(nullptr, error.number("current_version"));
        EXPECT_EQ(2u, *error.number("current_version"));
    }
    EXPECT_EQ(Errc::invalid_successor, code_of([&] { check_successor(&second, fourth); }));
}

TEST(Successor, NoVersionIsSkippedAlsoWithTheRightPredecessor) {
    const VerifiedRecord first = stored(first_record());
    for (const std::uint64_t version : {std::uint64_t{2}, max_record_version}) {
        Record skipping = successor_of(first).record;
        skipping.version = version;
        const Error error = error_of([&] { check_successor(&first, stored(skipping)); });
        EXPECT_EQ(Errc::invalid_successor, error.code());
        ASSERT_NE(nullptr, error.number("current_version"));
        EXPECT_EQ(0u, *error.number("current_version"));
    }
}

TEST(Successor, MadeFromOtherBytesThanTheNewestIsAConflict) {
    const VerifiedRecord first = stored(first_record());
    const VerifiedRecord one = successor_of(first, 1), other = successor_of(first, 2);
    ASSERT_NE(one.hash, other.hash);
    const VerifiedRecord next = successor_of(one);
    check_successor(&one, next);
    const Error error = error_of([&] { check_successor(&other, next); });
    EXPECT_EQ(Errc::invalid_successor, error.code());
    ASSERT_NE(nullptr, error.number("current_version"));
    EXPECT_EQ(1u, *error.number("current_version"));
}

TEST(Successor, OfAnothersRecordOrAnotherLabelIsDenied) {
    const VerifiedRecord first = stored(first_record());
    Record record = successor_of(first).record;
    record.owner = mallory.public_key();
    EXPECT_EQ(Errc::access_denied, code_of([&] { check_successor(&first, stored(record, mallory)); }));
    record = successor_of(first).record;
    record.label = "other";
    EXPECT_EQ(Errc::access_denied, code_of([&] { check_successor(&first, stored(record)); }));
}

TEST(StoreKeys, ChunksAreUnderTheirAddress) {
    const std::string key = chunk_key(filled(0xab));
    EXPECT_EQ("chunks/abababababababababababababababababababababababababababababababab", key);
    EXPECT_EQ(filled(0xab), address_of_chunk_key(key));
    for (const std::string &other :
         {std::string("chunks/"), key + "0", key.substr(0, key.size() - 1), "records" + key.substr(6),
          std::string("chunks/") + std::string(64, 'A'), std::string("chunks/") + std::string(64, 'g')})
        EXPECT_FALSE(address_of_chunk_key(other)) << other;
}

TEST(StoreKeys, VersionsOfARecordSortFromTheNewest) {
    const std::string prefix = "records/abababababababababababababababababababababababababababababababab/";
    EXPECT_EQ(prefix, record_prefix(filled(0xab)));
    EXPECT_EQ(prefix + "ffffffffffffffff", record_key(filled(0xab), 0));
    EXPECT_EQ(prefix + "fffffffffffffffe", record_key(filled(0xab), 1));
    EXPECT_EQ(prefix + "0000000000000001", record_key(filled(0xab), max_record_version));
    std::string before;
    for (const std::uint64_t version : {max_record_version, std::uint64_t{1} << 40, std::uint64_t{256},
                                        std::uint64_t{255}, std::uint64_t{1}, std::uint64_t{0}}) {
        const std::string key = record_key(filled(0xab), version);
        EXPECT_LT(before, key);
        before = key;
        const std::optional<RecordKey> parsed = parse_record_key(key);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(filled(0xab), parsed->address);
        EXPECT_EQ(version, parsed->version);
    }
}

TEST(StoreKeys, WhatIsNoRecordKeyIsNotTakenForOne) {
    const std::string key = record_key(filled(0xab), 5);
    std::string upper = key, slash = key;
    upper[10] = 'B';
    slash[72] = '0';
    for (const std::string &other : {std::string(), key + "0", record_prefix(filled(0xab)) + std::string(16, '0'),
                                     key.substr(0, key.size() - 1), upper, slash, "chunks//" + key.substr(8),
                                     key.substr(0, key.size() - 1) + "A", key.substr(0, key.size() - 1) + "g"})
        EXPECT_FALSE(parse_record_key(other)) << other;
}

} // namespace
} // namespace safe
