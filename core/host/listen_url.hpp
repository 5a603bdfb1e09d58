// Where a served vault listens, and for whom.
#pragma once

#include "net/endpoint.hpp"

#include <string>
#include <vector>

namespace safe {

struct ListenUrl {
    enum class Door { session, gateway };
    Door door = Door::session;
    net::Endpoint endpoint;
    bool here_only = false; // of a gateway

    // The names by which a gateway of this machine alone is asked, as they stand in requests; none: any.
    std::vector<std::string> hosts() const;
    // What is told to those who connect, after `bound` is known.
    std::string reached(const net::Endpoint &bound, const std::string &key) const;
};

// tcp://host:port, ws://host:port/path, wss://host:port/path; http://host:port, which is of the loopback alone, or
// http://host:port/?public. Throws BAD_URL, ACCESS_DENIED (a gateway elsewhere that is not said to be public).
ListenUrl parse_listen_url(const std::string &url);

} // namespace safe
