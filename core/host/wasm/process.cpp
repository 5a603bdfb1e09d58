#include "host/process.hpp"

#include "base/wasm/ports.hpp"
#include "crypto/sign.hpp"
#include "host/wasm/pump.hpp"

#include <vector>

// Imported (wasm/glue): calls pump() after that time, from the host's event loop.
extern "C" void safe_wasm_wake(double milliseconds);

namespace safe {
namespace {

constexpr std::uint64_t files_at_once = 4;

// What a native process has besides its budget is in a wasm heap too: stack, constants, what malloc holds, and blocks that
// JavaScript lends. Buffers make room for it: there are enough for a writer and a reader at a time.
constexpr std::uint64_t beside = 4 * limits::MiB;

Runtime::Memory memory_of(const ProcessOptions &options) {
    const std::uint64_t all = options.memory ? options.memory : limits::memory_for(options.workers);
    return {limits::pool_memory(all), limits::buffer_memory(all, options.workers) - beside};
}

// What lives in JavaScript's event loop, as the threads of a native process live in its system: a process that was let go
// of stays until its loop has nothing to do.
class Running {
  public:
    virtual ~Running() = default;
    virtual void turn() = 0;
    virtual bool over() const = 0;
};

std::vector<std::shared_ptr<Running>> &running() {
    static auto *const all = new std::vector<std::shared_ptr<Running>>;
    return *all;
}

} // namespace

struct Process::Core : Running {
    explicit Core(ProcessOptions options)
        : loop(safe_wasm_wake),
          runtime(std::make_shared<Runtime>(loop,
                                            Runtime::Ports{std::make_shared<HostClock>(),
                                                           std::make_shared<crypto::SodiumRandom>(),
                                                           std::make_shared<Jobs>(loop), std::make_shared<Jobs>(loop)},
                                            options.workers, memory_of(options))),
          turnstile(std::make_shared<Budget>(loop, files_at_once, std::chrono::milliseconds::zero())) {}

    void turn() override { loop.run(); }
    bool over() const override { return ending && loop.idle(); }

    Loop loop;
    RuntimeRef runtime;
    std::shared_ptr<Budget> turnstile;
    std::map<std::string, std::shared_ptr<OpenVault>> vaults;
    bool ending = false;
};

void pump() {
    static bool pumping = false;
    if (pumping) return; // a callback of ours called its host's event loop
    pumping = true;
    const auto now = running(); // they may begin and end others
    for (const auto &process : now) process->turn();
    std::erase_if(running(), [](const auto &process) { return process->over(); });
    pumping = false;
}

std::shared_ptr<Process> Process::start(ProcessOptions options) {
    auto core = std::make_shared<Core>(options);
    running().push_back(core);
    return std::shared_ptr<Process>(new Process(std::move(core)));
}

Process::~Process() {
    core_->ending = true;
    asio::post(core_->loop, [core = core_.get()] { core->runtime->settle(); });
}

Loop &Process::loop() { return core_->loop; }
const RuntimeRef &Process::runtime() { return core_->runtime; }
bool Process::on_own_thread() const { return core_->loop.running(); }
Budget &Process::turnstile() { return *core_->turnstile; }
std::map<std::string, std::shared_ptr<Process::OpenVault>> &Process::vaults() { return core_->vaults; }

} // namespace safe
