#include "host/native/http_request.hpp"

#include "base/error.hpp"
#include "encoding/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <charconv>

namespace safe {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

std::string text_of(boost::core::string_view view) { return {view.data(), view.size()}; }

// RFC 9110, section 7.2: a name or an address, perhaps with a port.
std::string host_of(std::string_view header) {
    const std::size_t end = header.substr(0, 1) == "[" ? header.find(']') + 1 : header.find(':');
    std::string host(header.substr(0, end));
    std::transform(host.begin(), host.end(), host.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return host;
}

// RFC 3986, section 2.1. Nothing if it is none.
std::optional<std::string> without_percent(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        const auto byte = from_hex(text.substr(at + 1, 2));
        if (!byte || byte->size() != 1) return std::nullopt;
        plain += static_cast<char>(byte->front());
        at += 2;
    }
    return plain;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<HttpRequest> HttpRequests::next() {
    if (waiting_.empty()) return std::nullopt;
    http::request_parser<http::empty_body> parser;
    parser.header_limit(most_header);
    error_code problem;
    const std::size_t used = parser.put(asio::buffer(waiting_), problem);
    if (problem == http::error::need_more) {
        if (waiting_.size() > most_header)
            problem = http::error::header_limit;
        else
            return std::nullopt;
    }
    if (problem == http::error::header_limit)
        throw Error(Errc::data_too_large, "a request's header has at most " + std::to_string(most_header) + " bytes");
    if (problem == http::error::unexpected_body || (!problem && !parser.is_done()))
        throw Error(Errc::bad_message, "there is nothing to send to this gateway: it is for reading, by GET and HEAD");
    if (problem) throw Error(Errc::bad_message, "not an HTTP request: " + problem.message());
    waiting_.erase(0, used);
    const auto &got = parser.get();
    HttpRequest request;
    request.method = got.method() == http::verb::get    ? HttpRequest::Method::get
                     : got.method() == http::verb::head ? HttpRequest::Method::head
                                                        : HttpRequest::Method::other;
    request.target = text_of(got.target());
    request.host = host_of(text_of(got[http::field::host]));
    request.range = text_of(got[http::field::range]);
    request.if_range = text_of(got[http::field::if_range]);
    request.if_none_match = text_of(got[http::field::if_none_match]);
    request.keep_alive = got.keep_alive();
    return request;
}

Link link_of_target(std::string_view target) {
    target = target.substr(0, target.find('?'));
    const auto text = without_percent(target.substr(std::min<std::size_t>(1, target.size())));
    if (!text) throw Error(Errc::bad_link, "a % in a path is followed by two hexadecimal digits");
    if (const auto address = bytes32_from_hex(*text)) {
        Link link;
        link.target = *address;
        return link;
    }
    return parse_link(*text);
}

std::optional<ByteRange> range_of(std::string_view header, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (header.substr(0, unit.size()) != unit) return std::nullopt;
    header.remove_prefix(unit.size());
    const std::size_t dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return std::nullopt;
    const auto first = number(header.substr(0, dash)), last = number(header.substr(dash + 1));
    if (dash == 0) { // the last so many bytes
        if (!last) return std::nullopt;
        const std::uint64_t wanted = std::min(*last, size);
        return ByteRange{size - wanted, wanted};
    }
    const bool open = dash + 1 == header.size();
    if (!first || (!last && !open) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return ByteRange{size, 0};
    const std::uint64_t end = open ? size : std::min(*last, size - 1) + 1;
    return ByteRange{*first, end - *first};
}

} // namespace safe
