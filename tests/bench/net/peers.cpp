// What the network is measured against: programs without any of it.
//
//   net_peers chunks COUNT        COUNT times 4 MiB over a plain TCP connection with blocking sockets, in the same sealed records
//                                 as ours, with BLAKE3 over them on both sides; to the other process, then from it
//   net_peers echo COUNT FLIGHT each|all
//                                 Asio's echo of messages of the size of a small request, FLIGHT of them under way: each
//                                 read and written by itself, or all that have come together
//
// The other side is a process of its own. The last line is JSON.
#include "bench/net/figures.hpp"
#include "crypto/hash.hpp"
#include "crypto/secret_stream.hpp"
#include "net/sealed_stream.hpp"

#include <boost/asio.hpp>

#include <cstdlib>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace safe;
using bench::Clock;

constexpr std::size_t chunk_size = 4 * 1024 * 1024;

void must(bool good, const char *what) {
    if (!good) throw std::runtime_error(std::string(what) + " failed");
}

void no_delay(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Two connected sockets, one of which is served by a child process.
template <class Serve>
int connect_to_child(Serve serve) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    must(::bind(listener, reinterpret_cast<sockaddr *>(&address), size) == 0, "bind");
    must(::listen(listener, 1) == 0, "listen");
    must(::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) == 0, "getsockname");
    const pid_t child = ::fork();
    must(child >= 0, "fork");
    if (child == 0) {
        const int accepted = ::accept(listener, nullptr, nullptr);
        no_delay(accepted);
        try {
            serve(accepted);
        } catch (const std::exception &error) {
            std::fprintf(stderr, "net_peers: the other side: %s\n", error.what());
            ::_exit(1);
        }
        ::_exit(0);
    }
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(::connect(socket, reinterpret_cast<sockaddr *>(&address), size) == 0, "connect");
    no_delay(socket);
    ::close(listener);
    return socket;
}

void child_has_ended_well() {
    int status = 0;
    must(::wait(&status) > 0 && status == 0, "the other side");
}

void write_all(int socket, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        must(sent > 0, "send");
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

void read_all(int socket, MutableView bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), MSG_WAITALL);
        must(got > 0, "recv");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

// One direction of a connection, sealed.
struct Half {
    explicit Half(int s) : socket(s) {}
    const int socket;
    const Bytes32 key{};
    crypto::Sealer sealer{key, crypto::SealHeader{}};
    crypto::Opener opener{key, crypto::SealHeader{}};
    Bytes record = Bytes(net::Stream::max_piece);

    void send(ByteView bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += net::max_record_plain) {
            const std::size_t size = std::min(net::max_record_plain, bytes.size() - at);
            const std::size_t sealed = size + crypto::seal_overhead;
            record[0] = static_cast<Byte>(sealed >> 8);
            record[1] = static_cast<Byte>(sealed);
            const MutableView whole = MutableView(record).first(net::record_head_size + sealed);
            sealer.seal(bytes.subspan(at, size), crypto::SealTag::message, whole.subspan(net::record_head_size));
            write_all(socket, whole);
        }
    }
    void receive(MutableView bytes) {
        for (std::size_t at = 0; at < bytes.size();) {
            const MutableView head = MutableView(record).first(net::record_head_size);
            read_all(socket, head);
            const std::size_t size = static_cast<std::size_t>(head[0]) << 8 | head[1];
            const MutableView sealed = MutableView(record).first(size);
            read_all(socket, sealed);
            const std::size_t plain = size - crypto::seal_overhead;
            must(opener.open(sealed, bytes.subspan(at, plain)).has_value(), "a record");
            at += plain;
        }
    }
};

Bytes some_bytes(std::size_t size) {
    Bytes bytes(size);
    std::uint64_t state = 1;
    for (Byte &byte : bytes) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        byte = static_cast<Byte>(state >> 56);
    }
    return bytes;
}

void serve_chunks(int socket, unsigned count) {
    Half in(socket), out(socket);
    Bytes chunk(chunk_size), answer(32);
    for (unsigned i = 0; i < count; ++i) {
        in.receive(chunk);
        const Bytes32 hash = crypto::blake3(chunk);
        std::copy(hash.begin(), hash.end(), answer.begin());
        out.send(answer);
    }
    in.receive(answer);
    for (unsigned i = 0; i < count; ++i) out.send(chunk);
}

