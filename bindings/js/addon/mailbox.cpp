#include "mailbox.hpp"

#include <algorithm>
#include <utility>

namespace safe_addon {

namespace {

// Of lines of a log, which may come faster than anybody reads them; others come once for each call.
constexpr std::size_t most_repeated = 10000;

} // namespace

void Mailbox::open(napi_threadsafe_function wake) {
    const std::lock_guard lock(mutex_);
    wake_ = wake;
}

void Mailbox::close() {
    std::deque<Letter> dropped; // go without the lock
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    dropped.swap(letters_);
}

void Mailbox::post(Letter letter) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        if (!wake_ || (!letter.listener->once && letter.message && letters_.size() >= most_repeated)) return;
        letters_.push_back(std::move(letter));
        wake();
    } catch (const std::bad_alloc &) {
        // There is no memory for it, and nobody here to tell.
    }
}

std::vector<Mailbox::Letter> Mailbox::take(std::size_t most) {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    const auto end = letters_.begin() + static_cast<std::ptrdiff_t>(std::min(most, letters_.size()));
    std::vector<Letter> taken(std::make_move_iterator(letters_.begin()), std::make_move_iterator(end));
    letters_.erase(letters_.begin(), end);
    if (!letters_.empty()) wake();
    return taken;
}

void Mailbox::wake() {
    if (woken_ || !wake_) return;
    woken_ = napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking) == napi_ok;
}

void post(void *user_data, Message message) noexcept {
    auto *const slot = static_cast<ListenerRef *>(user_data);
    const ListenerRef listener = *slot;
    if (listener->once) delete slot;
    listener->mailbox->post({listener, std::move(message)});
}

} // namespace safe_addon
