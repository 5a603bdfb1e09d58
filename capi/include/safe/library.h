/* The library itself: versions, features, settings, logs, leak check. */
#ifndef SAFE_LIBRARY_H
#define SAFE_LIBRARY_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header. */
#define SAFE_VERSION_MAJOR 1
#define SAFE_VERSION_MINOR 0
#define SAFE_VERSION_PATCH 0
#define SAFE_ABI_VERSION 1

/* Of the library that runs: major * 1000000 + minor * 1000 + patch; its text, e.g. "1.0.0"; and the ABI, which a
 * binding compares with the SAFE_ABI_VERSION that it was built with. */
SAFE_API uint32_t safe_version_number(void) SAFE_SINCE("1.0");
SAFE_API const char *safe_version_string(void) SAFE_STR SAFE_BORROWED SAFE_SINCE("1.0");
SAFE_API uint32_t safe_abi_version(void) SAFE_SINCE("1.0");

/* 1 if this build has the feature, else 0. Names: "mem", "file" (connection URL schemes), "files" (safe_put_file,
 * safe_get_file), "wait" (blocking calls block), "s1" (the 2018 chunk format), and the schemes of live ports (safe/ports.h).
 * Unknown names are 0. */
SAFE_API int32_t safe_feature(const char *name SAFE_STR) SAFE_SINCE("1.0");

typedef enum safe_setting {
    SAFE_SETTING_WORKERS = 1, /* CPU workers; default SAFE_WORKERS from the environment, else the number of cores, at most 2 */
    SAFE_SETTING_MEMORY = 2   /* bytes of working memory for all operations of the process; default SAFE_MEMORY (MiB) from
                                 the environment, else 64 MiB for one worker and 48 MiB more for each further one */
} safe_setting;

/* Changes a setting of the process. 0 restores the default.
 * Errors: SAFE_INVALID_ARGUMENT; SAFE_BUSY while a client is connected or an operation is under way. */
SAFE_API safe_status safe_set(int32_t setting SAFE_ENUM("safe_setting"), uint64_t value, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The value in force, 0 for an unknown setting. */
SAFE_API uint64_t safe_get(int32_t setting SAFE_ENUM("safe_setting")) SAFE_SINCE("1.0");

typedef enum safe_log_level {
    SAFE_LOG_ERROR = 1,
    SAFE_LOG_WARNING = 2,
    SAFE_LOG_INFO = 3,
    SAFE_LOG_DEBUG = 4
} safe_log_level;

/* Receives one line without line end. Any thread; not under a lock of the library; must not call the library. */
typedef void (*safe_log_fn)(void *user_data SAFE_CALLBACK, int32_t level SAFE_ENUM("safe_log_level"), const char *message SAFE_STR);

/* Sets the process's log sink; NULL turns logging off (the default). Lines above `level` are not made. No line holds
 * user data, names of content, or secrets. After the call returns the former sink is not called any more. */
SAFE_API void safe_log_to(int32_t level SAFE_ENUM("safe_log_level"), safe_log_fn sink SAFE_CALLBACK SAFE_NULLABLE, void *user_data SAFE_CALLBACK SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The number of handles that are not freed yet, of all types. 0 at the end of a program without leaks. */
SAFE_API uint64_t safe_debug_live_handles(void) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
