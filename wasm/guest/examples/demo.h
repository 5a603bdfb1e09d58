/* The notebook's demonstration: started, stepped until it has ended, then read. */
#ifndef DEMO_H
#define DEMO_H

#include <stdint.h>

enum { DEMO_RUNS = 0, DEMO_DONE = 1, DEMO_FAILED = 2 };

int32_t demo_start(int32_t driven);
int32_t demo_step(int64_t timeout_ms);
const char *demo_transcript(void);

#endif
