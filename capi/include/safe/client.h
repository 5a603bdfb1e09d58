/* Clients: a connection to a vault. */
#ifndef SAFE_CLIENT_H
#define SAFE_CLIENT_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_connect_flag {
    SAFE_CONNECT_NO_CREATE = 1 /* fail with SAFE_STORE_MISSING instead of making a new vault directory */
} safe_connect_flag;

/* Connects to a vault.
 * url: "mem:" (a new empty vault in memory) or "file:/path/to/dir" (a vault in a directory that any number of threads
 *      and processes may use at once; made if it does not exist; %XX escapes are understood).
 *      Or a URL of a scheme that a port serves (safe/ports.h).
 * Result: client.
 * Errors: SAFE_BAD_URL, SAFE_URL_IS_CONTENT, SAFE_UNSUPPORTED (a scheme that this build does not have), SAFE_STORE_*,
 * SAFE_CONNECTION_FAILED (over a transport). */
SAFE_API safe_op *safe_connect(const char *url SAFE_STR, uint32_t flags SAFE_ENUM("safe_connect_flag")) SAFE_ASYNC("client") SAFE_OWNED SAFE_SINCE("1.0");

/* The URL it is connected to; NULL for a bad handle. */
SAFE_API const char *safe_client_url(const safe_client *client) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* Cancels what the client still does; its writers, readers and operations fail with SAFE_CLOSED afterwards. */
SAFE_API void safe_client_free(safe_client *client SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
