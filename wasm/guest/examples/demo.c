/* Three notes go into a notebook and come out again; what happened is written down. One step at a time, so that whoever
 * runs it (native.c, or a page) can do something else meanwhile. */
#include "demo.h"

#include "guest.h"
#include "notebook.h"
#include "safe/safe.h"

enum { transcript_size = 16384, long_note = 200000 };

static struct {
    notebook *book;
    int32_t step;
    int32_t state;
    uint8_t *text; /* of the long note */
    char transcript[transcript_size];
    size_t length;
} demo;

static void say(const char *text, size_t size) {
    if (size > transcript_size - 1 - demo.length) size = transcript_size - 1 - demo.length;
    memcpy(demo.transcript + demo.length, text, size);
    demo.length += size;
    demo.transcript[demo.length] = 0;
}

static void say_text(const char *text) { say(text, strlen(text)); }

static void say_number(uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    say(digits + at, sizeof digits - at);
}

static uint64_t sum_of(const uint8_t *bytes, size_t size) {
    uint64_t sum = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < size; ++i) sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

static void tell_result(const char *what) {
    size_t size = 0;
    const uint8_t *result = notebook_result(demo.book, &size);
    say_text(what);
    say_text(": ");
    if (size > 4096) {
        say_number(size);
        say_text(" bytes, sum ");
        say_number(sum_of(result, size));
    } else {
        say((const char *)result, size);
    }
    say_text("\n");
}

static void add(const char *title, const char *text) {
    notebook_add(demo.book, title, (const uint8_t *)text, strlen(text));
}

static void finish(int32_t state) {
    notebook_close(demo.book);
    demo.book = NULL;
    safe_guest_free(demo.text);
    demo.text = NULL;
    say_text("handles: ");
    say_number(safe_debug_live_handles());
    say_text("\n");
    demo.state = state;
}

SAFE_GUEST_EXPORT(demo_start) int32_t demo_start(int32_t driven) {
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; ++i) seed[i] = (uint8_t)(i * 7 + 1);
    demo.step = 0;
    demo.length = 0;
    demo.state = DEMO_RUNS;
    say_text("libsafe ");
    say_text(safe_version_string());
    say_text("\n");
    demo.book = notebook_open("mem:", seed, driven);
    if (!demo.book) demo.state = DEMO_FAILED;
    return demo.state;
}

SAFE_GUEST_EXPORT(demo_step) int32_t demo_step(int64_t timeout_ms) {
    if (demo.state != DEMO_RUNS) return demo.state;
    notebook_step(demo.book, timeout_ms);
    const int32_t state = notebook_state(demo.book);
    if (state == NOTEBOOK_BUSY) return demo.state;
    if (state == NOTEBOOK_FAILED && demo.step != 7) {
        tell_result("failed");
        finish(DEMO_FAILED);
        return demo.state;
    }
    switch (demo.step++) {
    case 0: add("groceries", "milk, bread, a pencil"); break;
    case 1:
        tell_result("added");
        add("empty", "");
        break;
    case 2:
        tell_result("added");
        demo.text = safe_guest_alloc(long_note);
        for (uint32_t i = 0, x = 1; i < long_note; ++i, x = x * 1664525u + 1013904223u)
            demo.text[i] = (uint8_t)(x >> 24);
        notebook_add(demo.book, "long", demo.text, long_note);
        break;
    case 3:
        tell_result("added");
        notebook_list(demo.book);
        break;
    case 4:
        tell_result("index");
        notebook_read(demo.book, 2);
        break;
    case 5:
        tell_result("long");
        notebook_read(demo.book, 0);
        break;
    case 6:
        tell_result("groceries");
        notebook_read(demo.book, 3); /* there is none */
        break;
    default: tell_result("no such note"); finish(DEMO_DONE);
    }
    return demo.state;
}

SAFE_GUEST_EXPORT(demo_transcript) const char *demo_transcript(void) { return demo.transcript; }
