/* Links: one text that holds everything needed to read one piece of content.
 *
 * "safe:public-..." holds the address of a data map that is stored in the vault: anybody who learns it can read.
 * "safe:private-..." holds the data map itself, which is stored nowhere else: it is a secret, and losing it loses the
 * content. Both carry the size and, if given, a name and a media type; both are checksummed and under 700 characters.
 * Format: docs/formats.md, "Links". */
#ifndef SAFE_LINK_H
#define SAFE_LINK_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Errors: SAFE_BAD_LINK. */
SAFE_API safe_status safe_link_parse(const char *text SAFE_STR, safe_link **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The link to content whose (public) data map is stored under the address; its size is not known. */
SAFE_API safe_status safe_link_from_address(const uint8_t address[32], safe_link **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The private link that holds this data map (MessagePack, as upstream writes .datamap files; docs/formats.md).
 * Errors: SAFE_BAD_DATA_MAP; SAFE_DATA_TOO_LARGE for a map of more than three chunks, which no link can hold. */
SAFE_API safe_status safe_link_from_datamap(const uint8_t *datamap SAFE_LEN("size"), size_t size, safe_link **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The same link with another name (NULL: none; at most 128 bytes) and media type (NULL: none; at most 64 bytes). */
SAFE_API safe_status safe_link_with(const safe_link *link, const char *name SAFE_STR SAFE_NULLABLE, const char *media_type SAFE_STR SAFE_NULLABLE, safe_link **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The canonical text. NULL for a bad handle. */
SAFE_API const char *safe_link_text(const safe_link *link) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");

/* 1 for a private link (a secret), 0 for a public one or a bad handle. */
SAFE_API int32_t safe_link_is_private(const safe_link *link) SAFE_SINCE("1.0");

/* The size of the content in bytes; SAFE_SIZE_UNKNOWN if the link does not say, or for a bad handle. */
SAFE_API uint64_t safe_link_size(const safe_link *link) SAFE_SINCE("1.0");

/* The name and the media type, or NULL. */
SAFE_API const char *safe_link_name(const safe_link *link) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");
SAFE_API const char *safe_link_media_type(const safe_link *link) SAFE_STR SAFE_BORROWED SAFE_NULLABLE SAFE_SINCE("1.0");

/* The address of a public link's data map. Errors: SAFE_INVALID_ARGUMENT for a private link, which has none. */
SAFE_API safe_status safe_link_address(const safe_link *link, uint8_t address[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The data map of a private link as MessagePack. Errors: SAFE_INVALID_ARGUMENT for a public link, whose map is in the
 * vault (safe_chunk_get). */
SAFE_API safe_status safe_link_datamap(const safe_link *link, safe_bytes **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

SAFE_API void safe_link_free(safe_link *link SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
