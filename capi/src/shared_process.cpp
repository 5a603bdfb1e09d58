#include "shared_process.hpp"

#include "log.hpp"
#include "platform.hpp"
#include "telling.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"

#include <charconv>
#include <cstring>
#include <mutex>
#include <optional>

namespace safe {

namespace {

constexpr std::uint64_t most_memory = std::uint64_t{1} << 46;

struct State {
    std::mutex mutex;
    std::weak_ptr<Process> process;
    std::optional<unsigned> workers;
    std::optional<std::uint64_t> memory;
};

// Never destroyed: threads of the user may call until the process is gone.
State &state() {
    static State *const state = new State;
    return *state;
}

std::string range(std::uint64_t least, std::uint64_t most) {
    return "a number from " + std::to_string(least) + " to " + std::to_string(most);
}

std::optional<std::uint64_t> from_environment(const char *name, std::uint64_t least, std::uint64_t most) {
    const char *text = platform::environment(name);
    if (!text || !*text) return std::nullopt;
    std::uint64_t value = 0;
    const char *end = text + std::strlen(text);
    const auto [stop, failure] = std::from_chars(text, end, value);
    if (failure != std::errc() || stop != end || value < least || value > most)
        throw Error(Errc::invalid_argument, std::string("the environment variable ") + name + " is \"" + text +
                                                "\"; it must be " + range(least, most) + ", or unset");
    return value;
}

ProcessOptions choose(const State &state) {
    auto workers = state.workers;
    if (!workers)
        if (const auto given = from_environment("SAFE_WORKERS", 1, platform::most_workers()))
            workers = static_cast<unsigned>(*given);
    auto memory = state.memory;
    if (!memory)
        if (const auto mib =
                from_environment("SAFE_MEMORY", limits::memory_for(1) / limits::MiB, most_memory / limits::MiB))
            memory = *mib * limits::MiB;

    ProcessOptions options;
    options.workers = workers.value_or(platform::default_workers());
    // Little memory means fewer workers, unless their number was asked for too.
    while (!workers && memory && options.workers > 1 && *memory < limits::memory_for(options.workers))
        --options.workers;
    options.memory = memory.value_or(limits::memory_for(options.workers));
    if (options.memory < limits::memory_for(options.workers))
        throw Error(Errc::invalid_argument,
                    std::to_string(options.memory / limits::MiB) + " MiB of memory are too little for " +
                        std::to_string(options.workers) + " workers, which need " +
                        std::to_string(limits::memory_for(options.workers) / limits::MiB) +
                        " MiB; set SAFE_MEMORY (or SAFE_SETTING_MEMORY) higher or SAFE_WORKERS lower");
    return options;
}

// Whoever lets go of a process last, on a thread that is not its own, waits for its threads. That could be for ever if a
// callback on its loop waits for that very thread, so a callback gets a moment to return, and if it does not, the loop
// lets go instead and its threads end by themselves. (They would always, but then tools like valgrind, and who looks at
// the process's threads, find them at the end of a program that has freed everything.)
void let_go(ProcessRef process) {
    constexpr std::chrono::milliseconds moment{100};
    if (process->on_own_thread() || Telling::all_told_within(moment)) return;
    Loop &loop = process->loop();
    try {
        asio::post(loop, [process = std::move(process)] {});
    } catch (...) {
        // No memory for that: this thread has waited after all.
    }
}

ProcessRef guarded(ProcessRef process) {
    Process *const raw = process.get();
    // Moved out, because weak references may keep the function.
    return {raw, [process = std::move(process)](Process *) mutable { let_go(std::move(process)); }};
}

void check_idle(const State &state) {
    if (!state.process.expired())
        throw Error(Errc::busy, "settings cannot be changed while a client is connected or an operation is under way; "
                                "change them before the first connect, or after the last client was freed");
}

} // namespace

const std::shared_ptr<Schemes> &added_schemes() {
    static const auto *const schemes = new std::shared_ptr<Schemes>(std::make_shared<Schemes>());
    return *schemes;
}

ProcessRef shared_process() {
    ProcessOptions options;
    ProcessRef process;
    {
        const std::lock_guard lock(state().mutex);
        if ((process = state().process.lock())) return process;
        options = choose(state());
        process = Process::start(options);
        process->set_schemes(added_schemes());
        process = guarded(std::move(process));
        state().process = process;
    }
    log_line(SAFE_LOG_INFO, "started with " + std::to_string(options.workers) + " workers and " +
                                std::to_string(options.memory / limits::MiB) + " MiB");
    return process;
}

void set_workers(std::uint64_t workers) {
    const std::lock_guard lock(state().mutex);
    check_idle(state());
    if (workers > platform::most_workers())
        throw Error(Errc::invalid_argument, "SAFE_SETTING_WORKERS is " + std::to_string(workers) + "; it must be " +
                                                range(1, platform::most_workers()) + ", or 0 for the default");
    state().workers = workers ? std::optional(static_cast<unsigned>(workers)) : std::nullopt;
}

void set_memory(std::uint64_t bytes) {
    const std::lock_guard lock(state().mutex);
    check_idle(state());
    if (bytes && (bytes < limits::memory_for(1) || bytes > most_memory))
        throw Error(Errc::invalid_argument, "SAFE_SETTING_MEMORY is " + std::to_string(bytes) + " bytes; it must be " +
                                                range(limits::memory_for(1), most_memory) + ", or 0 for the default");
    state().memory = bytes ? std::optional(bytes) : std::nullopt;
}

ProcessOptions process_options() {
    const std::lock_guard lock(state().mutex);
    return choose(state());
}

} // namespace safe
