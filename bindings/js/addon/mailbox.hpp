// Callbacks of the library on their way to JavaScript. No thread of the library ever enters or waits for Node: it leaves a
// letter, and Node's thread calls the function at its next turn.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace safe_addon {

class Call;
class Instance;
class Mailbox;

using Arguments = std::vector<napi_value>;
// Makes the arguments, on Node's thread.
using Message = std::function<Arguments(Call &call)>;

// A function of JavaScript's that the library was given. The library has a Slot of it as user data.
struct Listener {
    const std::shared_ptr<Mailbox> mailbox;
    const bool once;
    const bool counted; // Node lives until it was called
    napi_ref function;  // Node's thread alone; null: it is called no more
};
using ListenerRef = std::shared_ptr<Listener>;

class Mailbox {
  public:
    struct Letter {
        ListenerRef listener;
        Message message; // none: the listener is to be forgotten
    };

    // Opened with what wakes Node's thread.
    void open(napi_threadsafe_function wake);
    // Whatever comes later is dropped, and nobody is woken: from here on Node may be gone.
    void close();

    // From any thread.
    void post(Letter letter) noexcept;

    // Node's thread. At most so many letters; if others are left, it wakes itself again.
    std::vector<Letter> take(std::size_t most);

  private:
    void wake(); // with the lock held

    std::mutex mutex_;
    std::deque<Letter> letters_;
    napi_threadsafe_function wake_ = nullptr; // null: closed
    bool woken_ = false;
};

// For the functions that the library calls: a letter to the listener that `user_data` is.
void post(void *user_data, Message message) noexcept;

} // namespace safe_addon
