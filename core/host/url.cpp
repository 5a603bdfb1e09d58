#include "host/connect.hpp"

#include "base/error.hpp"
#include "encoding/vault_key.hpp"

#include <algorithm>
#include <string>

namespace safe {
namespace {

Error bad(std::string_view text, const std::string &why) {
    return {Errc::bad_url, "cannot connect to \"" + std::string(text) + "\": " + why};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// %XX escapes (RFC 3986, section 2.1).
std::string unescaped(std::string_view text, std::string_view whole) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) throw bad(whole, "% must be followed by two hex digits (write % itself as %25)");
        plain += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return plain;
}

ConnectionUrl directory(std::string_view rest, std::string_view whole) {
    if (rest.substr(0, 2) == "//") {
        // file:///path and file://localhost/path are other spellings of file:/path (RFC 8089, appendix B).
        rest.remove_prefix(2);
        if (rest.substr(0, 10) == "localhost/") rest.remove_prefix(9);
        if (rest.empty() || rest.front() != '/') throw bad(whole, "a file: URL names no host; write file:/path/to/dir");
    }
    ConnectionUrl url{ConnectionUrl::Scheme::directory, unescaped(rest, whole)};
    if (url.path.empty()) throw bad(whole, "the directory is missing; write file:/path/to/dir");
    if (url.path.find('\0') != std::string::npos) throw bad(whole, "a path cannot hold a NUL byte");
    return url;
}

// "mem:, file:/path/to/dir and mine:"
std::string usable_schemes(const Schemes *added, std::string_view last) {
    std::vector<std::string> names;
    for (const std::string_view name : built_in_schemes())
        names.push_back(name == "file"  ? "file:/path/to/dir"
                        : name == "mem" ? "mem:"
                                        : std::string(name) + "://host:port#key");
    if (added)
        for (const std::string &name : added->names()) names.push_back(name + ":");
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 < names.size() ? ", " : " " + std::string(last) + " ";
        text += names[i];
    }
    return text;
}

bool is_built_in(std::string_view scheme) {
    const auto &own = built_in_schemes();
    return std::find(own.begin(), own.end(), scheme) != own.end();
}

// What is behind the first #, and the text without it.
std::optional<crypto::PublicKey> take_key(std::string_view &text) {
    const std::size_t mark = text.find('#');
    if (mark == std::string_view::npos) return std::nullopt;
    const std::string_view key = text.substr(mark + 1);
    text = text.substr(0, mark);
    return parse_vault_key(key);
}

Error keyless(std::string_view whole) {
    return bad(whole,
               "the vault's key is missing, without which anybody could answer; take the whole URL that the vault "
               "says when it begins to serve");
}

ConnectionUrl of_network(net::Endpoint::Kind kind, std::string_view rest, std::string_view whole) {
    ConnectionUrl url{ConnectionUrl::Scheme::network, ""};
    url.key = take_key(rest);
    if (!url.key) throw keyless(whole);
    url.endpoint = parse_endpoint(kind, rest, whole);
    if (url.endpoint.port == 0) throw bad(whole, "there is no port 0 to connect to");
    url.url = url.endpoint.text();
    return url;
}

ConnectionUrl of_added(std::string_view text, std::shared_ptr<SchemeOpener> opener) {
    ConnectionUrl url{ConnectionUrl::Scheme::added, ""};
    const std::size_t colon = text.find(':');
    // Where somebody brings along the sockets, its URLs are as strict as with sockets of our own.
    if (const auto kind = network_scheme(text.substr(0, colon))) {
        url = of_network(*kind, text.substr(colon + 1), text);
        url.scheme = ConnectionUrl::Scheme::added;
    } else {
        if (opener->is_transport()) url.key = take_key(text);
        url.url = std::string(text);
    }
    url.opener = std::move(opener);
    return url;
}

} // namespace

std::optional<net::Endpoint::Kind> network_scheme(std::string_view scheme) {
    if (scheme == "tcp") return net::Endpoint::Kind::tcp;
    if (scheme == "ws") return net::Endpoint::Kind::ws;
    if (scheme == "wss") return net::Endpoint::Kind::wss;
    return std::nullopt;
}

