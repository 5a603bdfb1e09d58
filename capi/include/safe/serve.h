/* A vault of this process that is served to others: who connects is told which vault it is by its key, and may write only
 * if it says who it is, by a key of its own. Each connection is a secure session (docs/protocol.md): encrypted, and
 * authenticated on both sides. */
#ifndef SAFE_SERVE_H
#define SAFE_SERVE_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a vault to serve it.
 * key: the vault's: it is part of the URLs that clients connect to, so a vault that lasts keeps it. NULL: for file:DIR the
 *      one in DIR/vault.key, which is made if there is none; for mem: a new one.
 * url: as for safe_connect, but no transport's.
 * flags: safe_connect_flag. Result: vault.
 * Errors: those of safe_connect; SAFE_BAD_KEY (vault.key is none, or others can read it), SAFE_INVALID_ARGUMENT (no key,
 * where the library cannot keep one). */
SAFE_API safe_op *safe_vault_open(const safe_key *key SAFE_NULLABLE, const char *url SAFE_STR, uint32_t flags SAFE_ENUM("safe_connect_flag")) SAFE_ASYNC("vault") SAFE_OWNED SAFE_SINCE("1.0");

/* What is beyond a limit is refused with SAFE_BUSY, where nothing else is said: try again later. */
typedef enum safe_vault_limit {
    SAFE_VAULT_LIMIT_CONNECTIONS = 1,         /* at a time; 10,000 */
    SAFE_VAULT_LIMIT_HANDSHAKES = 2,          /* connections that have not said yet who they are; 256. When they are so many,
                                                 the oldest is closed for the next that comes, if it has had 2 s */
    SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT = 3,     /* of requests being answered and replies being sent; 64 MiB. Payloads
                                                 from 64 KiB on wait for room, and one client has at most half of it */
    SAFE_VAULT_LIMIT_REQUEST_SIZE = 4,        /* bytes in one request (SAFE_DATA_TOO_LARGE); 4 MiB, and never more */
    SAFE_VAULT_LIMIT_IDLE_MS = 5,             /* a connection on which nothing happens is closed; 300,000; 0: never */
    SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND = 6, /* of one client: of one key, or of one address without a key; 0: any */
    SAFE_VAULT_LIMIT_BYTES_PER_SECOND = 7,    /* the same, in both directions; 0: any */
    SAFE_VAULT_LIMIT_QUOTA = 8                /* new bytes that one client may store (SAFE_VAULT_REFUSED); 0: any. Counted in
                                                 memory: from 0 when the vault is opened */
} safe_vault_limit;

/* From now on. Errors: SAFE_INVALID_ARGUMENT (no such limit; 0 where that is no value). */
SAFE_API safe_status safe_vault_set_limit(safe_vault *vault, int32_t limit SAFE_ENUM("safe_vault_limit"), uint64_t value, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The vault's key, as it stands behind the # of its URLs; NULL for a bad handle. */
SAFE_API const char *safe_vault_key(const safe_vault *vault) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* Listens for connections, and serves each.
 * url: "tcp://host:port", "ws://host:port/path" or "wss://host:port/path"; port 0: any that is free. "http://host:port" is a
 *      gateway for reading without encryption (docs/gateway.md), which listens on the loopback alone; "http://host:port/?public"
 *      listens everywhere.
 * Result: none; there is one more of safe_vault_url then. Errors: SAFE_BAD_URL, SAFE_UNSUPPORTED (this build does not
 * listen itself: safe_vault_accept; wss: where there is no OpenSSL 3), SAFE_CONNECTION_FAILED (the port is taken, or is not ours to
 * take), SAFE_ACCESS_DENIED (a gateway beyond this machine), SAFE_INVALID_ARGUMENT (wss: without a certificate, or with files that
 * are not one and its key), SAFE_FILE_NOT_FOUND, SAFE_IO. */
SAFE_API safe_op *safe_vault_listen(safe_vault *vault, const char *url SAFE_STR) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* For listeners of wss: that follow: files in PEM form, the certificate with its chain, and its private key. A listener looks at them
 * for each connection: when they are replaced by others that go together, the next connection is shown the new certificate. */
SAFE_API safe_status safe_vault_set_certificate(safe_vault *vault, const char *certificate_file SAFE_STR, const char *key_file SAFE_STR, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* What clients connect to: the URL of each listener, with the port that it has and the vault's key; of a gateway without. */
SAFE_API uint64_t safe_vault_url_count(const safe_vault *vault) SAFE_SINCE("1.0");
/* NULL for a bad handle and beyond the last one. */
SAFE_API const char *safe_vault_url(const safe_vault *vault, uint64_t index) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");

/* Serves one connection, over the transport that serves transport_url's scheme (SAFE_PORT_TRANSPORT, safe/ports.h), until
 * the other side closes it, or the vault is drained or freed. Cancel it to end it before. Result: none.
 * Errors: SAFE_BAD_URL (no transport serves that scheme), SAFE_BUSY, SAFE_CONNECTION_FAILED, SAFE_BAD_MESSAGE (the other
 * side does not speak the protocol), SAFE_CLOSED. */
SAFE_API safe_op *safe_vault_accept(safe_vault *vault, const char *transport_url SAFE_STR) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* What was counted since the vault was opened, and how it stands, as Prometheus reads it (text format 0.0.4; names begin
 * with safe_vault_). Result: bytes. */
SAFE_API safe_op *safe_vault_metrics(safe_vault *vault) SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");

/* Stops listening, takes no more requests (SAFE_BUSY), waits until those under way are done, at most timeout_ms, and closes
 * all connections. Result: none. Errors: SAFE_INVALID_ARGUMENT (a negative time). */
SAFE_API safe_op *safe_vault_drain(safe_vault *vault, int64_t timeout_ms) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* Closes all listeners and connections at once. Nothing that was acknowledged is lost. */
SAFE_API void safe_vault_free(safe_vault *vault SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
