/* Error codes and error objects.
 *
 * Numbers above -3000 are those of the 2019 client libraries; new ones come in one block per part of the library.
 * Codes are only ever added. */
#ifndef SAFE_ERROR_H
#define SAFE_ERROR_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_code {
    SAFE_OK = 0,

    SAFE_ENCODE_DECODE = -1,        /* bytes or text not in the form that was expected */
    SAFE_RANDOM_FAILED = -8,        /* the platform gave no random bytes */
    SAFE_OPERATION_FORBIDDEN = -9,  /* not allowed for this client */
    SAFE_ACCESS_DENIED = -100,      /* the rules of the object forbid it */
    SAFE_NO_SUCH_DATA = -103,       /* nothing is stored under that address */
    SAFE_DATA_EXISTS = -104,        /* already there; details: current_version */
    SAFE_DATA_TOO_LARGE = -105,     /* one object above its limit; details: limit */
    SAFE_INVALID_SUCCESSOR = -111,  /* not the version that follows; details: current_version */
    SAFE_FILE_NOT_FOUND = -301,     /* no such local file */
    SAFE_INVALID_RANGE = -302,      /* range outside of the content */
    SAFE_UNEXPECTED = -2000,        /* a bug or an unknown condition; the message says more */

    SAFE_INVALID_ARGUMENT = -3000,  /* an argument is NULL, malformed or out of range; the message names it */
    SAFE_OUT_OF_MEMORY = -3001,
    SAFE_CANCELLED = -3002,         /* the operation was cancelled before it took effect */
    SAFE_TIMEOUT = -3003,           /* nothing happened in the time given */
    SAFE_BUSY = -3004,              /* a resource is held by others for too long */
    SAFE_UNSUPPORTED = -3005,       /* not in this build or on this platform */
    SAFE_IO = -3006,                /* a local file could not be read or written */

    SAFE_INVALID_HANDLE = -3020,    /* NULL, freed, or never given out by this library */
    SAFE_WRONG_HANDLE_TYPE = -3021, /* a live handle of another type */
    SAFE_CLOSED = -3022,            /* the client or stream was closed */
    SAFE_FORKED = -3023,            /* used in the child of a fork */
    SAFE_WOULD_DEADLOCK = -3024,    /* blocking call on the thread that would have to make progress */
    SAFE_PENDING = -3025,           /* the operation has not ended yet */
    SAFE_ALREADY_TAKEN = -3026,     /* the result was taken before */
    SAFE_TOO_MANY_HANDLES = -3027,
    SAFE_WRONG_RESULT = -3028,      /* the operation has a result of another type */
    SAFE_WOKEN = -3029,             /* safe_queue_wake was called */

    SAFE_BAD_SIGNATURE = -3040,
    SAFE_BAD_KEY = -3041,

    SAFE_BAD_LINK = -3060,          /* not a link: wrong form, version or checksum */
    SAFE_BAD_DATA_MAP = -3061,      /* not a data map, or one that no writer would make */
    SAFE_BAD_MESSAGE = -3062,       /* malformed protocol message or stored record */

    SAFE_TOO_LARGE = -3080,         /* more than 157,132 chunks (about 658 GB) */
    SAFE_SOURCE_CHANGED = -3081,    /* the source gave other bytes when it was read again */
    SAFE_SIZE_MISMATCH = -3082,     /* fewer or more bytes than announced */
    SAFE_CHUNK_CORRUPT = -3083,     /* content does not match its address or its data map */
    SAFE_UNSUPPORTED_FORMAT = -3084,

    SAFE_STORE_IO = -3100,          /* the vault's disk failed */
    SAFE_STORE_FULL = -3101,        /* no space left */
    SAFE_STORE_READ_ONLY = -3102,   /* the vault's directory cannot be written */
    SAFE_STORE_CORRUPT = -3103,     /* the vault's own files are damaged */
    SAFE_STORE_VERSION = -3104,     /* written by a newer or another format */
    SAFE_STORE_BUSY = -3105,        /* another process holds what is needed */
    SAFE_STORE_MISSING = -3106,     /* there is no vault, and it was not to be made */

    SAFE_VAULT_REFUSED = -3120,     /* the vault did not accept the request; the message says why */
    SAFE_VAULT_LIED = -3121,        /* the vault's answer fails verification */

    SAFE_CONNECTION_FAILED = -3140, /* a connection could not be made, broke, or was closed by the other side */

    SAFE_BAD_URL = -3180,           /* not a connection URL */
    SAFE_URL_IS_CONTENT = -3181     /* a link was given where a connection URL is wanted */
} safe_code;

/* The constant's name, e.g. "SAFE_STORE_FULL"; "SAFE_UNKNOWN" for numbers that are no code. Lives for ever. */
SAFE_API const char *safe_code_name(int32_t code SAFE_ENUM("safe_code")) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* 1 if the same call may succeed later without a change by the caller, else 0. */
SAFE_API int32_t safe_code_is_retryable(int32_t code SAFE_ENUM("safe_code")) SAFE_SINCE("1.0");

/* The code; SAFE_INVALID_HANDLE for a bad handle. */
SAFE_API int32_t safe_error_code(const safe_error *error) SAFE_ENUM("safe_code") SAFE_SINCE("1.0");

/* What failed, on what, why, and what to do next. NULL for a bad handle. */
SAFE_API const char *safe_error_message(const safe_error *error) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* The number of named details, and the name of one of them (NULL if there is none of that index). */
SAFE_API uint64_t safe_error_detail_count(const safe_error *error) SAFE_SINCE("1.0");
SAFE_API const char *safe_error_detail_name(const safe_error *error, uint64_t index) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");

/* A detail that is a number.
 * Returns: SAFE_OK; SAFE_INVALID_ARGUMENT if there is none of that name or it is text; SAFE_INVALID_HANDLE. */
SAFE_API safe_status safe_error_detail_u64(const safe_error *error, const char *name SAFE_STR, uint64_t *value SAFE_OUT) SAFE_SINCE("1.0");

/* A detail that is text, or NULL. */
SAFE_API const char *safe_error_detail_text(const safe_error *error, const char *name SAFE_STR) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");

SAFE_API void safe_error_free(safe_error *error SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