net::Endpoint parse_endpoint(net::Endpoint::Kind kind, std::string_view rest, std::string_view whole) {
    constexpr std::size_t most_of_a_host = 253; // RFC 1035, section 2.3.4, as text
    if (rest.substr(0, 2) != "//") throw bad(whole, "after the scheme comes //host:port");
    rest.remove_prefix(2);
    const std::size_t slash = rest.find('/');
    net::Endpoint endpoint{kind, "", 0, std::string(slash == std::string_view::npos ? "" : rest.substr(slash))};
    if (kind == net::Endpoint::Kind::tcp && endpoint.path.size() > 1) throw bad(whole, "tcp: has no path");
    if (kind == net::Endpoint::Kind::tcp) endpoint.path.clear();
    rest = rest.substr(0, slash);
    const bool bracket = rest.substr(0, 1) == "[";
    const std::size_t end = bracket ? rest.find(']') : rest.rfind(':');
    if (end == std::string_view::npos)
        throw bad(whole, bracket ? "a ] is missing" : "the port is missing; write host:port");
    endpoint.host = std::string(bracket ? rest.substr(1, end - 1) : rest.substr(0, end));
    std::string_view port = rest.substr(bracket ? end + 1 : end);
    if (port.substr(0, 1) != ":") throw bad(whole, "the port is missing; write host:port");
    port.remove_prefix(1);
    const auto good = [bracket](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_' || (bracket && (c == ':' || c == '%'));
    };
    if (endpoint.host.empty() || endpoint.host.size() > most_of_a_host ||
        !std::all_of(endpoint.host.begin(), endpoint.host.end(), good))
        throw bad(whole, "\"" + endpoint.host + "\" is no host; an IPv6 address stands in brackets");
    for (const char c : endpoint.path)
        if (c <= ' ' || c > '~' || c == '#')
            throw bad(whole, "a path has no blanks and no characters outside of ASCII; write %XX");
    const bool digits = !port.empty() && port.size() <= 5 &&
                        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    const unsigned long number = digits ? std::stoul(std::string(port)) : 65536;
    if (number > 65535) throw bad(whole, "\"" + std::string(port) + "\" is no port; there are 1 to 65535");
    endpoint.port = static_cast<std::uint16_t>(number);
    return endpoint;
}

std::vector<ConnectionUrl> parse_connection_urls(std::string_view text, const Schemes *added) {
    const std::string_view first = text.substr(0, text.find(' '));
    if (first.size() == text.size()) return {parse_connection_url(text, added)};
    const std::string_view scheme = first.substr(0, std::min(first.find(':'), first.size()));
    const auto opener = added ? added->find(scheme) : nullptr;
    // Others may have blanks of their own.
    if (!network_scheme(scheme) && !(opener && opener->is_transport())) return {parse_connection_url(text, added)};
    std::vector<ConnectionUrl> urls;
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        if (blank > 0) urls.push_back(parse_connection_url(text.substr(0, blank), added));
        text.remove_prefix(std::min(blank + 1, text.size()));
        if (!urls.empty() && !urls.back().is_elsewhere())
            throw bad(text, "of several URLs, each is one of a network or a transport");
    }
    return urls;
}

ConnectionUrl parse_connection_url(std::string_view text, const Schemes *added) {
    const std::size_t colon = text.find(':');
    const std::string_view scheme = text.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (scheme == "safe")
        throw Error(Errc::url_is_content, "a safe: link names content, not a vault; connect to a vault (" +
                                              usable_schemes(added, "or") + ") and open the link there");
    if (scheme == "mem") {
        if (text.size() > colon + 1) throw bad(text, "mem: takes nothing after the colon");
        return {ConnectionUrl::Scheme::memory, ""};
    }
    if (auto opener = added ? added->find(scheme) : nullptr) return of_added(text, std::move(opener));
    if (scheme == "file") return directory(text.substr(colon + 1), text);
    if (const auto kind = network_scheme(scheme)) {
        if (!is_built_in(scheme))
            throw Error(Errc::unsupported, "cannot connect to \"" + std::string(text) + "\": this build has no " +
                                               std::string(scheme) + ": transport; use " + usable_schemes(added, "or"));
        return of_network(*kind, text.substr(colon + 1), text);
    }
    if (scheme.empty()) {
        if (text.empty()) throw bad(text, "it is empty; write " + usable_schemes(added, "or"));
        throw bad(text, "a URL begins with a scheme; did you mean file:" + std::string(text) + "?");
    }
    throw bad(text, "unknown scheme \"" + std::string(scheme) + ":\"; there are " + usable_schemes(added, "and"));
}

} // namespace safe
