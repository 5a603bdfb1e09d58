/* Runs the demonstration as a program of its own. Argument: 0 for callbacks, 1 for a queue. */
#define _POSIX_C_SOURCE 200809L
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
    const int32_t driven = argc > 1 ? atoi(argv[1]) : 0;
    const struct timespec moment = {0, 1000000};
    int32_t state = demo_start(driven);
    while (state == DEMO_RUNS) {
        if (driven == 0) nanosleep(&moment, NULL); /* the library calls meanwhile */
        state = demo_step(100);
    }
    fputs(demo_transcript(), stdout);
    return state == DEMO_DONE ? 0 : 1;
}
