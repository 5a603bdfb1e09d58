/* Ports: stores and transports that a program brings along itself.
 *
 * A port serves the connection URLs of one scheme. When somebody connects to such a URL, the vault behind it asks the
 * port's owner for what it needs, one small safe_request at a time: open, create if absent, get, list, ... The owner
 * fetches requests (safe_port_next), looks at them, answers each once, from any thread and in any order, and frees them.
 * All else stays as with the stores of the library: content is encrypted before it gets here and verified after it comes
 * back, so that a port which lies can lose data, but not alter it unseen.
 *
 * What a store must promise (docs/ports.md): of any number of racing CREATEs of one key, in all processes, exactly one
 * makes it; a value is whole or not there; what was answered is durable.
 *
 * A transport moves bytes to and from another process, where a vault is served (safe_vault_serve), and knows nothing of
 * what they mean: one reliable stream of bytes each way, in order. */
#ifndef SAFE_PORTS_H
#define SAFE_PORTS_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_port_kind {
    SAFE_PORT_STORE = 1,    /* keeps what vaults are made of: values under keys */
    SAFE_PORT_TRANSPORT = 2 /* moves bytes: OPEN, SEND, RECEIVE and CLOSE are all that it is asked */
} safe_port_kind;

/* What a request asks for; the getters that say more about it; the answers that it takes. Each also takes
 * safe_request_fail. Keys are 1 to 200 printable ASCII characters, compared as bytes; values have 0 bytes to 5 MiB. */
typedef enum safe_request_kind_code {
    SAFE_REQUEST_OPEN = 1,    /* url, flags (safe_connect_flag): open the store, or make it; done(1). The first of its
                                 connection; the others come when it is answered */
    SAFE_REQUEST_CLOSE = 2,   /* the connection is not used any more: the last of it; done(1). Nobody waits for the answer */
    SAFE_REQUEST_CREATE = 3,  /* key, data: put the value there if there is none; done(1: made, 0: there is one) */
    SAFE_REQUEST_REPLACE = 4, /* key, data: put the value there, in one step, whatever was there; done(1) */
    SAFE_REQUEST_GET = 5,     /* key, offset, length: the bytes from offset on, at most length (up to 5 MiB), fewer only
                                 at the value's end; give or none */
    SAFE_REQUEST_EXISTS = 6,  /* key: done(1: there is one, 0: there is none) */
    SAFE_REQUEST_LIST = 7,    /* key: a prefix (may be empty), after, limit: the keys that begin with the prefix and are
                                 greater than after, ascending; add for each, at most limit (up to 1000), then done(1:
                                 there are more, 0: that is all) */
    SAFE_REQUEST_REMOVE = 8,  /* key: remove it; done(1: removed, 0: there was none) */
    SAFE_REQUEST_FIGURES = 9, /* key: a prefix (may be empty): figures; or fail with SAFE_UNSUPPORTED: then the library
                                 counts by LIST */
    SAFE_REQUEST_SEND = 10,   /* data, 1 byte to 64 KiB: put them on the stream; done(1) when they are taken. The next
                                 SEND of the connection comes after that, so whoever has no room answers later */
    SAFE_REQUEST_RECEIVE = 11 /* length (up to 64 KiB): give at least 1 byte and at most so many, as soon as there are
                                 any; none: the other side has closed. One at a time, beside a SEND */
} safe_request_kind_code;

/* Makes a port.
 * scheme: of the URLs that it serves: 2 to 32 of a-z, 0-9, +, - and . that begin with a letter. "mine" serves "mine:",
 *         "mine:/a/path", "mine://host?x": what follows the colon means what the port says; it gets the URL as it is.
 * Clients of one URL of a store share a connection: one OPEN, one CLOSE after the last of them was freed. Over a
 * transport each client and each safe_vault_serve has its own. After a failure a transport's connection is of no use any
 * more: CLOSE comes. CLOSE may also come while a SEND or RECEIVE waits: an answer to that is SAFE_CLOSED.
 * Errors: SAFE_INVALID_ARGUMENT (not such a scheme, or one that this build has itself), SAFE_BUSY (another port has it). */
