// Secure sessions (DETAILS D9; docs/protocol.md, "Secure session"): over any stream, between a client that knows the key of
// the vault it wants and that vault.
#pragma once

#include "net/sealed_stream.hpp"
#include "net/stream.hpp"

#include "base/cancel.hpp"
#include "base/runtime.hpp"
#include "crypto/sign.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace safe::net {

// Who is on the other side.
struct Peer {
    std::optional<crypto::PublicKey> key; // none: anonymous
};

struct Secured {
    std::shared_ptr<Stream> stream;
    Peer peer;
};

struct SecureLimits {
    // For all of the handshake. The client's is shorter, so that a client knows that it took too long, and does not see a
    // connection that a vault has ended for that.
    std::chrono::milliseconds client_handshake{8'000};
    std::chrono::milliseconds server_handshake{10'000};
    RecordLimits records = {};
};

// An error for a client that is not wanted: it is told so.
using Admit = std::function<std::optional<Error>(const Peer &)>;

// The stream is theirs from then on, and closed when they throw: BAD_SIGNATURE if the other side does not prove that it has
// the key, or somebody has altered what was sent; BAD_MESSAGE if it is no vault at all; TIMEOUT; CONNECTION_FAILED; CANCELLED;
// on the client's side also what the vault refuses it with. Loop thread.
Awaitable<std::shared_ptr<Stream>> secure_client(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                                 crypto::PublicKey vault, std::optional<crypto::SigningKey> me,
                                                 SecureLimits limits);
Awaitable<Secured> secure_server(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                 crypto::SigningKey vault, Admit admit, SecureLimits limits);

inline Awaitable<std::shared_ptr<Stream>> secure_client(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                                        crypto::PublicKey vault, std::optional<crypto::SigningKey> me) {
    return secure_client(std::move(runtime), std::move(job), std::move(stream), vault, std::move(me), SecureLimits());
}
inline Awaitable<Secured> secure_server(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                        crypto::SigningKey vault) {
    return secure_server(std::move(runtime), std::move(job), std::move(stream), std::move(vault), Admit(),
                         SecureLimits());
}

} // namespace safe::net
