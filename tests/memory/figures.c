#include "figures.h"

#include <stdio.h>
#include <stdlib.h>

struct figures figures_now(void) {
    struct figures f = {0, 0, 0};
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    if (!status) {
        perror("/proc/self/status");
        exit(2);
    }
    while (fgets(line, sizeof line, status)) {
        sscanf(line, "VmRSS: %ld", &f.rss_kib);
        sscanf(line, "RssAnon: %ld", &f.anon_kib);
        sscanf(line, "VmHWM: %ld", &f.peak_kib);
    }
    fclose(status);
    return f;
}

void figures_reset_peak(void) {
    FILE *refs = fopen("/proc/self/clear_refs", "w");
    if (!refs || fputs("5\n", refs) < 0 || fclose(refs) != 0) {
        perror("/proc/self/clear_refs");
        exit(2);
    }
}
