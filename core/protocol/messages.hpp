// What a client asks of a vault, and what it is told. Codecs only; docs/protocol.md describes the bytes.
#pragma once

#include "base/error.hpp"
#include "data/record.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace safe::protocol {

// Reply: Data with the chunk as payload, or NO_SUCH_DATA.
struct GetChunk {
    Address address;
};
// The chunk is the payload. Reply: Flag, true if it was not there before (or was there damaged).
struct PutChunk {
    Address address;
};
// Reply: Flag. A hint: the client that must be sure reads the chunk back. Keeps the chunk from being swept while the
// connection holds.
struct HasChunk {
    Address address;
};
// The stored bytes of a signed record (data/record.hpp) are the payload. Reply: Flag true.
struct PutRecord {};
// Reply: Data with the stored bytes, or NO_SUCH_DATA.
struct GetRecord {
    Address address;
    std::uint64_t version; // or newest_version
};
// Reply: Records.
struct ListRecords {
    Address address;
    std::uint64_t before; // or newest_version
    std::uint32_t limit;
};
// Until the release (or the end of the connection) nothing that this connection puts or finds in place is swept.
// Reply: Held.
struct Hold {};
struct Release {
    std::uint64_t id;
};

constexpr std::uint64_t newest_version = UINT64_MAX;

using Request = std::variant<GetChunk, PutChunk, HasChunk, PutRecord, GetRecord, ListRecords, Hold, Release>;

struct Data {};
struct Flag {
    bool value;
};
struct Held {
    std::uint64_t id;
};
// The payload holds the records one after the other, newest first.
struct Records {
    std::vector<std::uint64_t> sizes;
    bool more;
};
struct Failure {
    Errc code;
    std::string message;
    std::vector<Detail> details;
};

using Reply = std::variant<Data, Flag, Held, Records, Failure>;

Bytes encode(const Request &request);
Bytes encode(const Reply &reply);
// Throw BAD_MESSAGE.
Request decode_request(ByteView header);
Reply decode_reply(ByteView header);

} // namespace safe::protocol
