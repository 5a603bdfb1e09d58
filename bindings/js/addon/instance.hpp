// What one loadFfi({ engine: 'addon' }) has of the library: handles, callbacks and lent buffers, in one environment of Node
// (its main thread, or one worker). All of it is freed with the instance, and with the environment at the latest. The
// library itself is the process's.
#pragma once

#include "handles.hpp"
#include "mailbox.hpp"

#include <node_api.h>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

struct safe_op_s;

namespace safe_addon {

class Instance {
  public:
    // An object of all functions, with `close`, `sweep` and `handles`. hooks: `fail` makes the exception of a failure;
    // `watch` gets the object and calls its `sweep` in a moment. The hooks are not to hold the object, which lives as long
    // as JavaScript has it.
    static napi_value open(napi_env env, napi_value hooks);

    ~Instance();
    Instance(const Instance &) = delete;
    Instance &operator=(const Instance &) = delete;

    bool closed() const { return closed_; }
    Handles &handles() { return handles_; }
    napi_value fail_hook() const;

    // --- operations ---

    // The library has started it; `lent` is what it keeps.
    void started(Slot &slot, std::unique_ptr<Lent> lent);
    // If it has ended, what it wrote goes to where it belongs: before anybody can see that it has.
    void settle(Slot &slot);
    void free(Slot &slot);
    // Of an operation that could get no number.
    void discard(void *op, std::unique_ptr<Lent> lent);
    // Takes note of operations that have ended without being asked about; how many have not.
    std::size_t sweep();

    // --- callbacks ---

    ListenerRef listener(napi_value function, bool once, bool counted);
    // It is called no more.
    void forget(const ListenerRef &listener);
    // Whoever is told of the end of the operation keeps Node alive from now on.
    void told_of(Slot *op);
    // Puts what `slot` points to (null: none) into a place of the process, and takes what was there out of it.
    // `start` tells the library; `clear` takes the place's listener back.
    template <class Start>
    void place(const char *name, void (*clear)(), ListenerRef *slot, Start start);

    void close();

  private:
    // What Node's thread is woken for; it may outlive the instance.
    struct Wake {
        Instance *instance;
    };
    // A listener in a place of the process, where only the newest counts.
    struct Place {
        ListenerRef *slot;
        Instance *owner;
        void (*clear)();
    };
    // An operation that was freed while it used memory of ours.
    struct Leaving {
        void *op;
        std::unique_ptr<Lent> lent;
    };

    Instance(napi_env env, napi_value hooks);
    napi_value exports();
    void add(napi_value object, const char *name, napi_callback body);
    void deliver();
    void call(const ListenerRef &listener, const Message &message);
    Slot *unwatched(Number number);
    void watch();
    void keep_alive();
    void leave_places();
    bool let_go(Leaving &leaving) const;
    static void enter_place(const char *name, const Place &place);
    static void ending(void *instance);
    static void wake(napi_env env, napi_value function, void *context, void *letter);
    static napi_value js_sweep(napi_env env, napi_callback_info info);
    static napi_value js_close(napi_env env, napi_callback_info info);
    static napi_value js_handles(napi_env env, napi_callback_info info);

    const napi_env env_;
    napi_ref fail_ = nullptr, watch_ = nullptr;
    napi_ref object_ = nullptr; // weak
    napi_threadsafe_function wake_ = nullptr;
    std::shared_ptr<Wake> woken_;
    std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    Handles handles_;
    std::unordered_set<ListenerRef> listeners_;
    std::vector<Number> unwatched_; // of operations; some may have been freed, or are watched by now
    std::size_t unwatched_count_ = 0, counted_ = 0;
    std::vector<Leaving> leaving_;
    std::size_t functions_ = 0; // that JavaScript may still have
    bool watching_ = false, kept_ = false, closed_ = false, hooked_ = false;
};

// Held while a place of the process changes its listener.
std::mutex &places_mutex();

template <class Start>
void Instance::place(const char *name, void (*clear)(), ListenerRef *slot, Start start) {
    const std::lock_guard lock(places_mutex());
    start(slot);
    enter_place(name, {slot, this, clear});
}

} // namespace safe_addon
