/* The law of this interface, and the types that every header uses.
 *
 * Names      Everything begins with safe_ or SAFE_.
 * Handles    Opaque pointer types whose value is not an address: it is never dereferenced, and a stale, foreign,
 *            wrong-type or twice-freed handle is an error, not a crash. Every handle that a call gives out is owned by
 *            the caller and freed once with the safe_<type>_free of its type; freeing NULL does nothing. A handle keeps
 *            alive what it needs: children may be freed after or before their parent.
 * Order      Object first, then inputs (a pointer and its length side by side), flags, outputs, the error last.
 * Outputs    Written only on success. Where an output is a handle, it is NULL after a failure.
 * Errors     A call that can fail returns safe_status: SAFE_OK (0) or a negative code, and, if its last argument is not
 *            NULL, puts a safe_error there that the caller frees. Getters that cannot say so return 0 or NULL for a bad
 *            handle.
 * Strings    UTF-8 ending in NUL. Strings given out belong to the object asked and live as long as its handle.
 * Threads    Every function may be called from any thread; calls on one handle may overlap. Freeing a handle while
 *            another thread uses it is safe: that call fails or completes.
 * Waiting    Nothing blocks except safe_op_wait, safe_queue_next and safe_port_next. Work is started by functions that
 *            return a safe_op. On wasm those three never block: they return SAFE_TIMEOUT at once.
 * fork       In the child of a fork every call but the free functions and those of errors fails with SAFE_FORKED, if the
 *            parent had made a handle before. A child made earlier uses the library as if it were alone.
 */
#ifndef SAFE_TYPES_H
#define SAFE_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* Opens every exported declaration, at the start of a line. */
#if defined(SAFE_API)
/* the user's own definition stands */
#elif defined(__GNUC__)
#define SAFE_API __attribute__((visibility("default")))
#else
#define SAFE_API
#endif

/* Facts for the generators of bindings (capi/model); empty for compilers. A closed list. */
#ifdef SAFE_MODEL
#define SAFE_ANNOTATE_(text) __attribute__((annotate(text)))
#else
#define SAFE_ANNOTATE_(text)
#endif
/* function: since which version */
#define SAFE_SINCE(version) SAFE_ANNOTATE_("since:" version)
/* function returning safe_op *: the type of the operation's result: none, u64, or a handle type without safe_ */
#define SAFE_ASYNC(result) SAFE_ANNOTATE_("async:" result)
/* function: may block the calling thread */
#define SAFE_BLOCKS SAFE_ANNOTATE_("blocks")
/* pointer: holds this many bytes, given by the named parameter */
#define SAFE_LEN(parameter) SAFE_ANNOTATE_("len:" parameter)
/* function returning a pointer: the named function of the same object gives the number of bytes */
#define SAFE_LEN_FN(function) SAFE_ANNOTATE_("lenfn:" function)
/* char pointer: UTF-8 ending in NUL */
#define SAFE_STR SAFE_ANNOTATE_("str")
/* pointer: NULL is allowed */
#define SAFE_NULLABLE SAFE_ANNOTATE_("nullable")
/* output handle, or returned handle: the caller frees it */
#define SAFE_OWNED SAFE_ANNOTATE_("owned")
/* returned pointer or output pointer: belongs to the object asked */
#define SAFE_BORROWED SAFE_ANNOTATE_("borrowed")
/* input buffer: not copied; must stay valid until the operation has ended */
#define SAFE_KEPT SAFE_ANNOTATE_("kept")
/* pointer to a value or an array that the call writes */
#define SAFE_OUT SAFE_ANNOTATE_("out")
/* integer: flags or a value of the named enum */
#define SAFE_ENUM(name) SAFE_ANNOTATE_("enum:" name)
/* function pointer or user data of a callback */
#define SAFE_CALLBACK SAFE_ANNOTATE_("callback")

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t safe_status;

typedef struct safe_error_s safe_error;
typedef struct safe_bytes_s safe_bytes;
typedef struct safe_op_s safe_op;
typedef struct safe_queue_s safe_queue;
typedef struct safe_client_s safe_client;
typedef struct safe_link_s safe_link;
typedef struct safe_receipt_s safe_receipt;
typedef struct safe_writer_s safe_writer;
typedef struct safe_reader_s safe_reader;
typedef struct safe_key_s safe_key;
typedef struct safe_record_s safe_record;
typedef struct safe_record_page_s safe_record_page;
typedef struct safe_report_s safe_report;
typedef struct safe_s1_encoder_s safe_s1_encoder;
typedef struct safe_s1_map_s safe_s1_map;
typedef struct safe_port_s safe_port;
typedef struct safe_request_s safe_request;
typedef struct safe_vault_s safe_vault;

/* A size that is not known. */
#define SAFE_SIZE_UNKNOWN UINT64_MAX
/* Wait without limit. */
#define SAFE_FOREVER (-1)

#ifdef __cplusplus
}
#endif

#endif
