// How fast self-encryption is on one file, and where the time goes.
//
//   selfencrypt_bench FILE WORKERS [FOLDER]
//
// Encrypts from memory to nowhere; decrypts from chunks in memory to a file in FOLDER (/dev/shm), in order,
// as the oracle is measured (tests/oracle/oracle.py bench). The last line is JSON. Stages are of one thread,
// over chunks spread over the file; memory is the most that buffers held at once, compressors included.
#include "base/native/thread_pool.hpp"
#include "bench/stages.hpp"
#include "crypto/sign.hpp"
#include "selfencrypt/decoder.hpp"
#include "selfencrypt/encoder.hpp"

#include <fmt/core.h>

#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace safe;
using Clock = std::chrono::steady_clock;

struct Taken {
    double seconds = 0, cpu = 0;
};

double cpu_now() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
Taken timed(Work work) {
    const auto began = Clock::now();
    const double cpu = cpu_now();
    work();
    return {std::chrono::duration<double>(Clock::now() - began).count(), cpu_now() - cpu};
}

using Chunks = std::map<Address, Bytes>;

Awaitable<void> keep(Chunks &chunks, Address address, Blob blob) {
    chunks.emplace(address, Bytes(blob.view().begin(), blob.view().end()));
    co_return;
}

Awaitable<void> nowhere(Address, Blob) { co_return; }

Awaitable<Blob> fetch(const Chunks &chunks, Address address) { co_return Blob(Bytes(chunks.at(address))); }

Awaitable<void> write(RuntimeRef runtime, ByteView data, ChunkSink sink, Content &content) {
    Encoder encoder(runtime, std::make_shared<Job>(), {data.size(), false}, std::move(sink));
    co_await encoder.write(data);
    content = co_await encoder.finish();
}

Awaitable<void> read(RuntimeRef runtime, const Chunks &chunks, Content content, int file) {
    const ChunkSource source = [&chunks](Address address, JobRef) { return fetch(chunks, address); };
    auto job = std::make_shared<Job>();
    auto decoder = co_await Decoder::open(runtime, job, std::move(content), source);
    Bytes part(1 << 20);
    const MutableView view(part);
    for (std::uint64_t at = 0; at < decoder->size();) {
        const std::size_t size = co_await decoder->read(job, at, view);
        if (::write(file, part.data(), size) != static_cast<ssize_t>(size)) throw Error(Errc::io, "cannot write");
        at += size;
    }
}

void run(asio::io_context &loop, Awaitable<void> work) {
    asio::co_spawn(loop, std::move(work), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    loop.restart();
    loop.run();
}

// Where copies.c is preloaded.
bench::Count copies() { return reinterpret_cast<bench::Count>(::dlsym(RTLD_DEFAULT, "safe_bench_copied")); }

int measure(const std::string &path, unsigned workers, const std::string &folder) {
    Bytes data;
    {
        std::ifstream in(path, std::ios::binary);
        if (!in) throw Error(Errc::io, "cannot read " + path);
        data.assign(std::istreambuf_iterator<char>(in), {});
    }
    asio::io_context loop;
    const auto cpu = std::make_shared<ThreadPool>(workers);
    const auto runtime = std::make_shared<Runtime>(
        loop, Runtime::Ports{std::make_shared<SystemClock>(), std::make_shared<crypto::SodiumRandom>(), cpu, cpu},
        workers, limits::memory_for(workers));
    Chunks chunks;
    Content content;
    const Taken encrypt = timed([&] { run(loop, write(runtime, data, nowhere, content)); });
    const ChunkSink sink = [&](Address address, Blob blob) { return keep(chunks, address, std::move(blob)); };
    run(loop, write(runtime, data, sink, content));
    const std::string target = folder + "/selfencrypt-bench-" + std::to_string(::getpid());
    const int file = ::open(target.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) throw Error(Errc::io, "cannot write " + target);
    ::unlink(target.c_str());
    const Taken decrypt = timed([&] { run(loop, read(runtime, chunks, content, file)); });
    ::close(file);
    const std::size_t held = runtime->buffers()->used() + runtime->buffers()->kept();
    const bench::Stages stages = bench::stages_of(runtime->buffers(), data, copies());
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print("{{\"bytes\": {}, \"workers\": {}, \"encrypt_seconds\": {:.6f}, \"encrypt_cpu_seconds\": {:.6f}, "
               "\"decrypt_seconds\": {:.6f}, \"decrypt_cpu_seconds\": {:.6f}, \"buffers_bytes\": {}, "
               "\"peak_rss_kib\": {}, "
               "\"encrypt_stages\": {}, \"decrypt_stages\": {}, "
               "\"stages_bytes\": {}, \"encrypt_copied\": {}, \"decrypt_copied\": {}}}\n",
               data.size(), workers, encrypt.seconds, encrypt.cpu, decrypt.seconds, decrypt.cpu, held, usage.ru_maxrss,
               bench::json(stages.encrypt), bench::json(stages.decrypt), stages.bytes, stages.encrypt_copied,
               stages.decrypt_copied);
    return 0;
}

} // namespace

int main(int count, char **words) {
    if (count < 3) return fmt::print(stderr, "usage: selfencrypt_bench FILE WORKERS [FOLDER]\n"), 2;
    try {
        return measure(words[1], static_cast<unsigned>(std::stoul(words[2])), count > 3 ? words[3] : "/dev/shm");
    } catch (const std::exception &error) {
        return fmt::print(stderr, "selfencrypt_bench: {}\n", error.what()), 1;
    }
}
