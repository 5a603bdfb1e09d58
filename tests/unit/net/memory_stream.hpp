// Two ends of a connection within one program, for tests.
#pragma once

#include "net/stream.hpp"

#include "base/runtime.hpp"

#include <deque>
#include <vector>

namespace safe::test {

class MemoryStream : public net::Stream {
  public:
    // `piece`: no receive gives more bytes. A send waits while `room` bytes were not received.
    static std::pair<std::shared_ptr<MemoryStream>, std::shared_ptr<MemoryStream>>
    make(const RuntimeRef &runtime, std::size_t piece = max_piece, std::size_t room = 4 * max_piece) {
        auto there = std::make_shared<Way>(), back = std::make_shared<Way>();
        return {std::make_shared<MemoryStream>(runtime, there, back, piece, room),
                std::make_shared<MemoryStream>(runtime, back, there, piece, room)};
    }

    Awaitable<void> send(Blob bytes) override {
        if (bytes.size() == 0 || bytes.size() > max_piece || std::exchange(sending_, true)) std::abort();
        while (out_->bytes.size() >= room_ && !out_->closed) co_await out_->wait(runtime_);
        sending_ = false;
        if (out_->closed) throw closed();
        out_->bytes.insert(out_->bytes.end(), bytes.view().begin(), bytes.view().end());
        out_->touch();
    }

    Awaitable<Blob> receive() override {
        if (std::exchange(receiving_, true)) std::abort();
        while ((in_->bytes.empty() || deaf_) && !in_->closed && !closed_) co_await in_->wait(runtime_);
        receiving_ = false;
        if (closed_) throw closed();
        const auto count = static_cast<std::ptrdiff_t>(std::min(piece_, in_->bytes.size()));
        Bytes taken(in_->bytes.begin(), in_->bytes.begin() + count);
        in_->bytes.erase(in_->bytes.begin(), in_->bytes.begin() + count);
        in_->touch();
        co_return Blob(std::move(taken));
    }

    void close() override {
        closed_ = true;
        cut();
    }

    bool is_closed() const { return closed_; }
    bool is_cut() const { return in_->closed; }

    // What comes from now on is not received.
    void stop_reading() { deaf_ = true; }

    // As if somebody in between had cut it: both sides see an end.
    void cut() {
        for (Way *way : {in_.get(), out_.get()}) {
            way->closed = true;
            way->touch();
        }
    }

    // Bytes of one way, from when they were sent to when they are received.
    struct Way {
        std::deque<Byte> bytes;
        bool closed = false;
        std::vector<std::shared_ptr<Gate>> waiting;
        Awaitable<void> wait(RuntimeRef runtime) {
            const auto gate = std::make_shared<Gate>(runtime->loop());
            waiting.push_back(gate);
            co_await gate->wait();
        }
        void touch() {
            for (const auto &gate : std::exchange(waiting, {})) gate->open();
        }
    };
    MemoryStream(RuntimeRef runtime, std::shared_ptr<Way> out, std::shared_ptr<Way> in, std::size_t piece,
                 std::size_t room)
        : runtime_(std::move(runtime)), out_(std::move(out)), in_(std::move(in)), piece_(piece), room_(room) {}

  private:
    static Error closed() { return {Errc::closed, "closed"}; }

    const RuntimeRef runtime_;
    const std::shared_ptr<Way> out_, in_;
    const std::size_t piece_, room_;
    bool closed_ = false, sending_ = false, receiving_ = false, deaf_ = false;
};

} // namespace safe::test
