/* Clients: a connection to a vault. */
#ifndef SAFE_CLIENT_H
#define SAFE_CLIENT_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_connect_flag {
    SAFE_CONNECT_NO_CREATE = 1, /* fail with SAFE_STORE_MISSING instead of making a new vault directory */
    SAFE_CONNECT_ANONYMOUS = 2  /* do not say who the client is to a vault elsewhere: it may then read, but not write */
} safe_connect_flag;

/* Connects to a vault.
 * url: "mem:" (a new empty vault in memory) or "file:/path/to/dir" (a vault in a directory that any number of threads
 *      and processes may use at once; made if it does not exist; %XX escapes are understood).
 *      Or a URL of a scheme that a port serves (safe/ports.h).
 *      Or "tcp://host:port#key", "ws://host:port/path#key" or "wss://host:port/path#key", a vault that is served elsewhere
 *      ("safe vault serve" says its URL, of which the key is a part): by TCP, WebSocket, WebSocket and TLS; over a secure
 *      session, encrypted and only with the vault that has that key. Several of these, separated by blanks, are tried in
 *      order. When the connection breaks the client makes another one by itself, and what was asked
 *      meanwhile is asked again (safe_client_state, safe_client_set_timeout).
 * Result: client.
 * Errors: SAFE_BAD_URL, SAFE_URL_IS_CONTENT, SAFE_UNSUPPORTED (a scheme that this build does not have), SAFE_STORE_*,
 * SAFE_CONNECTION_FAILED, SAFE_TIMEOUT, SAFE_BAD_SIGNATURE (who answers does not have the vault's key, or with wss:
 * no certificate that the system trusts), SAFE_BAD_MESSAGE (it is no vault). */
SAFE_API safe_op *safe_connect(const char *url SAFE_STR, uint32_t flags SAFE_ENUM("safe_connect_flag")) SAFE_ASYNC("client") SAFE_OWNED SAFE_SINCE("1.0");

/* Connects as whoever has the key, so that a vault elsewhere knows the client again when it comes again, from wherever: rates and
 * quota are of one key (safe_vault_set_limit). safe_connect makes a new key for each client. The vault sees the public key;
 * a key that also signs records shows it whose they are. A vault in this process does not ask who its clients are.
 * flags: as for safe_connect, without SAFE_CONNECT_ANONYMOUS. Result and errors: those of safe_connect. */
SAFE_API safe_op *safe_connect_as(const safe_key *key, const char *url SAFE_STR, uint32_t flags SAFE_ENUM("safe_connect_flag")) SAFE_ASYNC("client") SAFE_OWNED SAFE_SINCE("1.0");

typedef enum safe_client_state_code {
    SAFE_CLIENT_CONNECTED = 1,    /* always so for a vault in the process itself */
    SAFE_CLIENT_DISCONNECTED = 2, /* the connection broke; the client is trying to make another one, by itself */
    SAFE_CLIENT_CLOSED = 3        /* the client was freed */
} safe_client_state_code;

/* Whether the client has a connection to its vault now. Any thread; SAFE_CLIENT_CLOSED for a bad handle. */
SAFE_API int32_t safe_client_state(const safe_client *client) SAFE_ENUM("safe_client_state_code") SAFE_SINCE("1.0");

/* Ends as soon as the state is another than `known`; ask for the state again then. This is how to hear of changes: ask for
 * the next one with the state that was seen last. Errors: SAFE_CLOSED when the client is freed meanwhile. */
SAFE_API safe_op *safe_client_next_state(safe_client *client, int32_t known SAFE_ENUM("safe_client_state_code")) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* How long an operation of the client waits for the network before it fails, in milliseconds: for a connection, if there
 * is none (SAFE_CONNECTION_FAILED), and for bytes to move, if there is one (SAFE_TIMEOUT). 10,000 unless it is set; 0
 * restores that. Nothing to a vault in the process itself. Errors: SAFE_INVALID_ARGUMENT (more than a day). */
SAFE_API safe_status safe_client_set_timeout(safe_client *client, uint64_t milliseconds, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The URL it is connected to; NULL for a bad handle. */
SAFE_API const char *safe_client_url(const safe_client *client) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* Cancels what the client still does; its writers, readers and operations fail with SAFE_CLOSED afterwards. */
SAFE_API void safe_client_free(safe_client *client SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
