#include "host/listen_url.hpp"

#include "base/error.hpp"
#include "host/connect.hpp"

#include <algorithm>

namespace safe {
namespace {

constexpr std::string_view for_all = "/?public";

bool is_loopback(const std::string &host) {
    const bool digits =
        std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return host == "localhost" || host == "::1" || (digits && host.rfind("127.", 0) == 0);
}

ListenUrl gateway(std::string_view rest, const std::string &url) {
    ListenUrl parsed{ListenUrl::Door::gateway};
    const bool is_public = rest.size() > for_all.size() && rest.substr(rest.size() - for_all.size()) == for_all;
    if (is_public) rest.remove_suffix(for_all.size());
    parsed.endpoint = parse_endpoint(net::Endpoint::Kind::tcp, rest, url);
    parsed.here_only = !is_public;
    if (!is_public && !is_loopback(parsed.endpoint.host))
        throw Error(Errc::access_denied,
                    "a gateway at \"" + url +
                        "\" would be for everybody who can reach it, without encryption; listen at "
                        "127.0.0.1, or write /?public behind the port if that is what you want");
    return parsed;
}

} // namespace

std::vector<std::string> ListenUrl::hosts() const {
    if (!here_only) return {};
    return {"localhost", "127.0.0.1", "[::1]", endpoint.host}; // which is another one of 127.0.0.0/8
}

std::string ListenUrl::reached(const net::Endpoint &bound, const std::string &key) const {
    const std::string text = bound.text();
    if (door == Door::gateway) return "http" + text.substr(text.find(':')) + "/";
    return text + "#" + key;
}

ListenUrl parse_listen_url(const std::string &url) {
    const std::size_t colon = std::min(url.find(':'), url.size());
    const std::string_view scheme = std::string_view(url).substr(0, colon);
    const std::string_view rest = colon == url.size() ? std::string_view() : std::string_view(url).substr(colon + 1);
    if (scheme == "http") return gateway(rest, url);
    const auto kind = network_scheme(scheme);
    if (!kind)
        throw Error(Errc::bad_url, "cannot listen at \"" + url +
                                       "\": write tcp://host:port, ws://host:port/path, wss://host:port/path or "
                                       "http://host:port; port 0 means any that is free");
    return {ListenUrl::Door::session, parse_endpoint(*kind, rest, url)};
}

} // namespace safe
