#include "base/runtime.hpp"

namespace safe {

std::shared_ptr<void> Runtime::activity() {
    ++active_;
    idle_.cancel();
    return {nullptr, [self = shared_from_this()](void *) {
                if (--self->active_ > 0) return;
                self->idle_.expires_after(limits::idle_before_trim);
                self->idle_.async_wait([pool = self->pool_](boost::system::error_code error) {
                    if (!error) pool->trim();
                });
            }};
}

void Runtime::settle() {
    idle_.cancel();
    pool_->trim();
}

} // namespace safe
