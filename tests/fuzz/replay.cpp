// Runs a fuzz target without libFuzzer, as part of the tests: every file of its corpus, then random mutations of them.
//
//   replay_<name> CORPUS [COUNT]  COUNT mutations (20,000); SAFE_SEED=n repeats a run; SAFE_SCALE=full runs fifty times as many
//   replay_<name> FILE...         one input each, e.g. one that a run has left in replay-failed.bin
//
// When the target aborts or crashes, the input is left in replay-failed.bin in the working directory.
#include "base/bytes.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

using safe::Byte;
using safe::Bytes;

constexpr unsigned mutations = 20'000, full_scale = 50;
constexpr std::size_t largest = 64 * 1024;

Bytes current; // what the target is being given
char context[200];

extern "C" void keep_input(int signal) {
    const char note[] = "replay: failed; the input is in replay-failed.bin\n";
    [[maybe_unused]] auto ignored = ::write(2, context, std::strlen(context));
    const int file = ::open("replay-failed.bin", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file >= 0) {
        ignored = ::write(file, current.data(), current.size());
        ignored = ::write(2, note, sizeof note - 1);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(Bytes input, const std::string &what) {
    // A copy of exactly that size, so that a sanitizer sees reads beyond its end.
    current = std::move(input);
    current.shrink_to_fit();
    std::snprintf(context, sizeof context, "replay: %s, %zu bytes\n", what.c_str(), current.size());
    LLVMFuzzerTestOneInput(current.data(), current.size());
}

Bytes read(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "replay: cannot read %s\n", path.c_str());
        std::exit(2);
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Bytes> read_corpus(const std::filesystem::path &folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto &entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Bytes> inputs;
    for (const auto &path : paths) {
        inputs.push_back(read(path));
        run(inputs.back(), path.filename());
    }
    return inputs;
}

class Mutator {
  public:
    Mutator(std::uint32_t seed, const std::vector<Bytes> &corpus) : random_(seed), corpus_(corpus) {}

    Bytes next() {
        Bytes bytes = pick();
        for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) mutate(bytes);
        bytes.resize(std::min(bytes.size(), largest));
        return bytes;
    }

  private:
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
    const Bytes &pick() { return corpus_[below(corpus_.size())]; }

    // A value that borders on something: a power of two, one less, its complement.
    std::uint64_t border() {
        const std::uint64_t power = std::uint64_t{1} << below(64);
        return below(2) ? power : below(2) ? power - 1 : ~power;
    }

    void overwrite(Bytes &bytes) {
        const std::size_t width = std::size_t{1} << below(4), at = below(bytes.size());
        const std::uint64_t value = border();
        const bool big_endian = below(2);
        for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
            bytes[at + i] = static_cast<Byte>(value >> 8 * (big_endian ? width - 1 - i : i));
    }

    void insert(Bytes &bytes) {
        const Bytes &other = pick();
        const std::size_t from = below(other.size() + 1), size = below(other.size() - from + 1);
        const std::size_t at = below(bytes.size() + 1);
        const Bytes part(other.begin() + static_cast<std::ptrdiff_t>(from),
                         other.begin() + static_cast<std::ptrdiff_t>(from + size));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
    }

    void erase(Bytes &bytes) {
        const std::size_t from = below(bytes.size()), size = 1 + below(std::min<std::size_t>(bytes.size() - from, 64));
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                    bytes.begin() + static_cast<std::ptrdiff_t>(from + size));
    }

    void mutate(Bytes &bytes) {
        if (bytes.empty()) return insert(bytes);
        switch (below(6)) {
        case 0: bytes[below(bytes.size())] ^= static_cast<Byte>(1u << below(8)); break;
        case 1: bytes[below(bytes.size())] = static_cast<Byte>(below(256)); break;
        case 2: overwrite(bytes); break;
        case 3: insert(bytes); break;
        case 4: erase(bytes); break;
        default: bytes.resize(below(bytes.size())); break;
        }
    }

    std::mt19937 random_;
    const std::vector<Bytes> &corpus_;
};

std::uint32_t seed_of_run() {
    const char *given = std::getenv("SAFE_SEED");
    return given && *given ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

unsigned runs(unsigned count) {
    const char *scale = std::getenv("SAFE_SCALE");
    return scale && std::string(scale) == "full" ? count * full_scale : count;
}

int replay_corpus(const std::filesystem::path &folder, unsigned asked) {
    const std::vector<Bytes> corpus = read_corpus(folder);
    if (corpus.empty()) {
        std::fprintf(stderr, "replay: %s is empty; tests/fuzz/make_corpus.py fills it\n", folder.c_str());
        return 2;
    }
    const std::uint32_t seed = seed_of_run();
    const unsigned count = runs(asked);
    std::printf("seed %u: %zu files of the corpus and %u mutations\n", seed, corpus.size(), count);
    std::fflush(stdout);
    Mutator mutator(seed, corpus);
    for (unsigned i = 0; i < count; ++i)
        run(mutator.next(), "seed " + std::to_string(seed) + ", mutation " + std::to_string(i));
    return 0;
}

} // namespace

int main(int count, char **arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: %s CORPUS-FOLDER [COUNT] | FILE...\n", arguments[0]);
        return 2;
    }
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, keep_input);
    if (std::filesystem::is_directory(arguments[1])) {
        const unsigned asked = count > 2 ? static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10)) : mutations;
        return replay_corpus(arguments[1], asked);
    }
    for (int i = 1; i < count; ++i) run(read(arguments[i]), arguments[i]);
    return 0;
}
