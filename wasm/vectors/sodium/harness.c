/* What libsodium's test programs print, kept in memory. */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char text[4 << 20];
static size_t size;

int safe_test_print(const char *format, ...) {
    va_list values;
    int length;

    va_start(values, format);
    length = vsnprintf(text + size, sizeof text - size, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof text - size) {
        abort();
    }
    size += (size_t)length;
    return length;
}

int begin(void) { return sodium_init(); }
const char *output(void) { return text; }
size_t output_size(void) { return size; }
