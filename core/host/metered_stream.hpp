// A stream that knows how much went over it, and since when it has been waiting.
#pragma once

#include "net/stream.hpp"

#include "host/vault_counters.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace safe {

class MeteredStream : public net::Stream {
  public:
    using Time = std::chrono::steady_clock::time_point;

    MeteredStream(std::shared_ptr<net::Stream> stream, std::shared_ptr<VaultCounters> counters)
        : stream_(std::move(stream)), counters_(std::move(counters)) {}

    Awaitable<void> send(Blob bytes) override {
        counters_->sent += bytes.size();
        sending_since_ = std::chrono::steady_clock::now();
        const std::shared_ptr<void> over(nullptr, [this](void *) { sending_since_.reset(); });
        co_await stream_->send(std::move(bytes));
    }
    Awaitable<Blob> receive() override {
        Blob bytes = co_await stream_->receive();
        counters_->received += bytes.size();
        heard_ = std::chrono::steady_clock::now();
        co_return bytes;
    }
    void close() override { stream_->close(); }
    std::size_t best_piece() const override { return stream_->best_piece(); }

    Time heard() const { return heard_; }
    const std::optional<Time> &sending_since() const { return sending_since_; }

  private:
    const std::shared_ptr<net::Stream> stream_;
    const std::shared_ptr<VaultCounters> counters_;
    Time heard_ = std::chrono::steady_clock::now();
    std::optional<Time> sending_since_;
};

} // namespace safe
