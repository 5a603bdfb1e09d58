// TLS 1.2 and 1.3 over any stream of ours, by OpenSSL.
#pragma once

#include "net/listener.hpp"

#include <memory>
#include <string>

namespace safe::net {

// What all sessions of a listener, or one of a client, are made with.
class TlsContext;
using TlsContextRef = std::shared_ptr<const TlsContext>;

// I/O thread. UNSUPPORTED without OpenSSL.
TlsContextRef make_tls_client_context();
// FILE_NOT_FOUND, IO, INVALID_ARGUMENT if the files are not a certificate and its key.
TlsContextRef make_tls_server_context(const TlsFiles &files);

// The handshake is done when the stream is first used, which is for one thing at a time until then.
std::shared_ptr<Stream> make_tls_server(RuntimeRef runtime, std::shared_ptr<Stream> stream, TlsContextRef context);
// The certificate must be that of the host, a name or an address, by an authority that the system trusts (or
// the environment says: SSL_CERT_FILE, SSL_CERT_DIR); if not, BAD_SIGNATURE when it is first used.
std::shared_ptr<Stream> make_tls_client(RuntimeRef runtime, std::shared_ptr<Stream> stream, TlsContextRef context,
                                        std::string host);

} // namespace safe::net
