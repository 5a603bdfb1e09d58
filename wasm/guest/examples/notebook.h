/* A small core library of somebody else: a notebook on storage that need not be trusted.
 *
 * A note is private content: encrypted, stored under addresses that tell nothing. The index is a record that only the
 * holder of the key can write: one line for each note, its title and its (secret) link. One request at a time; each ends
 * when notebook_state says so. */
#ifndef NOTEBOOK_H
#define NOTEBOOK_H

#include <stddef.h>
#include <stdint.h>

typedef struct notebook notebook;

enum { NOTEBOOK_BUSY = 0, NOTEBOOK_READY = 1, NOTEBOOK_FAILED = 2 };
/* How the notebook hears of ends: called by the library, or by asking a queue in notebook_step. */
enum { NOTEBOOK_BY_CALLBACK = 0, NOTEBOOK_BY_QUEUE = 1 };

/* Connects. NULL if not even that can be tried. */
notebook *notebook_open(const char *url, const uint8_t seed[32], int32_t driven);
void notebook_add(notebook *book, const char *title, const uint8_t *text, size_t size);
/* Its result: the index, as it is stored. */
void notebook_list(notebook *book);
/* Its result: the text of the note that the index has in that line. */
void notebook_read(notebook *book, uint32_t line);
/* Works on what has ended, if driven by a queue; waits for it at most so long, where waiting is possible. */
void notebook_step(notebook *book, int64_t timeout_ms);
int32_t notebook_state(const notebook *book);
/* Of the last request: its result, or why it failed. */
const uint8_t *notebook_result(const notebook *book, size_t *size);
void notebook_close(notebook *book);

#endif
