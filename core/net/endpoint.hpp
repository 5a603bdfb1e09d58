// Where a vault is reached over a network: the part of a connection URL between its scheme and its key.
#pragma once

#include <cstdint>
#include <string>

namespace safe::net {

struct Endpoint {
    enum class Kind { tcp, ws, wss };
    Kind kind = Kind::tcp;
    std::string host; // a name or an address; an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string path; // of ws and wss: "/" and what follows

    // "tcp://127.0.0.1:5483", "ws://[::1]:80/vault"
    std::string text() const;
};

inline std::string Endpoint::text() const {
    std::string text = kind == Kind::tcp ? "tcp" : kind == Kind::ws ? "ws" : "wss";
    text += "://";
    text += host.find(':') == std::string::npos ? host : "[" + host + "]";
    return text + ":" + std::to_string(port) + path;
}

} // namespace safe::net
