// Nothing listens in a wasm module.
#include "host/gateway.hpp"

#include "base/error.hpp"

namespace safe {

Awaitable<void> serve_gateway(RuntimeRef, JobRef, std::shared_ptr<net::Stream>, GatewayPages) {
    throw Error(Errc::unsupported, "this build has no gateway");
    co_return;
}

} // namespace safe
