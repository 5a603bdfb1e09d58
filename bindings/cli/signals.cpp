#include "signals.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace safe::cli {
namespace {

volatile std::sig_atomic_t caught = 0;
std::atomic<bool> has_doomed_file{false};
char doomed_file[PATH_MAX];

constexpr int handled[] = {SIGINT, SIGTERM, SIGHUP};

void on_signal(int signal) {
    if (caught == 0) {
        caught = signal;
        return;
    }
    if (has_doomed_file.load()) ::unlink(doomed_file);
    ::_exit(128 + signal);
}

sigset_t handled_set() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : handled) sigaddset(&set, signal);
    return set;
}

} // namespace

void hold_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int signal : handled) {
        // nohup and shells without job control set signals to be ignored: that stays so.
        struct sigaction before {};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
    }
    const sigset_t set = handled_set();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A reader that goes away is noticed as EPIPE by the write, a limit on file sizes as EFBIG.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

bool wait_for(int fd, short events, int timeout_ms) {
    sigset_t open;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &open);
    for (const int signal : handled) sigdelset(&open, signal);
    const timespec timeout{timeout_ms / 1000, (timeout_ms % 1000) * 1'000'000L};
    pollfd entry{fd, events, 0};
    int ready = 0;
    do {
        ready = ::ppoll(&entry, 1, timeout_ms < 0 ? nullptr : &timeout, &open);
    } while (ready < 0 && errno == EINTR && caught == 0);
    if (caught != 0) {
        // From now on a second signal is let in everywhere, so that even a library that hangs can be ended.
        const sigset_t set = handled_set();
        ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
        throw Interrupted{caught};
    }
    if (ready < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for input or output");
    return ready > 0;
}

void remove_when_killed(const std::string &path) {
    has_doomed_file = false;
    if (path.empty() || path.size() >= sizeof doomed_file) return;
    std::memcpy(doomed_file, path.c_str(), path.size() + 1);
    has_doomed_file = true;
}

} // namespace safe::cli
