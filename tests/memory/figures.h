/* What the kernel says about this process's memory (proc(5), /proc/pid/status). */
#ifndef FIGURES_H
#define FIGURES_H

struct figures {
    long rss_kib;  /* VmRSS: resident now */
    long anon_kib; /* RssAnon: of these, what is no file's page */
    long peak_kib; /* VmHWM: the most that was ever resident since figures_reset_peak */
};

struct figures figures_now(void);
void figures_reset_peak(void);

#endif
