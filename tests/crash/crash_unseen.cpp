// A process is killed when its last commit is in SQLite's log, but not yet in the index of the log by which others see it. That
// index lies in shared memory (index.db-shm), so this puts the one from before the commit back. Whoever opens the vault next
// clears up; once all have ended, the log is read anew and the commit might count again: its file must be there then, or the
// commit must be gone for good.
#include "store/directory.hpp"
#include "store/native/posix.hpp"
#include "support/loop.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/wait.h>

namespace safe::crash {
namespace {

namespace fs = std::filesystem;

const std::string key = "k/1";
constexpr std::size_t size = 100'000; // a file of its own

struct Worker {
    pid_t pid;
    int commands, answers;

    char ask(char command) const {
        char answer = 0;
        if (::write(commands, &command, 1) != 1 || ::read(answers, &answer, 1) != 1)
            throw std::runtime_error("a worker has ended");
        return answer;
    }
    void kill() const {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
};

StoreRef open(test::TestLoop &loop, const std::string &vault) {
    return loop.run(open_directory_store(loop.runtime(), posix_file_system(), vault, {}));
}

// Answers each command when it is done: o opens, c creates, g tells whether the key is there.
int work(const std::string &vault, int commands, int answers) {
    test::TestLoop loop;
    StoreRef store;
    char command = 0;
    while (::read(commands, &command, 1) == 1) {
        char answer = 'y';
        if (command == 'o') store = open(loop, vault);
        if (command == 'c') loop.run(store->create(std::string(key), Blob(Bytes(size))));
        if (command == 'g') answer = loop.run(store->get(std::string(key))).has_value() ? 'y' : 'n';
        if (::write(answers, &answer, 1) != 1) break;
    }
    return 0;
}

Worker start(const std::string &vault) {
    int to[2], from[2];
    if (::pipe(to) != 0 || ::pipe(from) != 0) throw std::runtime_error("pipe");
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) ::_exit(work(vault, to[0], from[1]));
    return {pid, to[1], from[0]};
}

std::string bytes_of(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_over(const std::string &path, const std::string &bytes) {
    std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::vector<fs::path> files_in(const std::string &path) {
    std::vector<fs::path> files;
    for (const auto &entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
}

void expect(bool holds, const char *what) {
    if (!holds) throw std::runtime_error(what);
}

void run(const std::string &vault) {
    const Worker keeper = start(vault), author = start(vault), late = start(vault);
    keeper.ask('o');
    author.ask('o');
    const std::string before = bytes_of(vault + "/index.db-shm");
    author.ask('c');
    author.kill();
    const auto objects = files_in(vault + "/objects");
    expect(objects.size() == 1, "a large value has a file");
    // As it was at the moment of the commit.
    fs::create_hard_link(objects[0], vault + "/tmp/" + objects[0].parent_path().filename().string() +
                                         objects[0].filename().string());
    write_over(vault + "/index.db-shm", before);
    expect(keeper.ask('g') == 'n', "the commit is not seen");
    late.ask('o');
    expect(late.ask('g') == 'n', "nor by whoever comes later");
    late.kill();
    keeper.kill();

    test::TestLoop loop;
    const StoreRef store = open(loop, vault);
    const std::optional<Blob> found = loop.run(store->get(std::string(key)));
    expect(!found || found->size() == size, "all or nothing");
    expect(files_in(vault + "/objects").size() == (found ? 1u : 0u), "no file is left over");
    expect(files_in(vault + "/tmp").empty(), "no temporary file is left over");
}

} // namespace
} // namespace safe::crash

int main() {
    const std::filesystem::path root =
        std::filesystem::temp_directory_path() / ("crash-unseen-" + std::to_string(::getpid()));
    std::filesystem::remove_all(root); // of a process that had this number before
    std::filesystem::create_directory(root);
    int status = 0;
    try {
        safe::crash::run((root / "vault").string());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "FAILED: %s\n", error.what());
        status = 1;
    }
    std::filesystem::remove_all(root);
    return status;
}
