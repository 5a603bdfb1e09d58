// A wasm module has no sockets of its own. JavaScript has, and serves their schemes as ports (safe/ports.h).
#include "net/dial.hpp"
#include "net/listener.hpp"

#include "base/error.hpp"

namespace safe::net {

Awaitable<std::shared_ptr<Stream>> dial(RuntimeRef, JobRef, Endpoint endpoint) {
    throw Error(Errc::unsupported, "cannot connect to " + endpoint.text() + ": this build has no sockets");
    co_return nullptr;
}

Awaitable<std::shared_ptr<Listener>> listen(RuntimeRef, JobRef, Endpoint endpoint, TlsFiles) {
    throw Error(Errc::unsupported, "cannot listen at " + endpoint.text() + ": this build has no sockets");
    co_return nullptr;
}

} // namespace safe::net
