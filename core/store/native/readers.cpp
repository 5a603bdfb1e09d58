#include "store/native/readers.hpp"

namespace safe {

Readers::Lent Readers::lend() {
    std::unique_ptr<sqlite::Connection> connection;
    {
        std::unique_lock lock(mutex_);
        returned_.wait(lock, [this] { return out_ < limit; });
        ++out_;
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    Lent lent(nullptr, [this](sqlite::Connection *used) { take_back(used); });
    try {
        if (!connection) connection = std::make_unique<sqlite::Connection>(options_);
    } catch (...) {
        take_back(nullptr);
        throw;
    }
    lent.reset(connection.release());
    return lent;
}

void Readers::take_back(sqlite::Connection *connection) noexcept {
    std::unique_ptr<sqlite::Connection> used(connection);
    {
        const std::lock_guard lock(mutex_);
        --out_;
        // What was opened as unchangeable is right for one moment only.
        if (used && !options_.immutable) idle_.push_back(std::move(used));
    }
    returned_.notify_one();
}

} // namespace safe
