#include "host/process.hpp"

#include "base/native/thread_pool.hpp"
#include "crypto/sign.hpp"

#include <thread>

namespace safe {
namespace {

// Enough for the disk to be busy while one thread waits for it; each costs a stack only.
constexpr unsigned io_threads = 4;
constexpr std::uint64_t files_at_once = 4;

// Which process's work the current thread belongs to.
thread_local const void *working_for = nullptr;

// Marks its threads as the process's own.
class OwnPool : public Executor {
  public:
    OwnPool(unsigned threads, const void *owner) : pool_(threads), owner_(owner) {}
    void post(std::function<void()> job) override {
        pool_.post([job = std::move(job), owner = owner_] {
            working_for = owner;
            job();
        });
    }

  private:
    ThreadPool pool_;
    const void *owner_;
};

} // namespace

struct Process::Core {
    explicit Core(ProcessOptions options)
        : keep(asio::make_work_guard(loop)), cpu(std::make_shared<OwnPool>(options.workers, this)),
          io(std::make_shared<OwnPool>(io_threads, this)),
          runtime(std::make_shared<Runtime>(
              loop, Runtime::Ports{std::make_shared<SystemClock>(), std::make_shared<crypto::SodiumRandom>(), cpu, io},
              options.workers, options.memory ? options.memory : limits::memory_for(options.workers))),
          turnstile(std::make_shared<Budget>(loop, files_at_once, std::chrono::milliseconds::zero())) {}

    Loop loop;
    asio::executor_work_guard<Loop::executor_type> keep;
    std::shared_ptr<Executor> cpu, io;
    RuntimeRef runtime;
    std::shared_ptr<Budget> turnstile;
    std::map<std::string, std::shared_ptr<OpenVault>> vaults;
    std::thread thread;
};

std::shared_ptr<Process> Process::start(ProcessOptions options) {
    auto core = std::make_shared<Core>(options);
    // The thread shares the core, so that whoever lets go last, the core is whole while the thread runs.
    core->thread = std::thread([core] {
        working_for = core.get();
        core->loop.run();
    });
    return std::shared_ptr<Process>(new Process(std::move(core)));
}

Process::~Process() {
    asio::post(core_->loop, [core = core_.get()] {
        core->runtime->settle();
        core->keep.reset();
    });
    // What the thread holds must not go with the thread's own std::thread object inside of it.
    std::thread thread = std::move(core_->thread);
    if (on_own_thread()) {
        thread.detach();
    } else {
        thread.join();
    }
}

Loop &Process::loop() { return core_->loop; }
const RuntimeRef &Process::runtime() { return core_->runtime; }
bool Process::on_own_thread() const { return working_for == core_.get(); }
Budget &Process::turnstile() { return *core_->turnstile; }
std::map<std::string, std::shared_ptr<Process::OpenVault>> &Process::vaults() { return core_->vaults; }

} // namespace safe
