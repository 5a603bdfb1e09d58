#include "host/connect.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

std::string path_of(std::string_view url) { return parse_connection_url(url).path; }

Error error_of(std::string_view url) {
    try {
        parse_connection_url(url);
    } catch (const Error &error) {
        return error;
    }
    return {Errc::ok, "parsed"};
}

TEST(ConnectionUrls, NameMemoryOrADirectory) {
    EXPECT_EQ(ConnectionUrl::Scheme::memory, parse_connection_url("mem:").scheme);
    EXPECT_EQ("/a/b", path_of("file:/a/b"));
    EXPECT_EQ("/a/b", path_of("file:///a/b"));
    EXPECT_EQ("/a/b", path_of("file://localhost/a/b"));
    EXPECT_EQ("a/b", path_of("file:a/b"));
    EXPECT_EQ("/a b/%", path_of("file:/a%20b/%25"));
    EXPECT_EQ("/\xc3\xa9", path_of("file:/\xc3\xa9"));
}

TEST(ConnectionUrls, ThatCannotBeMeantAreErrorsThatSayWhatWas) {
    EXPECT_EQ("cannot connect to \"\": it is empty; write mem: or file:/path/to/dir", error_of("").message());
    EXPECT_EQ("cannot connect to \"/a\": a URL begins with a scheme; did you mean file:/a?", error_of("/a").message());
    EXPECT_EQ(Errc::url_is_content, error_of("safe:public-abc").code());
    EXPECT_EQ(Errc::url_is_content, error_of("safe://site").code());
    EXPECT_EQ(Errc::unsupported, error_of("tcp://h:1#k").code());
    EXPECT_EQ(Errc::unsupported, error_of("wss://h/").code());
    for (const char *text : {"mem:x", "file:", "file://host/a", "http://a", "file:/a%2", "file:/a%zz", "file:/a%00b"})
        EXPECT_EQ(Errc::bad_url, error_of(text).code()) << text;
}

} // namespace
} // namespace safe
