#include "instance.hpp"

#include "call.hpp"
#include "functions.hpp"
#include "lent.hpp"

#include <safe/safe.h>

#include <map>
#include <random>

namespace safe_addon {

namespace {

// Letters at a time, so that timers and input come between them.
constexpr std::size_t most_letters = 1000;
// What an operation that was cancelled may take to end, when its instance does not wait for it in any other way.
constexpr std::int64_t patience_ms = 5000;

std::uint64_t salt() {
    std::random_device random;
    return (std::uint64_t{random()} << 32) | random();
}

Instance &instance_of(napi_env env, napi_callback_info info) {
    void *data = nullptr;
    napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
    return *static_cast<Instance *>(data);
}

napi_ref hook(napi_env env, napi_value hooks, const char *name) {
    napi_value function = nullptr;
    napi_ref reference = nullptr;
    napi_get_named_property(env, hooks, name, &function);
    napi_create_reference(env, function, 1, &reference);
    return reference;
}

} // namespace

std::mutex &places_mutex() {
    static auto *const mutex = new std::mutex; // never destroyed: threads may outlive static objects
    return *mutex;
}

Instance::Instance(napi_env env, napi_value hooks)
    : env_(env), fail_(hook(env, hooks, "fail")), watch_(hook(env, hooks, "watch")),
      woken_(std::make_shared<Wake>(Wake{this})), handles_(salt()) {}

Instance::~Instance() {
    close();
    if (hooked_) napi_remove_env_cleanup_hook(env_, ending, this);
}

napi_value Instance::open(napi_env env, napi_value hooks) {
    auto *const instance = new Instance(env, hooks);
    auto *const context = new std::shared_ptr<Wake>(instance->woken_);
    napi_value name = nullptr;
    napi_create_string_utf8(env, "libsafe", NAPI_AUTO_LENGTH, &name);
    const napi_status status = napi_create_threadsafe_function(
        env, nullptr, nullptr, name, 0, 1, context,
        [](napi_env, void *data, void *) { delete static_cast<std::shared_ptr<Wake> *>(data); }, context, wake,
        &instance->wake_);
    if (status != napi_ok) {
        delete context;
        delete instance;
        napi_throw_error(env, nullptr, "libsafe: Node gives no thread-safe function");
        return nullptr;
    }
    napi_unref_threadsafe_function(env, instance->wake_);
    instance->mailbox_->open(instance->wake_);
    // After that of the thread-safe function: they are called in reverse.
    napi_add_env_cleanup_hook(env, ending, instance);
    instance->hooked_ = true;
    return instance->exports();
}

napi_value Instance::exports() {
    napi_value object = nullptr;
    napi_create_object(env_, &object);
    for (std::size_t index = 0; index < function_count; ++index)
        add(object, functions[index].name, functions[index].call);
    add(object, "sweep", js_sweep);
    add(object, "close", js_close);
    add(object, "handles", js_handles);
    napi_create_reference(env_, object, 0, &object_);
    return object;
}

// The instance goes with the last of its functions.
void Instance::add(napi_value object, const char *name, napi_callback body) {
    napi_value function = nullptr;
    napi_create_function(env_, name, NAPI_AUTO_LENGTH, body, this, &function);
    ++functions_;
    const auto dropped = [](napi_env, void *data, void *) {
        auto *const instance = static_cast<Instance *>(data);
        if (--instance->functions_ == 0) delete instance;
    };
    napi_add_finalizer(env_, function, this, dropped, nullptr, nullptr);
    napi_set_named_property(env_, object, name, function);
}

napi_value Instance::fail_hook() const {
    napi_value function = nullptr;
    napi_get_reference_value(env_, fail_, &function);
    return function;
}

// --- operations ---

void Instance::started(Slot &slot, std::unique_ptr<Lent> lent) {
    slot.lent = std::move(lent);
    slot.unwatched = true;
    if (unwatched_.size() > 1000 + 2 * unwatched_count_)
        std::erase_if(unwatched_, [this](Number number) { return !unwatched(number); });
    unwatched_.push_back(slot.number);
    ++unwatched_count_;
    watch();
}

void Instance::settle(Slot &slot) {
    if (!slot.lent) return;
    const std::int32_t state = safe_op_state(static_cast<safe_op *>(slot.native));
    if (state == SAFE_OP_PENDING) return;
    if (state == SAFE_OP_DONE) slot.lent->fill(env_);
    slot.lent->forget(env_);
    slot.lent.reset();
}

void Instance::free(Slot &slot) {
    void *const native = slot.native;
    const Free give_back = slot.free;
    std::unique_ptr<Lent> lent = std::move(slot.lent);
    if (slot.reserved) slot.reserved->forget(env_);
    if (slot.unwatched) --unwatched_count_;
    handles_.remove(slot);
    if (lent) {
        discard(native, std::move(lent));
    } else {
        give_back(native);
    }
    keep_alive();
}

void Instance::discard(void *op, std::unique_ptr<Lent> lent) {
    safe_op_cancel(static_cast<safe_op *>(op));
    if (lent) lent->forget(env_);
    leaving_.push_back({op, std::move(lent)});
    if (let_go(leaving_.back())) {
        leaving_.pop_back();
    } else {
        watch();
    }
}

// Whether the operation has ended, and is freed with what it used.
bool Instance::let_go(Leaving &leaving) const {
    auto *const op = static_cast<safe_op *>(leaving.op);
    if (leaving.lent && safe_op_state(op) == SAFE_OP_PENDING) return false;
    safe_op_free(op);
    return true;
}

// The slot of an operation whose end nobody has asked to be told of; null if it is none, or not any more.
Slot *Instance::unwatched(Number number) {
    Slot *const slot = handles_.find(static_cast<double>(number));
    return slot && slot->unwatched ? slot : nullptr;
}

std::size_t Instance::sweep() {
    std::vector<Number> left;
    for (const Number number : unwatched_) {
        Slot *const slot = unwatched(number);
        if (!slot) continue;
        if (safe_op_state(static_cast<safe_op *>(slot->native)) == SAFE_OP_PENDING) {
            left.push_back(number);
        } else {
            slot->unwatched = false;
            --unwatched_count_;
        }
    }
    unwatched_.swap(left);
    for (std::size_t at = leaving_.size(); at-- > 0;)
        if (let_go(leaving_[at])) leaving_.erase(leaving_.begin() + static_cast<std::ptrdiff_t>(at));
    watching_ = unwatched_count_ + leaving_.size() > 0;
    keep_alive();
    return unwatched_count_ + leaving_.size();
}

void Instance::watch() {
    keep_alive();
    if (watching_ || closed_) return;
    watching_ = true;
    napi_value function = nullptr, receiver = nullptr, object = nullptr;
    napi_get_reference_value(env_, watch_, &function);
    napi_get_undefined(env_, &receiver);
    napi_get_reference_value(env_, object_, &object);
    if (object) napi_call_function(env_, receiver, function, 1, &object, nullptr);
}

// Node lives as long as an operation is under way.
void Instance::keep_alive() {
    const bool needed = counted_ + unwatched_count_ + leaving_.size() > 0;
    if (needed == kept_ || closed_) return;
    kept_ = needed;
    (needed ? napi_ref_threadsafe_function : napi_unref_threadsafe_function)(env_, wake_);
}

// --- callbacks ---

ListenerRef Instance::listener(napi_value function, bool once, bool counted) {
    napi_ref reference = nullptr;
    napi_create_reference(env_, function, 1, &reference);
    ListenerRef made(new Listener{mailbox_, once, counted, reference});
    listeners_.insert(made);
    if (counted) ++counted_;
    return made;
}

void Instance::forget(const ListenerRef &listener) {
    if (listeners_.erase(listener) == 0) return;
    napi_delete_reference(env_, listener->function);
    listener->function = nullptr;
    if (listener->counted) --counted_;
    keep_alive();
}

void Instance::told_of(Slot *op) {
    if (!op || !op->unwatched) return;
    op->unwatched = false;
    --unwatched_count_;
    keep_alive();
}

void Instance::wake(napi_env env, napi_value, void *context, void *) {
    if (!env) return; // Node is ending
    Instance *const instance = (*static_cast<std::shared_ptr<Wake> *>(context))->instance;
    if (instance) instance->deliver();
}

void Instance::deliver() {
    const auto mailbox = mailbox_;
    const auto woken = woken_;
    for (const Mailbox::Letter &letter : mailbox->take(most_letters)) {
        if (!woken->instance) return; // it was closed by one of them
        if (!letter.listener->function) continue;
        if (!letter.message) {
            forget(letter.listener);
            continue;
        }
        napi_handle_scope scope = nullptr;
        napi_open_handle_scope(env_, &scope);
        call(letter.listener, letter.message);
        napi_close_handle_scope(env_, scope);
    }
}

// What the function throws is an exception of the program, as that of an event listener is.
void Instance::call(const ListenerRef &listener, const Message &message) {
    napi_value function = nullptr, receiver = nullptr, problem = nullptr;
    napi_get_reference_value(env_, listener->function, &function);
    napi_get_undefined(env_, &receiver);
    try {
        Call values(env_, *this);
        const Arguments arguments = message(values);
        if (listener->once) forget(listener);
        napi_call_function(env_, receiver, function, arguments.size(), arguments.data(), nullptr);
    } catch (const Thrown &) {
        // The arguments could not be made.
    }
    bool thrown = false;
    napi_is_exception_pending(env_, &thrown);
    if (thrown && napi_get_and_clear_last_exception(env_, &problem) == napi_ok && problem)
        napi_fatal_exception(env_, problem);
}

namespace {

template <class Place>
std::map<std::string, Place> &places() {
    static auto *const all = new std::map<std::string, Place>;
    return *all;
}

} // namespace

// The library calls the former listener no more. It is another instance's to forget if that has put it there.
void Instance::enter_place(const char *name, const Place &place) {
    auto &all = places<Place>();
    const auto found = all.find(name);
    if (found != all.end()) {
        const ListenerRef former = *found->second.slot;
        if (found->second.owner == place.owner) {
            place.owner->forget(former);
        } else {
            former->mailbox->post({former, nullptr});
        }
        delete found->second.slot;
        all.erase(found);
    }
    if (place.slot) all[name] = place;
}

void Instance::leave_places() {
    const std::lock_guard lock(places_mutex());
    auto &all = places<Place>();
    for (auto each = all.begin(); each != all.end();) {
        if (each->second.owner != this) {
            ++each;
            continue;
        }
        each->second.clear();
        delete each->second.slot;
        each = all.erase(each);
    }
}

// --- the end ---

void Instance::ending(void *data) {
    auto *const instance = static_cast<Instance *>(data);
    instance->hooked_ = false;
    instance->close();
}

void Instance::close() {
    if (closed_) return;
    closed_ = true;
    mailbox_->close();
    woken_->instance = nullptr;
    leave_places();
    for (const ListenerRef &listener : listeners_) {
        napi_delete_reference(env_, listener->function);
        listener->function = nullptr;
    }
    listeners_.clear();
    while (Slot *const slot = handles_.any()) free(*slot);
    // Now that the ports are gone, nothing that was cancelled waits for JavaScript.
    for (Leaving &leaving : leaving_) {
        auto *const op = static_cast<safe_op *>(leaving.op);
        safe_op_wait(op, patience_ms, nullptr);
        if (!let_go(leaving)) {
            leaving.lent->abandon();
            safe_op_free(op);
        }
    }
    leaving_.clear();
    for (napi_ref reference : {fail_, watch_, object_}) napi_delete_reference(env_, reference);
    if (wake_) napi_release_threadsafe_function(wake_, napi_tsfn_abort);
}

napi_value Instance::js_sweep(napi_env env, napi_callback_info info) {
    Instance &instance = instance_of(env, info);
    napi_value left = nullptr;
    napi_create_double(env, instance.closed_ ? 0 : static_cast<double>(instance.sweep()), &left);
    return left;
}

napi_value Instance::js_close(napi_env env, napi_callback_info info) {
    instance_of(env, info).close();
    return nullptr;
}

napi_value Instance::js_handles(napi_env env, napi_callback_info info) {
    napi_value count = nullptr;
    napi_create_double(env, static_cast<double>(instance_of(env, info).handles_.size()), &count);
    return count;
}

} // namespace safe_addon
