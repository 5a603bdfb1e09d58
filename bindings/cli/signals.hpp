// Ctrl-C without torn state: SIGINT, SIGTERM and SIGHUP are blocked in every thread and let in only while the main
// thread waits, where they become an exception. What is under way is cancelled while that unwinds. A second signal ends
// the process on the spot.
#pragma once

#include <string>

namespace safe::cli {

struct Interrupted {
    int signal;
};

// To be called before the library makes its first thread, because threads inherit what is blocked.
void hold_signals();

// Waits until the descriptor is ready for `events` (of poll), or for the time given; -1 waits without limit.
// A descriptor of -1 only waits. Returns false if the time has passed. Throws Interrupted.
bool wait_for(int fd, short events, int timeout_ms);

// Throws Interrupted if a signal came since the last look.
inline void check_interrupted() { wait_for(-1, 0, 0); }

// A file that a second signal removes before it ends the process; empty: none.
void remove_when_killed(const std::string &path);

} // namespace safe::cli
