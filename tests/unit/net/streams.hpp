// Both ends of a stream in one program, for tests of the calls over it.
#pragma once

#include "memory_stream.hpp"
#include "net/frames.hpp"
#include "net/stream_channel.hpp"
#include "net/stream_service.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

namespace safe::test {

using net::Channel;
using net::encode_frame;
using net::Frame;
using net::FrameKind;
using net::make_stream_channel;
using net::serve_stream;
using net::ServeOptions;
using net::Service;
using net::Stream;
using net::Times;

// Says what it was told. A request whose header is {n} waits while n is held.
class Echo : public Service {
  public:
    explicit Echo(Loop &loop) : loop_(loop) {}

    // A failure's header is its code's name.
    Frame failure(const Error &error) override {
        const std::string_view name = name_of(error.code());
        return {Bytes(name.begin(), name.end()), Blob()};
    }
    std::size_t reply_room(const Frame &) const override { return room; }

    Awaitable<Frame> serve(Frame request, JobRef job) override {
        jobs.push_back(job);
        most = std::max(most, ++active);
        const Byte number = request.header[0];
        if (held_.contains(number)) {
            const auto gate = std::make_shared<Gate>(loop_);
            waiting_.emplace(number, gate);
            co_await gate->wait();
        }
        --active;
        ++served;
        co_return request;
    }

    void hold(Byte number) { held_.insert(number); }
    void release(Byte number) {
        held_.erase(number);
        const auto [first, last] = waiting_.equal_range(number);
        for (auto at = first; at != last; ++at) at->second->open();
        waiting_.erase(first, last);
    }
    void release_all() {
        while (!held_.empty()) release(*held_.begin());
    }

    unsigned active = 0, most = 0, served = 0;
    std::size_t room = 0;
    std::vector<JobRef> jobs;

  private:
    Loop &loop_;
    std::set<Byte> held_;
    std::multimap<Byte, std::shared_ptr<Gate>> waiting_;
};

// How something ended, on the way to that.
struct Ending {
    bool over = false;
    Errc code = Errc::ok;
    Bytes payload;
    std::string header;
};
using EndingRef = std::shared_ptr<Ending>;

inline Awaitable<void> note(EndingRef ending, Awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (const Error &error) {
        ending->code = error.code();
    }
    ending->over = true;
}

inline Awaitable<void> call(std::shared_ptr<Channel> channel, Byte number, Bytes payload, JobRef job, EndingRef ending,
                            std::uint32_t deadline) {
    Frame request{Bytes{number}, Blob(std::move(payload)), true, deadline};
    const Frame reply = co_await channel->call(std::move(request), std::move(job));
    ending->header.assign(reply.header.begin(), reply.header.end());
    ending->payload.assign(reply.payload.view().begin(), reply.payload.view().end());
}

inline Bytes frame_of(FrameKind kind, std::uint64_t id) {
    Bytes out;
    encode_frame(out, kind, id,
                 kind == FrameKind::request || kind == FrameKind::reply ? Frame{Bytes{9}, Blob()} : Frame());
    return out;
}

class Streams : public ::testing::Test {
  protected:
    void connect(std::size_t piece = Stream::max_piece) {
        std::tie(near, far) = MemoryStream::make(loop.runtime(), piece);
        open();
    }
    void open() {
        channel = make_stream_channel(
            loop.runtime(), near, "test:", [this](Error error) { ended.push_back(error.code()); }, times);
    }
    void serve() { served = start(serve_stream(loop.runtime(), serving, far, echo, options)); }
    EndingRef start(Awaitable<void> work) {
        auto ending = std::make_shared<Ending>();
        asio::co_spawn(loop.context(), note(ending, std::move(work)), asio::detached);
        return ending;
    }
    EndingRef ask(Byte number, Bytes payload = {}, JobRef job = std::make_shared<Job>(), std::uint32_t deadline = 0) {
        auto ending = std::make_shared<Ending>();
        Awaitable<void> work = call(channel, number, std::move(payload), std::move(job), ending, deadline);
        asio::co_spawn(loop.context(), note(ending, std::move(work)), asio::detached);
        return ending;
    }
    // What the other side puts on the stream without being asked.
    void say(const Bytes &bytes) {
        if (!bytes.empty()) start(far->send(Blob(bytes)));
    }
    // Until nothing is left to do but to wait.
    void settle() {
        loop.context().restart();
        while (loop.context().poll() > 0) continue;
    }
    void TearDown() override {
        channel.reset();
        if (far) far->close();
        echo->release_all();
        loop.context().restart();
        loop.context().run(); // would go on for ever if anybody were left waiting
    }

    TestLoop loop;
    std::shared_ptr<Echo> echo = std::make_shared<Echo>(loop.context());
    JobRef serving = std::make_shared<Job>();
    std::shared_ptr<MemoryStream> near, far;
    std::shared_ptr<Channel> channel;
    EndingRef served;
    Times times;
    ServeOptions options;
    std::vector<Errc> ended; // what the channel said to who made it
};

} // namespace safe::test
