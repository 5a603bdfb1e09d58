#include "notifier.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <sys/eventfd.h>
#include <unistd.h>

namespace safe {

Notifier::Notifier() = default;

Notifier::~Notifier() {
    if (fd_ >= 0) ::close(fd_);
}

int Notifier::descriptor() {
    if (fd_ >= 0) return fd_;
    fd_ = ::eventfd(readable_ ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd_ < 0)
        throw Error(Errc::io, std::string("no file descriptor for the queue: ") + std::strerror(errno) +
                                  "; close some, or raise the limit (ulimit -n)");
    return fd_;
}

void Notifier::set(bool readable) noexcept {
    if (readable == readable_) return;
    readable_ = readable;
    if (fd_ < 0) return;
    std::uint64_t count = 1;
    // Neither can fail on a counter that goes between 0 and 1.
    if (readable)
        (void)!::write(fd_, &count, sizeof count);
    else
        (void)!::read(fd_, &count, sizeof count);
}

} // namespace safe
