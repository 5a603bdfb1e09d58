#include "notifier.hpp"

#include "base/error.hpp"

namespace safe {

Notifier::Notifier() = default;
Notifier::~Notifier() = default;

int Notifier::descriptor() {
    throw Error(Errc::unsupported,
                "a queue has no file descriptor in this build; use safe_op_on_done, or ask the queue "
                "with safe_queue_next after each turn of the event loop");
}

void Notifier::set(bool readable) noexcept { readable_ = readable; }

} // namespace safe
