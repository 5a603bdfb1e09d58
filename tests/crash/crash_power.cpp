// Cuts the power at many moments of a store's life and looks at what could be left.
//   crash_power [--cuts N] [--seed S] [--forget KIND]
// A store works on a disk that remembers (disk.hpp). At each cut point one of the many states that the disk could then be
// in is made anew, and opened with the real code: every operation that was acknowledged before the cut must be whole, of
// those under way each may have happened or not, and nothing else may be seen.
// With --forget the disk ignores one kind of sync, as if the store did not call it; the program then succeeds only if a
// cut shows the harm, and so proves that this sync is needed and that the test would miss it.
#include "arguments.hpp"
#include "model.hpp"
#include "recording.hpp"

#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <cstdio>
#include <filesystem>

namespace safe::crash {
namespace {

namespace fs = std::filesystem;

constexpr unsigned sessions = 3, lanes = 4, keys_per_lane = 4, operations_per_lane = 10, cuts_per_life = 60,
                   cuts_per_event_of_making = 6;

// What was asked of the store, with the number of events on the disk before (started) or after it (acknowledged).
struct Moment {
    std::size_t event;
    bool done;
    Operation operation;
};

struct Life {
    std::shared_ptr<Disk> disk;
    std::vector<Moment> history;
    std::size_t opened = 0; // the first open was acknowledged
};

Awaitable<void> lane(StoreRef store, std::uint32_t seed, std::uint32_t first_key, Life &life) {
    std::mt19937 random(seed);
    for (unsigned i = 0; i < operations_per_lane; ++i) {
        const Operation operation = random_operation(random, first_key + random() % keys_per_lane);
        life.history.push_back({life.disk->mark(), false, operation});
        co_await perform(store, operation);
        life.history.push_back({life.disk->mark(), true, operation});
    }
}

class Lab {
  public:
    Lab() {
        // In memory where there is such a place: the disk is simulated, the system's need not be waited for.
        const fs::path memory = "/dev/shm";
        root_ =
            ((fs::exists(memory) ? memory : fs::temp_directory_path()) / ("crash-power-" + std::to_string(::getpid())))
                .string();
        fs::create_directory(root_);
    }
    ~Lab() { fs::remove_all(root_); }

    Life live(std::uint32_t seed, const std::string &forget) {
        Life life;
        const std::string root = empty("life");
        life.disk = std::make_shared<Disk>(root);
        life.disk->forget(forget);
        const RecordingVfs vfs(life.disk);
        std::mt19937 random(seed);
        for (unsigned session = 0; session < sessions; ++session) {
            DirectoryOptions options;
            options.sqlite_vfs = RecordingVfs::name;
            auto files = recording_file_system(life.disk);
            StoreRef store =
                loop_.run(open_directory_store(loop_.runtime(), std::move(files), root + within_, options));
            if (session == 0) life.opened = life.disk->mark();
            for (unsigned i = 0; i < lanes; ++i)
                asio::co_spawn(loop_.context(),
                               lane(store, static_cast<std::uint32_t>(random()), i * keys_per_lane, life),
                               [](std::exception_ptr error) {
                                   if (error) std::rethrow_exception(error);
                               });
            loop_.context().restart();
            loop_.context().run();
        }
        return life;
    }

    // Throws if a cut at that point could do harm, in the way that `random` chooses.
    void cut(const Life &life, std::size_t point, std::mt19937 random) {
        const std::string root = empty("cut");
        life.disk->rebuild(point, random, root);
        Model model;
        for (const Moment &moment : life.history) {
            if (moment.event > point) continue;
            moment.done ? model.done(moment.operation.key) : model.started(moment.operation);
        }
        DirectoryOptions options;
        options.create = point < life.opened; // afterwards it must be there
        StoreRef store = loop_.run(open_directory_store(loop_.runtime(), posix_file_system(), root + within_, options));
        loop_.run(model.check(store));
        // And it goes on.
        for (std::uint32_t key = 0; key < 2; ++key)
            loop_.run(perform(store, {Kind::replace, key, {static_cast<std::uint32_t>(random())}}));
    }

  private:
    std::string empty(const char *name) {
        const std::string path = root_ + '/' + name;
        fs::remove_all(path);
        fs::create_directory(path);
        return path;
    }

    std::string root_;
    const std::string within_ = "/made/vault";
    test::TestLoop loop_;
};

class Trial {
  public:
    Trial(std::uint32_t seed, std::string forget) : random_(seed), forget_(std::move(forget)) {}

    // Gives what a cut did harm to, or nothing.
    std::string run(unsigned long cuts) {
        for (bool first = true; cuts_ < cuts; first = false) {
            const Life life = lab_.live(static_cast<std::uint32_t>(random_()), forget_);
            ++lives_;
            for (const auto &[kind, count] : life.disk->kinds()) kinds_[kind] += count;
            std::string harm = first ? cut_making(life) : std::string();
            if (harm.empty()) harm = cut_life(life, cuts);
            if (!harm.empty()) return harm;
        }
        return {};
    }

    std::string told() const {
        std::string text = std::to_string(cuts_) + " cut points in " + std::to_string(lives_) + " lives; syncs of";
        for (const auto &[kind, count] : kinds_) text += " " + kind + " " + std::to_string(count);
        return text;
    }
    bool met(const std::string &kind) const { return kinds_.contains(kind); }

  private:
    // The making of a vault is short, always the same, and easily missed by cuts at random: all of it, several times.
    std::string cut_making(const Life &life) {
        for (std::size_t point = 0; point < life.opened; ++point)
            for (unsigned i = 0; i < cuts_per_event_of_making; ++i)
                if (std::string harm = cut(life, point); !harm.empty()) return harm;
        return {};
    }

    std::string cut_life(const Life &life, unsigned long cuts) {
        for (unsigned i = 0; i < cuts_per_life && cuts_ < cuts; ++i)
            if (std::string harm = cut(life, random_() % (life.disk->events() + 1)); !harm.empty()) return harm;
        return {};
    }

    std::string cut(const Life &life, std::size_t point) {
        ++cuts_;
        try {
            lab_.cut(life, point, std::mt19937(static_cast<std::uint32_t>(random_())));
            return {};
        } catch (const std::exception &error) {
            return "cut after event " + std::to_string(point) + " of " + std::to_string(life.disk->events()) + ": " +
                   error.what();
        }
    }

    std::mt19937 random_;
    const std::string forget_;
    Lab lab_;
    unsigned long cuts_ = 0, lives_ = 0;
    std::map<std::string, unsigned> kinds_;
};

int run(unsigned long cuts, std::uint32_t seed, const std::string &forget) {
    std::printf("seed %u\n", seed);
    Trial trial(seed, forget);
    const std::string harm = trial.run(cuts);
    std::printf("%s\n", trial.told().c_str());
    if (forget.empty()) {
        if (!harm.empty()) throw std::runtime_error(harm);
        return 0;
    }
    if (!trial.met(forget)) throw std::runtime_error("no sync is of the kind " + forget);
    if (harm.empty()) throw std::runtime_error("no cut showed the harm of forgetting the sync of " + forget);
    std::printf("without the sync of %s, %s\n", forget.c_str(), harm.c_str());
    return 0;
}

} // namespace
} // namespace safe::crash

int main(int argc, char **argv) {
    using namespace safe::crash;
    const std::uint32_t seed = seed_of(argc, argv);
    try {
        return run(number(argc, argv, "--cuts", 600), seed, argument(argc, argv, "--forget", ""));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "FAILED (seed %u): %s\n", seed, error.what());
        return 1;
    }
}
