#include "net/native/websocket_upgrade.hpp"

#include "base/error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

namespace safe::net {
namespace {

namespace http = boost::beast::http;
constexpr std::string_view first_word = "GET ";

Error no_upgrade(const std::string &why) {
    return {Errc::bad_message, "what is on the other side does not ask for a WebSocket: " + why};
}

// Whoever speaks another protocol is not waited for to end a line.
void check_beginning(ByteView bytes) {
    const std::size_t size = std::min(bytes.size(), first_word.size());
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), first_word.begin()))
        throw no_upgrade("its first bytes are not those of an HTTP request");
}

} // namespace

Awaitable<Upgrade> read_upgrade(std::shared_ptr<Stream> stream) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(max_upgrade);
    Bytes unread; // the parser takes whole lines
    bool begun = false;
    while (!parser.is_header_done()) {
        const Blob piece = co_await stream->receive();
        if (piece.size() == 0) throw Error(Errc::connection_failed, "the connection ended before it was a WebSocket");
        unread.insert(unread.end(), piece.view().begin(), piece.view().end());
        if (!begun) check_beginning(unread);
        if (unread.size() < first_word.size() && !begun) continue;
        begun = true;
        boost::system::error_code problem;
        const std::size_t used = parser.put(asio::buffer(unread), problem);
        if (problem && problem != http::error::need_more) throw no_upgrade(problem.message());
        unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(used));
    }
    if (!parser.is_done()) throw no_upgrade("the request has a body");
    Upgrade upgrade;
    upgrade.request = parser.release();
    if (!unread.empty()) upgrade.rest = Blob(std::move(unread));
    co_return upgrade;
}

} // namespace safe::net
