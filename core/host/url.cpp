#include "host/connect.hpp"

#include "base/error.hpp"

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
        names.push_back(name == "file" ? "file:/path/to/dir" : std::string(name) + ":");
    if (added)
        for (const std::string &name : added->names()) names.push_back(name + ":");
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 < names.size() ? ", " : " " + std::string(last) + " ";
        text += names[i];
    }
    return text;
}

} // namespace

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
    if (auto opener = added ? added->find(scheme) : nullptr)
        return {ConnectionUrl::Scheme::added, "", std::string(text), std::move(opener)};
    if (scheme == "file") return directory(text.substr(colon + 1), text);
    if (scheme == "tcp" || scheme == "ws" || scheme == "wss")
        throw Error(Errc::unsupported, "cannot connect to \"" + std::string(text) + "\": this build has no " +
                                           std::string(scheme) + ": transport; use " + usable_schemes(added, "or"));
    if (scheme.empty()) {
        if (text.empty()) throw bad(text, "it is empty; write " + usable_schemes(added, "or"));
        throw bad(text, "a URL begins with a scheme; did you mean file:" + std::string(text) + "?");
    }
    throw bad(text, "unknown scheme \"" + std::string(scheme) + ":\"; there are " + usable_schemes(added, "and"));
}

} // namespace safe
