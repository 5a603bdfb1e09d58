// What a native process shares: the loop with its thread, the worker pools, the runtime, the vaults that are open.
#pragma once

#include "base/runtime.hpp"

#include <map>
#include <memory>
#include <string>

namespace safe {

class Schemes;
class Vault;

struct ProcessOptions {
    unsigned workers = 1;
    std::uint64_t memory = 0; // bytes; 0: limits::memory_for(workers)
};

class Process {
  public:
    static std::shared_ptr<Process> start(ProcessOptions options);
    // Dropped by a foreign thread it ends its threads and waits for them, which is quick when no operation is left;
    // dropped by a thread of its own it lets them end by themselves.
    ~Process();
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    Loop &loop();
    const RuntimeRef &runtime();
    // Whether the calling thread is one that the process's work depends on.
    bool on_own_thread() const;

    // Files are read and written for this many operations at once; more wait their turn (Budget as a turnstile).
    Budget &turnstile();

    // What its user has added to the schemes of this build; null: nothing. Set by who starts the process.
    const std::shared_ptr<const Schemes> &schemes() const { return schemes_; }
    void set_schemes(std::shared_ptr<const Schemes> schemes) { schemes_ = std::move(schemes); }

    // Open vaults, so that clients of one directory or of one port's URL share one. Loop thread.
    struct OpenVault;
    std::map<std::string, std::shared_ptr<OpenVault>> &vaults();

  private:
    struct Core;
    explicit Process(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    std::shared_ptr<Core> core_;
    std::shared_ptr<const Schemes> schemes_;
};

using ProcessRef = std::shared_ptr<Process>;

} // namespace safe
