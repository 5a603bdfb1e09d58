// Opens connection URLs (DESIGN section 4): "mem:", "file:/path", "tcp://host:port#key", and those of schemes that were added.
#pragma once

#include "client/client.hpp"
#include "host/schemes.hpp"
#include "net/endpoint.hpp"

namespace safe {

struct ConnectionUrl {
    enum class Scheme { memory, directory, network, added };
    Scheme scheme;
    std::string path;                          // directory: decoded; absolute or relative to the working directory
    std::string url = {};                      // network, added: as it was given, but for the key of a vault behind #
    std::shared_ptr<SchemeOpener> opener = {}; // added
    net::Endpoint endpoint = {};               // network
    std::optional<crypto::PublicKey> key = {}; // of the vault: network, and added transports that have one

    bool is_elsewhere() const { return scheme == Scheme::network || (opener && opener->is_transport()); }
};

// Throws BAD_URL, URL_IS_CONTENT, UNSUPPORTED with a message that says what was meant.
ConnectionUrl parse_connection_url(std::string_view text, const Schemes *added = nullptr);

// One URL, or several that are separated by blanks: other ways to the same vault, or to others that have the same content.
// Those are of networks and transports only.
std::vector<ConnectionUrl> parse_connection_urls(std::string_view text, const Schemes *added = nullptr);

// Of "//host:port/path": BAD_URL, with `whole` in its message. A port of 0 is for those who listen.
net::Endpoint parse_endpoint(net::Endpoint::Kind kind, std::string_view rest, std::string_view whole);
std::optional<net::Endpoint::Kind> network_scheme(std::string_view scheme);

// A connection of its own over a network or the transport of an added scheme; CANCELLED as soon as that is asked for.
Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, JobRef job, ConnectionUrl url);

struct ConnectOptions {
    bool create = true; // make the directory's vault if there is none (else STORE_MISSING)
    // Who the client is to a vault elsewhere: a key of its own for each client if none is given, or nobody.
    std::optional<crypto::SigningKey> key = {};
    bool anonymous = false;
};

Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, ConnectOptions options);

} // namespace safe
