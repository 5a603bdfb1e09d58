// Where connections come in.
#pragma once

#include "net/endpoint.hpp"
#include "net/stream.hpp"

#include "base/cancel.hpp"
#include "base/runtime.hpp"

#include <memory>
#include <string>

namespace safe::net {

// Paths of files in PEM form; empty: none.
struct TlsFiles {
    std::string certificate, key;
};

struct Accepted {
    std::shared_ptr<Stream> stream;
    std::string from; // the address of the other side, without its port
};

// Loop thread. One accept at a time.
class Listener {
  public:
    virtual ~Listener() = default;
    // Waits for a connection. CLOSED after close(). What a stream still has to agree on before it carries bytes (WebSocket,
    // TLS) it does when it is first used, so that nobody who is slow at that keeps others waiting.
    virtual Awaitable<Accepted> accept() = 0;
    virtual void close() = 0;
    // With the port that was chosen, if 0 was asked for.
    virtual Endpoint bound() const = 0;
};

// CONNECTION_FAILED: the address is not this machine's, or is in use. UNSUPPORTED where there are no sockets.
Awaitable<std::shared_ptr<Listener>> listen(RuntimeRef runtime, JobRef job, Endpoint endpoint, TlsFiles files);

} // namespace safe::net
