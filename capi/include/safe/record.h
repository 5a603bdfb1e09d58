/* Records: small signed values with versions, which only the holder of their key can write.
 *
 * A record's address follows from its owner's public key and its label. Version 0 is made by safe_record_create; each
 * further one must be the successor of the newest. All versions stay readable. Values are stored as given, not encrypted.
 * Readers check signature, address and version, so a vault cannot forge or alter a record. Format: docs/formats.md. */
#ifndef SAFE_RECORD_H
#define SAFE_RECORD_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SAFE_VERSION_NEWEST UINT64_MAX

/* The address of the owner's record of that label (1 to 255 bytes). */
SAFE_API safe_status safe_record_address_of(const uint8_t owner[32], const char *label SAFE_STR, uint8_t address[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Makes version 0. Result: record. value: at most 1 MiB.
 * Errors: SAFE_DATA_EXISTS with detail current_version; SAFE_DATA_TOO_LARGE. */
SAFE_API safe_op *safe_record_create(safe_client *client, const safe_key *key, const char *label SAFE_STR, const uint8_t *value SAFE_LEN("size") SAFE_NULLABLE, size_t size) SAFE_ASYNC("record") SAFE_OWNED SAFE_SINCE("1.0");

/* Makes the version given, which must be the newest one plus 1. Result: record.
 * Errors: SAFE_INVALID_SUCCESSOR with detail current_version; SAFE_NO_SUCH_DATA; SAFE_DATA_TOO_LARGE. */
SAFE_API safe_op *safe_record_set(safe_client *client, const safe_key *key, const char *label SAFE_STR, uint64_t version, const uint8_t *value SAFE_LEN("size") SAFE_NULLABLE, size_t size) SAFE_ASYNC("record") SAFE_OWNED SAFE_SINCE("1.0");

/* Fetches one version, or the newest (SAFE_VERSION_NEWEST). Result: record.
 * Errors: SAFE_NO_SUCH_DATA; SAFE_VAULT_LIED if what came fails verification. */
SAFE_API safe_op *safe_record_get(safe_client *client, const uint8_t address[32], uint64_t version) SAFE_ASYNC("record") SAFE_OWNED SAFE_SINCE("1.0");

/* Lists versions from the newest down, at most `limit` (1 to 1000) of those below `before` (SAFE_VERSION_NEWEST: all).
 * Result: record_page. */
SAFE_API safe_op *safe_record_list(safe_client *client, const uint8_t address[32], uint64_t before, uint32_t limit) SAFE_ASYNC("record_page") SAFE_OWNED SAFE_SINCE("1.0");

/* What a record says: its address, its owner's public key, its label, version and value. */
SAFE_API safe_status safe_record_address(const safe_record *record, uint8_t address[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_record_owner(const safe_record *record, uint8_t owner[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API const char *safe_record_label(const safe_record *record) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");
SAFE_API uint64_t safe_record_version(const safe_record *record) SAFE_SINCE("1.0");
SAFE_API safe_status safe_record_value(const safe_record *record, safe_bytes **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API void safe_record_free(safe_record *record SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The number of records on a page. */
SAFE_API uint64_t safe_record_page_count(const safe_record_page *page) SAFE_SINCE("1.0");
/* One record of a page. Errors: SAFE_INVALID_RANGE. */
SAFE_API safe_status safe_record_page_get(const safe_record_page *page, uint64_t index, safe_record **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* Whether there is more: 1 and the `before` of the next page, or 0. */
SAFE_API safe_status safe_record_page_next(const safe_record_page *page, int32_t *more SAFE_OUT, uint64_t *before SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API void safe_record_page_free(safe_record_page *page SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
