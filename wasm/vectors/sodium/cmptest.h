/* Takes the place of the header of this name in libsodium's tests: a test program becomes a function SAFE_TEST_MAIN,
 * and what it prints is kept for comparison. */
#ifndef __CMPTEST_H__
#define __CMPTEST_H__

#undef NDEBUG
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quirks.h"
#include "sodium.h"

/* As upstream has it on this platform. */
static unsigned char *guard_page;

int safe_test_print(const char *format, ...);
#define printf(...) safe_test_print(__VA_ARGS__)
#define main SAFE_TEST_MAIN

#endif
