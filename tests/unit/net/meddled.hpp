// A stream with somebody in between who alters, cuts or keeps what goes over it.
#pragma once

#include "memory_stream.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace safe::test {

class Meddled : public net::Stream {
  public:
    // Of one direction.
    struct Way {
        std::size_t count = 0;                                 // bytes so far
        std::size_t flip = SIZE_MAX;                           // the byte of which a bit is turned
        Byte bits = 1;                                         // and which
        std::size_t cut = SIZE_MAX;                            // bytes after which nothing comes any more
        Bytes seen = {};                                       // all of them
        std::function<std::vector<Bytes>(Bytes)> instead = {}; // pieces for a piece
    };
    explicit Meddled(std::shared_ptr<MemoryStream> stream) : stream_(std::move(stream)) {}

    Awaitable<void> send(Blob bytes) override {
        for (Bytes &piece : passed(out, bytes)) {
            Blob one(std::move(piece));
            co_await stream_->send(std::move(one));
        }
        if (out.count >= out.cut) stream_->cut();
    }
    Awaitable<Blob> receive() override {
        while (in_.empty()) {
            if (in.count >= in.cut) co_return Blob();
            const Blob bytes = co_await stream_->receive();
            if (bytes.size() == 0) co_return Blob();
            in_ = passed(in, bytes);
        }
        Blob first(std::move(in_.front()));
        in_.erase(in_.begin());
        co_return first;
    }
    void close() override { stream_->close(); }

    Way out, in;

  private:
    static std::vector<Bytes> passed(Way &way, const Blob &bytes) {
        Bytes piece(bytes.view().begin(), bytes.view().end());
        way.seen.insert(way.seen.end(), piece.begin(), piece.end());
        if (way.flip >= way.count && way.flip < way.count + piece.size()) piece[way.flip - way.count] ^= way.bits;
        if (way.count + piece.size() > way.cut) piece.resize(way.cut > way.count ? way.cut - way.count : 0);
        way.count += bytes.size();
        if (way.instead) return way.instead(std::move(piece));
        if (piece.empty()) return {};
        return {std::move(piece)};
    }

    const std::shared_ptr<MemoryStream> stream_;
    std::vector<Bytes> in_;
};

} // namespace safe::test
