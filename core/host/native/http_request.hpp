// One request of a gateway's client, and what it asks for.
#pragma once

#include "encoding/link.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace safe {

struct HttpRequest {
    enum class Method { get, head, other };
    Method method = Method::other;
    std::string target;
    std::string host; // without its port, lower case
    std::string range, if_range, if_none_match;
    bool keep_alive = false;
};

// Reads requests from bytes as they come.
class HttpRequests {
  public:
    static constexpr std::size_t most_header = 8 * 1024;

    // The next request, if what was fed has all of it. Throws BAD_MESSAGE, also for a body, which nobody has to send; and
    // DATA_TOO_LARGE for a header above the limit.
    std::optional<HttpRequest> next();
    void feed(std::string_view bytes) { waiting_ += bytes; }
    bool between_requests() const { return waiting_.empty(); }

  private:
    std::string waiting_;
};

// Throws BAD_LINK.
Link link_of_target(std::string_view target);

struct ByteRange {
    std::uint64_t first = 0, size = 0;
};
// Of a Range header that this gateway serves: one range of bytes. None: the whole is sent (RFC 9110, section 14.2). A size of
// 0: none of it is there.
std::optional<ByteRange> range_of(std::string_view header, std::uint64_t size);

} // namespace safe
