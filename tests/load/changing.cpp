// A program that goes on for long: so many requests, over connections that change. It and the daemon have no more
// descriptors and handles at the end than they had at the beginning.
//
//   load_changing URL PID REQUESTS     PID: the daemon's
//
// The last line is JSON.
#include "load/figures.hpp"

#include <safe/safe.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace {

constexpr std::size_t pairs = 50; // of a connection: values that are put and then read

safe_op *done(safe_op *op) {
    if (safe_op_wait(op, -1, nullptr) == SAFE_OK) return op;
    safe_error *error = nullptr;
    safe_op_wait(op, -1, &error);
    throw std::runtime_error(safe_error_message(error));
}

safe_client *connect(const std::string &url) {
    safe_op *op = done(safe_connect(url.c_str(), 0));
    safe_client *client = nullptr;
    safe_op_take_client(op, &client, nullptr);
    safe_op_free(op);
    return client;
}

std::array<std::uint8_t, 200> value_of(std::uint64_t number) {
    std::array<std::uint8_t, 200> value{};
    std::memcpy(value.data(), &number, sizeof number);
    return value;
}

// At least two requests for each.
void put_and_get(safe_client *client, std::uint64_t first) {
    std::vector<safe_op *> ops;
    for (std::uint64_t i = 0; i < pairs; ++i) {
        const auto value = value_of((first + i) % 1000);
        ops.push_back(safe_chunk_put(client, value.data(), value.size()));
    }
    for (safe_op *&op : ops) {
        safe_bytes *address = nullptr;
        safe_op_take_bytes(done(op), &address, nullptr);
        safe_op_free(op);
        op = safe_chunk_get(client, safe_bytes_data(address));
        safe_bytes_free(address);
    }
    for (std::uint64_t i = 0; i < pairs; ++i) {
        safe_bytes *got = nullptr;
        safe_op_take_bytes(done(ops[i]), &got, nullptr);
        safe_op_free(ops[i]);
        const auto value = value_of((first + i) % 1000);
        if (safe_bytes_size(got) != value.size() || std::memcmp(safe_bytes_data(got), value.data(), value.size()) != 0)
            throw std::runtime_error("another value came back");
        safe_bytes_free(got);
    }
}

void visit(const std::string &url, std::uint64_t first) {
    safe_client *client = connect(url);
    put_and_get(client, first);
    safe_client_free(client);
}

int run(const std::string &url, const std::string &daemon, std::uint64_t requests) {
    using safe::load::descriptors_at_rest;
    // The library goes to rest between its users; one stays.
    safe_client *const stays = connect("mem:");
    visit(url, 0);
    const std::size_t files = descriptors_at_rest(daemon), own_files = descriptors_at_rest("self");
    const std::uint64_t handles = safe_debug_live_handles();
    const auto began = std::chrono::steady_clock::now();
    std::uint64_t connections = 0;
    for (; connections * 2 * pairs < requests; ++connections) visit(url, connections * pairs);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const long left = safe::load::descriptors_left(daemon, files),
               own = safe::load::descriptors_left("self", own_files);
    const auto held = static_cast<long>(safe_debug_live_handles()) - static_cast<long>(handles);
    safe_client_free(stays);
    std::printf("{\"requests\": %llu, \"connections\": %llu, \"seconds\": %.1f, \"descriptors_left\": %ld, "
                "\"descriptors_left_in_client\": %ld, \"handles_left\": %ld}\n",
                static_cast<unsigned long long>(connections * 2 * pairs), static_cast<unsigned long long>(connections),
                took.count(), left, own, held);
    return left <= 0 && own <= 0 && held == 0 ? 0 : 1;
}

} // namespace

int main(int count, char **words) {
    if (count != 4) return std::fprintf(stderr, "usage: load_changing URL PID REQUESTS\n"), 2;
    try {
        return run(words[1], words[2], std::stoull(words[3]));
    } catch (const std::exception &error) {
        return std::fprintf(stderr, "load_changing: %s\n", error.what()), 1;
    }
}