SAFE_API safe_status safe_port_create(int32_t kind SAFE_ENUM("safe_port_kind"), const char *scheme SAFE_STR, safe_port **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The next request. Any number of threads may fetch.
 * timeout_ms: 0 does not wait, SAFE_FOREVER waits without limit.
 * Returns: SAFE_OK; SAFE_TIMEOUT; SAFE_CLOSED when the port is freed meanwhile; SAFE_WOULD_DEADLOCK in a callback, unless
 * timeout_ms is 0. */
SAFE_API safe_status safe_port_next(safe_port *port, int64_t timeout_ms, safe_request **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_BLOCKS SAFE_SINCE("1.0");

/* Called once, when requests wait: fetch them with safe_port_next(port, 0, ...) until it returns SAFE_TIMEOUT, and set
 * the callback again. On the library's loop thread, under no lock, and it must not block; on the calling thread, before
 * safe_port_on_request returns, if requests wait already. If the port is freed before, it is still called once, with NULL
 * for `port`: so whatever `user_data` points to can be freed there. If another thread frees it at that very moment, the
 * handle may be stale already: safe_port_next and safe_port_on_request then return SAFE_INVALID_HANDLE, and this call was
 * the last one. */
typedef void (*safe_request_fn)(void *user_data SAFE_CALLBACK, safe_port *port SAFE_BORROWED);
/* Errors: SAFE_INVALID_ARGUMENT if a callback is set that was not called yet. */
SAFE_API safe_status safe_port_on_request(safe_port *port, safe_request_fn wake SAFE_CALLBACK, void *user_data SAFE_CALLBACK SAFE_NULLABLE, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Its scheme is free again. Requests without an answer fail with SAFE_CLOSED, as does everything that its connections do
 * from then on. */
SAFE_API void safe_port_free(safe_port *port SAFE_NULLABLE) SAFE_SINCE("1.0");

/* What is asked. SAFE_INVALID_HANDLE (negative) for a bad handle. */
SAFE_API int32_t safe_request_kind(const safe_request *request) SAFE_ENUM("safe_request_kind_code") SAFE_SINCE("1.0");
/* The URL that was connected to. NULL for a bad handle. */
SAFE_API const char *safe_request_url(const safe_request *request) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");
/* The connection that it belongs to: a number that an OPEN brings in. 0 for a bad handle. */
SAFE_API uint64_t safe_request_connection(const safe_request *request) SAFE_SINCE("1.0");
/* Empty where the kind has none. NULL for a bad handle. */
SAFE_API const char *safe_request_key(const safe_request *request) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");
SAFE_API const char *safe_request_after(const safe_request *request) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");
/* 0 where the kind has none. */
SAFE_API uint64_t safe_request_offset(const safe_request *request) SAFE_SINCE("1.0");
SAFE_API uint64_t safe_request_length(const safe_request *request) SAFE_SINCE("1.0");
SAFE_API uint64_t safe_request_limit(const safe_request *request) SAFE_SINCE("1.0");
SAFE_API uint32_t safe_request_flags(const safe_request *request) SAFE_ENUM("safe_connect_flag") SAFE_SINCE("1.0");
/* The value. Both live until the request is freed, whatever it was answered. */
SAFE_API size_t safe_request_size(const safe_request *request) SAFE_SINCE("1.0");
SAFE_API const uint8_t *safe_request_data(const safe_request *request) SAFE_LEN_FN("safe_request_size") SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");

/* The answers. A wrong one is refused and changes nothing: the request still waits for one.
 * Errors of all: SAFE_WRONG_RESULT (the kind takes another answer), SAFE_ALREADY_TAKEN (it was answered before),
 * SAFE_CLOSED (the port was freed, or the connection closed: nobody waits for it), and those of each. */

/* yes: 1 or 0, where the kind has a 0; see there.
 * Errors: SAFE_INVALID_ARGUMENT (another number; a LIST of which there is more although no key was added). */
SAFE_API safe_status safe_request_done(safe_request *request, int32_t yes, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* The bytes that a GET or RECEIVE asks for, copied. Errors: SAFE_DATA_TOO_LARGE (more than safe_request_length),
 * SAFE_INVALID_ARGUMENT (none for a RECEIVE). */
SAFE_API safe_status safe_request_give(safe_request *request, const uint8_t *data SAFE_LEN("size") SAFE_NULLABLE, size_t size, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* There is no value under the key; the other side has closed. */
SAFE_API safe_status safe_request_none(safe_request *request, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* One key of a LIST and the size of its value; not yet the answer.
 * Errors: SAFE_INVALID_ARGUMENT (no key, without the prefix, not greater than the one before), SAFE_DATA_TOO_LARGE (a
 * value above 5 MiB), SAFE_INVALID_RANGE (more than safe_request_limit). */
SAFE_API safe_status safe_request_add(safe_request *request, const char *key SAFE_STR, uint64_t size, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* Values with the prefix and their bytes; of the whole store: bytes used on its disk, and free there; 0 if not known. */
SAFE_API safe_status safe_request_figures(safe_request *request, uint64_t objects, uint64_t bytes, uint64_t used_bytes, uint64_t free_bytes, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* It could not be done.
 * code: SAFE_STORE_IO, _FULL, _READ_ONLY, _CORRUPT (of a GET or EXISTS: this one value is damaged; a put of the same
 *       content mends it), _VERSION, _BUSY, _MISSING, SAFE_BAD_URL, SAFE_ACCESS_DENIED, SAFE_UNSUPPORTED, SAFE_TIMEOUT,
 *       SAFE_BUSY, SAFE_OUT_OF_MEMORY. Of a transport: SAFE_CONNECTION_FAILED instead of SAFE_STORE_*.
 * message: why, and after a "; " what to do next. The library puts before it what failed, on what: "cannot read <key> in
 *       <url>: <message>". Cut after 1000 bytes.
 * Errors: SAFE_INVALID_ARGUMENT (another code; no UTF-8). */
SAFE_API safe_status safe_request_fail(safe_request *request, int32_t code SAFE_ENUM("safe_code"), const char *message SAFE_STR, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Without an answer before: it fails with SAFE_STORE_IO, or SAFE_CONNECTION_FAILED. */
SAFE_API void safe_request_free(safe_request *request SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
