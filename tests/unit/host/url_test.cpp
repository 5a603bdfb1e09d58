#include "host/connect.hpp"

#include "encoding/vault_key.hpp"

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
    EXPECT_EQ("cannot connect to \"\": it is empty; write mem:, file:/path/to/dir, tcp://host:port#key, "
              "ws://host:port#key or wss://host:port#key",
              error_of("").message());
    EXPECT_EQ("cannot connect to \"/a\": a URL begins with a scheme; did you mean file:/a?", error_of("/a").message());
    EXPECT_EQ(Errc::url_is_content, error_of("safe:public-abc").code());
    EXPECT_EQ(Errc::url_is_content, error_of("safe://site").code());
    for (const char *text :
         {"mem:x", "file:", "file://host/a", "http://a", "wss://h/", "file:/a%2", "file:/a%zz", "file:/a%00b"})
        EXPECT_EQ(Errc::bad_url, error_of(text).code()) << text;
}

const std::string key = "yryyqdoidot1wcja87dr4in5cjwzy756osgj8gibinz5pxqr3xjp1zjf"; // docs/protocol.md

TEST(ConnectionUrls, NameAVaultElsewhereWithItsKey) {
    const ConnectionUrl url = parse_connection_url("tcp://vault.example:5483#" + key);
    EXPECT_EQ(ConnectionUrl::Scheme::network, url.scheme);
    EXPECT_EQ("vault.example", url.endpoint.host);
    EXPECT_EQ(5483, url.endpoint.port);
    ASSERT_TRUE(url.key);
    EXPECT_EQ(key, vault_key_text(*url.key));
    EXPECT_EQ("tcp://vault.example:5483", url.url);
    EXPECT_EQ("::1", parse_connection_url("tcp://[::1]:1#" + key).endpoint.host);
    EXPECT_EQ("tcp://[::1]:1", parse_connection_url("tcp://[::1]:1/#" + key).url);
}

TEST(ConnectionUrls, ElsewhereThatLackSomethingSayWhat) {
    const auto told = [](const std::string &url) { return error_of(url).message(); };
    EXPECT_NE(std::string::npos, told("tcp://h:1").find("the vault's key is missing"));
    EXPECT_NE(std::string::npos, told("tcp://h#" + key).find("the port is missing"));
    EXPECT_NE(std::string::npos, told("tcp://[::1#" + key).find("a ] is missing"));
    EXPECT_NE(std::string::npos, told("tcp://::1:5#" + key).find("brackets"));
    EXPECT_NE(std::string::npos, told("tcp://h:65536#" + key).find("no port"));
    EXPECT_NE(std::string::npos, told("tcp://h:0#" + key).find("port 0"));
    EXPECT_NE(std::string::npos, told("tcp:h:1#" + key).find("//host:port"));
    EXPECT_NE(std::string::npos, told("tcp://h:1/path#" + key).find("no path"));
    std::string wrong = key;
    wrong[10] = wrong[10] == 'y' ? 'b' : 'y';
    for (const char *text : {"tcp://h:1#", "tcp://h:1#x", "tcp://#", "tcp://:1#"})
        EXPECT_EQ(Errc::bad_url, error_of(text).code()) << text;
    EXPECT_EQ(Errc::bad_url, error_of("tcp://h:1#" + wrong).code());
}

TEST(ConnectionUrls, MayBeSeveral) {
    const std::string one = "tcp://a:1#" + key, two = "tcp://b:2#" + key;
    ASSERT_EQ(1u, parse_connection_urls(one).size());
    ASSERT_EQ(2u, parse_connection_urls(one + " " + two).size());
    EXPECT_EQ("b", parse_connection_urls(one + " " + two)[1].endpoint.host);
    EXPECT_EQ("/a b", parse_connection_urls("file:/a b")[0].path); // not two
    EXPECT_THROW(parse_connection_urls(one + " mem:"), Error);
}

} // namespace
} // namespace safe
