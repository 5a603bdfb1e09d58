// What clients of a gateway say (RFC 9110 and 9112), and where one listens.
#include "host/native/http_request.hpp"

#include "base/error.hpp"
#include "encoding/text.hpp"
#include "host/listen_url.hpp"
#include "unit/host/lying_channel.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

using test::code_of;

std::vector<HttpRequest> all(const std::string &text, std::size_t piece) {
    HttpRequests requests;
    std::vector<HttpRequest> found;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        requests.feed(std::string_view(text).substr(at, piece));
        while (auto request = requests.next()) found.push_back(*request);
    }
    EXPECT_TRUE(requests.between_requests());
    return found;
}

TEST(HttpRequests, AreReadHoweverTheyAreCut) {
    const std::string text = "GET /a HTTP/1.1\r\nHost: LocalHost:80\r\nRange: bytes=1-2\r\n\r\n"
                             "HEAD /b HTTP/1.0\r\nIf-None-Match: \"x\"\r\n\r\nPUT /c HTTP/1.1\r\nHost: [::1]:8\r\n\r\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        const auto found = all(text, piece);
        ASSERT_EQ(3u, found.size()) << piece;
        EXPECT_EQ(HttpRequest::Method::get, found[0].method);
        EXPECT_EQ("/a", found[0].target);
        EXPECT_EQ("localhost", found[0].host);
        EXPECT_EQ("bytes=1-2", found[0].range);
        EXPECT_TRUE(found[0].keep_alive);
        EXPECT_EQ(HttpRequest::Method::head, found[1].method);
        EXPECT_EQ("\"x\"", found[1].if_none_match);
        EXPECT_FALSE(found[1].keep_alive) << "HTTP/1.0";
        EXPECT_EQ(HttpRequest::Method::other, found[2].method);
        EXPECT_EQ("[::1]", found[2].host);
    }
}

TEST(HttpRequests, ThatAreNoneOrTooLongAreRefused) {
    const auto refused = [](const std::string &text) {
        HttpRequests requests;
        requests.feed(text);
        return code_of([&] { requests.next(); });
    };
    EXPECT_EQ(Errc::ok, refused("GET / HT"));
    EXPECT_EQ(Errc::bad_message, refused("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"));
    EXPECT_EQ(Errc::bad_message, refused("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"));
    EXPECT_EQ(Errc::bad_message, refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"));
    EXPECT_EQ(Errc::bad_message, refused("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"));
    EXPECT_EQ(Errc::data_too_large, refused("GET / HTTP/1.1\r\nX: " + std::string(HttpRequests::most_header, 'x')));
    EXPECT_EQ(Errc::data_too_large,
              refused("GET / HTTP/1.1\r\nX: " + std::string(HttpRequests::most_header, 'x') + "\r\n\r\n"));
}

TEST(HttpRequests, NameContentByLinksAndAddresses) {
    Link link;
    link.target = Address{1, 2, 3};
    const std::string text = to_text(link);
    const auto same = [&](const std::string &target) { return to_text(link_of_target(target)) == text; };
    EXPECT_TRUE(same("/" + text));
    EXPECT_TRUE(same("/" + text + "?x=y"));
    EXPECT_TRUE(same("/safe%3A" + text.substr(5)));
    EXPECT_TRUE(same("/" + to_hex(std::get<Address>(link.target))));
    for (const char *target : {"", "/", "/x", "/%", "/%z0", "/%4", "/..", "/safe:public-", "safe"})
        EXPECT_EQ(Errc::bad_link, code_of([&] { link_of_target(target); })) << target;
}

TEST(HttpRanges, AreThoseOfTheRfc) {
    const auto is = [](std::string_view header, std::uint64_t size, std::uint64_t first, std::uint64_t count) {
        const auto range = range_of(header, size);
        return range && range->first == first && range->size == count;
    };
    // RFC 9110, section 14.1.2, for a length of 10000.
    EXPECT_TRUE(is("bytes=0-499", 10000, 0, 500));
    EXPECT_TRUE(is("bytes=500-999", 10000, 500, 500));
    EXPECT_TRUE(is("bytes=-500", 10000, 9500, 500));
    EXPECT_TRUE(is("bytes=9500-", 10000, 9500, 500));
    EXPECT_TRUE(is("bytes=9999-20000", 10000, 9999, 1));
    EXPECT_TRUE(is("bytes=-20000", 10000, 0, 10000));
    EXPECT_TRUE(is("bytes=10000-", 10000, 10000, 0)) << "nothing of it is there";
    EXPECT_TRUE(is("bytes=-0", 10000, 10000, 0));
    for (const char *header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-", "bytes=0-0,2-3", "bytes=5-4", "items=0-1",
                               "bytes=99999999999999999999-", "bytes=1 -2"})
        EXPECT_FALSE(range_of(header, 10000)) << header;
}

TEST(ListenUrls, OfGatewaysAreOfThisMachineUnlessSaidOtherwise) {
    const auto here_only = [](const char *url) { return parse_listen_url(url).here_only; };
    for (const char *url : {"http://127.0.0.1:80", "http://127.3.2.1:0/", "http://localhost:1", "http://[::1]:1"})
        EXPECT_TRUE(here_only(url)) << url;
    EXPECT_FALSE(here_only("http://0.0.0.0:80/?public"));
    EXPECT_TRUE(parse_listen_url("http://0.0.0.0:80/?public").hosts().empty());
    EXPECT_EQ("127.3.2.1", parse_listen_url("http://127.3.2.1:0").hosts().back());
    for (const char *url : {"http://0.0.0.0:80", "http://127.evil:80", "http://[::]:80"})
        EXPECT_EQ(Errc::access_denied, code_of([&] { parse_listen_url(url); })) << url;
    for (const char *url : {"", "http:", "http://127.0.0.1", "http://127.0.0.1:80/path", "udp://127.0.0.1:1",
                            "/?public", "http://127.0.0.1:80/?private", "mem:"})
        EXPECT_EQ(Errc::bad_url, code_of([&] { parse_listen_url(url); })) << url;
    EXPECT_EQ("http://127.0.0.1:80/", parse_listen_url("http://127.0.0.1:0").reached({{}, "127.0.0.1", 80, ""}, "key"));
    EXPECT_EQ("tcp://a:80#key", parse_listen_url("tcp://a:0").reached({{}, "a", 80, ""}, "key"));
}

} // namespace
} // namespace safe
