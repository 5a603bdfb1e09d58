// Kills processes in the middle of their work on a vault directory and looks at what is left.
//   crash_kill [--rounds N] [--seed S]
// A round: two processes work on one directory, each on keys of its own, several operations at a time, and tell by a
// pipe what they start and what was acknowledged. Both are killed, one after the other, at random moments. Then the
// directory is opened: nothing acknowledged may be lost, nothing half done may be seen, no file may be left over.
// A round counts only if an operation was under way that would have changed something.
#include "arguments.hpp"
#include "model.hpp"

#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <sqlite3.h>
#include <sys/wait.h>
#include <thread>

namespace safe::crash {
namespace {

namespace fs = std::filesystem;

constexpr unsigned lanes = 6, keys_per_lane = 5, processes = 2;

// What a child tells: less than PIPE_BUF, so never in parts.
struct Message {
    bool done;
    Operation operation;
};

void tell(const Message &message) {
    if (::write(STDOUT_FILENO, &message, sizeof message) != sizeof message) ::_exit(3);
}

Awaitable<void> lane(StoreRef store, std::uint32_t seed, std::uint32_t first_key) {
    std::mt19937 random(seed);
    while (true) {
        const Operation operation = random_operation(random, first_key + random() % keys_per_lane);
        tell({false, operation});
        co_await perform(store, operation);
        tell({true, operation});
    }
}

int child(const std::string &vault, std::uint32_t seed, unsigned process) {
    try {
        test::TestLoop loop;
        StoreRef store = loop.run(open_directory_store(loop.runtime(), posix_file_system(), vault, {}));
        for (unsigned i = 0; i < lanes; ++i) {
            const std::uint32_t first_key = (process * lanes + i) * keys_per_lane;
            asio::co_spawn(loop.context(), lane(store, seed + i, first_key), [](std::exception_ptr error) {
                if (error) std::rethrow_exception(error);
            });
        }
        loop.context().restart();
        loop.context().run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "worker: %s\n", error.what());
    }
    return 4; // it works until it is killed
}

struct Worker {
    pid_t pid;
    int pipe;
};

Worker start_worker(const char *self, const std::string &vault, std::uint32_t seed, unsigned process) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        const std::string seed_text = std::to_string(seed), process_text = std::to_string(process);
        ::execl(self, self, "--child", vault.c_str(), "--seed", seed_text.c_str(), "--process", process_text.c_str(),
                static_cast<char *>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
}

// Follows what the worker tells until its end of the pipe closes.
void follow(int pipe, std::mutex &mutex, Model &model, unsigned &acknowledged) {
    Message message;
    while (::read(pipe, &message, sizeof message) == sizeof message) {
        const std::lock_guard lock(mutex);
        if (message.done) {
            model.done(message.operation.key);
            ++acknowledged;
        } else {
            model.started(message.operation);
        }
    }
    ::close(pipe);
}

std::size_t count_files(const std::string &path) {
    std::size_t count = 0;
    for (const auto &entry : fs::recursive_directory_iterator(path)) count += entry.is_regular_file();
    return count;
}

void check_index(const std::string &vault) {
    sqlite3 *db = nullptr;
    std::string verdict;
    sqlite3_open_v2((vault + "/index.db").c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(
        db, "PRAGMA integrity_check",
        [](void *out, int, char **values, char **) {
            *static_cast<std::string *>(out) += values[0];
            return 0;
        },
        &verdict, nullptr);
    sqlite3_close(db);
    if (verdict != "ok") throw std::runtime_error("the index is damaged: " + verdict);
}

struct Outcome {
    unsigned under_way, acknowledged;
};

Outcome round(const char *self, const std::string &vault, std::mt19937 &random, unsigned patience, Model &model) {
    Worker workers[processes];
    unsigned acknowledged = 0;
    std::mutex mutex;
    std::vector<std::thread> followers;
    for (unsigned i = 0; i < processes; ++i)
        workers[i] = start_worker(self, vault, static_cast<std::uint32_t>(random()), i);
    for (unsigned i = 0; i < processes; ++i)
        followers.emplace_back([&, i] { follow(workers[i].pipe, mutex, model, acknowledged); });
    bool killed = true;
    for (const Worker &worker : workers) {
        std::this_thread::sleep_for(std::chrono::microseconds(patience * (5'000 + random() % 80'000)));
        ::kill(worker.pid, SIGKILL);
        int status = 0;
        ::waitpid(worker.pid, &status, 0);
        killed = killed && WIFSIGNALED(status);
    }
    for (std::thread &follower : followers) follower.join();
    if (!killed) throw std::runtime_error("a worker ended before it was killed");

    return {model.under_way(), acknowledged};
}

void check(const std::string &vault, Model &model) {
    {
        test::TestLoop loop;
        StoreRef store = loop.run(open_directory_store(loop.runtime(), posix_file_system(), vault, {}));
        loop.run(model.check(store));
    }
    check_index(vault);
    const std::size_t files = model.files(DirectoryOptions{}.inline_limit);
    if (count_files(vault + "/objects") != files)
        throw std::runtime_error(std::to_string(count_files(vault + "/objects")) + " object files, should be " +
                                 std::to_string(files));
    if (count_files(vault + "/tmp") != 0) throw std::runtime_error("temporary files are left over");
}

int parent(const char *self, unsigned long rounds, std::uint32_t seed) {
    std::printf("seed %u\n", seed);
    std::mt19937 random(seed);
    const std::string root = (fs::temp_directory_path() / ("crash-kill-" + std::to_string(::getpid()))).string();
    const std::shared_ptr<void> clean(nullptr, [&](void *) { fs::remove_all(root); });
    fs::remove_all(root); // of a process that had this number before
    fs::create_directory(root);
    unsigned long counted = 0, tried = 0, under_way = 0, acknowledged = 0;
    unsigned patience = 1; // more on a machine on which workers do not come to work in time
    while (counted < rounds) {
        // A new vault now and then: also its making is interrupted.
        const std::string vault = root + "/" + std::to_string(tried);
        Model model;
        for (unsigned i = 0; i < 10 && counted < rounds; ++i) {
            if (++tried > rounds * 3 + 10) throw std::runtime_error("too few rounds hit an operation");
            const Outcome outcome = round(self, vault, random, patience, model);
            check(vault, model);
            counted += outcome.under_way > 0;
            under_way += outcome.under_way;
            acknowledged += outcome.acknowledged;
        }
        if (counted * 2 < tried && patience < 8) patience *= 2;
    }
    std::printf("%lu rounds of %lu hit %lu operations under way; %lu were acknowledged before, none is lost\n", counted,
                tried, under_way, acknowledged);
    return 0;
}

} // namespace
} // namespace safe::crash

int main(int argc, char **argv) {
    using namespace safe::crash;
    const std::string vault = argument(argc, argv, "--child", "");
    const std::uint32_t seed = seed_of(argc, argv);
    if (!vault.empty()) return child(vault, seed, static_cast<unsigned>(number(argc, argv, "--process", 0)));
    try {
        return parent("/proc/self/exe", number(argc, argv, "--rounds", 40), seed);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "FAILED (seed %u): %s\n", seed, error.what());
        return 1;
    }
}
