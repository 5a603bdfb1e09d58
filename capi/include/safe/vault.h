/* For the owner of a vault: what is in it, is it sound, clearing up, and serving it to others. */
#ifndef SAFE_VAULT_H
#define SAFE_VAULT_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Figures of a vault. Result: report with "chunks", "chunk_bytes", "records" (versions), "record_bytes", "disk_bytes",
 * "free_bytes", "format". The vault is not made if it is missing (SAFE_STORE_MISSING). */
SAFE_API safe_op *safe_vault_info(const char *url SAFE_STR) SAFE_ASYNC("report") SAFE_OWNED SAFE_SINCE("1.0");

/* Reads and checks everything. Result: report with "checked", "checked_bytes", "bad"; its items are what is damaged.
 * Progress in objects. A damaged chunk is mended by the next put of the same content. */
SAFE_API safe_op *safe_vault_verify(const char *url SAFE_STR) SAFE_ASYNC("report") SAFE_OWNED SAFE_SINCE("1.0");

typedef enum safe_gc_flag {
    SAFE_GC_REMOVE = 1 /* really remove; without it nothing is changed */
} safe_gc_flag;

/* Finds the chunks that none of the links needs (`links`: link texts, one a line; empty lines and lines that begin with
 * # are skipped), and removes them if told so. Records are not touched. Safe beside running clients: what a put that is
 * still running has sent or found in place is kept. Fails without removing anything if a link cannot be read whole.
 * Result: report with "kept", "kept_bytes", "removed" (or to be removed), "removed_bytes", "in_use"; its items are the
 * chunks removed. */
SAFE_API safe_op *safe_vault_gc(const char *url SAFE_STR, const char *links SAFE_STR, uint32_t flags SAFE_ENUM("safe_gc_flag")) SAFE_ASYNC("report") SAFE_OWNED SAFE_SINCE("1.0");

/* Removes one chunk. Result: none. Errors: SAFE_NO_SUCH_DATA. */
SAFE_API safe_op *safe_vault_remove(const char *url SAFE_STR, const uint8_t address[32]) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* Opens the vault at vault_url ("mem:" too) and a connection over the transport that serves transport_url's scheme
 * (SAFE_PORT_TRANSPORT, safe/ports.h), and answers what a client on the other side asks, until that closes. A client is
 * whoever connects there, by safe_connect to a URL of a transport. Call it once for each connection; one vault takes any
 * number. Cancel it to end it before.
 * flags: safe_connect_flag, of the vault. Result: none. Errors: SAFE_BAD_URL (no transport serves that scheme),
 * SAFE_CONNECTION_FAILED, SAFE_BAD_MESSAGE (the other side does not speak the protocol), SAFE_CLOSED (the port was
 * freed). Whoever is on the other side may do everything that a client of the vault may do: the connection is neither
 * authenticated nor encrypted by the library. */
SAFE_API safe_op *safe_vault_serve(const char *vault_url SAFE_STR, const char *transport_url SAFE_STR, uint32_t flags SAFE_ENUM("safe_connect_flag")) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* A named figure of a report. Errors: SAFE_INVALID_ARGUMENT if there is none of that name. */
SAFE_API safe_status safe_report_value(const safe_report *report, const char *name SAFE_STR, uint64_t *value SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API uint64_t safe_report_item_count(const safe_report *report) SAFE_SINCE("1.0");
/* One item: the address of a chunk or a record, its size in bytes. Errors: SAFE_INVALID_RANGE. */
SAFE_API safe_status safe_report_item(const safe_report *report, uint64_t index, uint8_t address[32] SAFE_OUT, uint64_t *size SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* What is to be said of the item, e.g. "chunk: content does not match its address". NULL if there is none. */
SAFE_API const char *safe_report_item_text(const safe_report *report, uint64_t index) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");
SAFE_API void safe_report_free(safe_report *report SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