int chunks(unsigned count) {
    const Bytes chunk = some_bytes(chunk_size);
    const int socket = connect_to_child([count](int accepted) { serve_chunks(accepted, count); });
    Half out(socket), in(socket);
    Bytes answer(32), got(chunk_size);
    const auto began = Clock::now();
    Bytes32 hash{};
    for (unsigned i = 0; i < count; ++i) {
        hash = crypto::blake3(chunk);
        out.send(chunk);
    }
    for (unsigned i = 0; i < count; ++i) in.receive(answer);
    const double put = bench::seconds_since(began);
    must(std::equal(hash.begin(), hash.end(), answer.begin()), "the hash");
    const auto again = Clock::now();
    out.send(answer);
    for (unsigned i = 0; i < count; ++i) {
        in.receive(got);
        must(crypto::blake3(got) == hash, "a chunk");
    }
    const double get = bench::seconds_since(again);
    ::close(socket);
    child_has_ended_well();
    std::printf("{\"bytes\": %zu, \"put_seconds\": %.6f, \"get_seconds\": %.6f}\n", count * chunk_size, put, get);
    return 0;
}

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;

// One message, or all that has come. None: the other side has closed.
asio::awaitable<std::size_t> read(Socket &socket, Bytes &in, bool each) {
    boost::system::error_code ended;
    std::size_t size = 0;
    if (each) {
        size = co_await asio::async_read(socket, asio::buffer(in), asio::redirect_error(asio::use_awaitable, ended));
    } else {
        size = co_await socket.async_read_some(asio::buffer(in), asio::redirect_error(asio::use_awaitable, ended));
    }
    co_return ended ? 0 : size;
}

Bytes room_to_read(bool each) { return Bytes(each ? bench::small_message : std::size_t(64 * 1024)); }

asio::awaitable<void> echo(Socket &socket, bool each) {
    Bytes buffer = room_to_read(each);
    for (;;) {
        const std::size_t size = co_await read(socket, buffer, each);
        if (size == 0) co_return;
        co_await asio::async_write(socket, asio::buffer(buffer, size), asio::use_awaitable);
    }
}

struct Asking {
    Socket &socket;
    const std::size_t count, flight;
    const bool each;
    std::size_t asked = 0, answered = 0;
    std::deque<Clock::time_point> since = {};
    bench::Latencies latencies = {};

    void note_asked(std::size_t more) {
        asked += more;
        since.insert(since.end(), more, Clock::now());
    }
    void note_answered(std::size_t more) {
        answered += more;
        for (; more > 0; --more) {
            latencies.took(since.front());
            since.pop_front();
        }
    }
};

asio::awaitable<void> ask(Asking &asking) {
    constexpr std::size_t size = bench::small_message;
    const Bytes out(size * asking.flight, Byte(7));
    Bytes in = room_to_read(asking.each);
    asking.note_asked(asking.flight);
    co_await asio::async_write(asking.socket, asio::buffer(out), asio::use_awaitable);
    std::size_t part = 0;
    while (asking.answered < asking.count) {
        const std::size_t got = co_await read(asking.socket, in, asking.each);
        must(got > 0, "the echo");
        const std::size_t whole = (part + got) / size;
        part = (part + got) % size;
        asking.note_answered(whole);
        const std::size_t more = std::min(whole, asking.count - asking.asked);
        if (more == 0) continue;
        asking.note_asked(more);
        co_await asio::async_write(asking.socket, asio::buffer(out, more * size), asio::use_awaitable);
    }
}

int echoes(unsigned count, unsigned flight, bool each) {
    const int connected = connect_to_child([each](int accepted) {
        asio::io_context loop(1);
        Socket socket(loop, asio::ip::tcp::v4(), accepted);
        asio::co_spawn(loop, echo(socket, each), asio::detached);
        loop.run();
    });
    {
        asio::io_context loop(1);
        Socket socket(loop, asio::ip::tcp::v4(), connected);
        Asking asking{socket, count, std::min(flight, count), each};
        const auto began = Clock::now();
        asio::co_spawn(loop, ask(asking), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        loop.run();
        std::printf("{%s}\n", bench::json(count, bench::seconds_since(began), asking.latencies).c_str());
    }
    child_has_ended_well();
    return 0;
}

} // namespace

int main(int count, char **words) {
    const std::vector<std::string> said(words + 1, words + count);
    try {
        if (said.size() == 2 && said[0] == "chunks") return chunks(static_cast<unsigned>(std::stoul(said[1])));
        if (said.size() == 4 && said[0] == "echo")
            return echoes(static_cast<unsigned>(std::stoul(said[1])), static_cast<unsigned>(std::stoul(said[2])),
                          said[3] == "each");
    } catch (const std::exception &error) {
        return std::fprintf(stderr, "net_peers: %s\n", error.what()), 1;
    }
    return std::fprintf(stderr, "usage: net_peers chunks COUNT | echo COUNT FLIGHT each|all\n"), 2;
}
