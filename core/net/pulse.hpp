// Whether the other side of a connection is still there, and gets on with what it has begun.
#pragma once

#include "base/error.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace safe::net {

// docs/protocol.md, "Signs of life". Others than these are for tests.
struct Times {
    std::chrono::milliseconds quiet{10'000}; // without anything to say, this side says that it is alive
    std::chrono::milliseconds dead{30'000};  // a side that says nothing for so long has gone
    std::chrono::milliseconds slow{30'000};  // for a frame, and besides a second for each
    std::size_t rate = 8 * 1024;             // bytes of it
};

class Pulse {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Pulse(Times times) : times_(times), sent_(Clock::now()), tried_(sent_), heard_(sent_) {}

    void sent() { sent_ = Clock::now(); }
    // For when it cannot say that it is alive.
    void skipped() { tried_ = Clock::now(); }
    // Bytes came. `whole`: a frame ended among them; `mid`: they end within one.
    void heard(std::size_t count, bool whole, bool mid) {
        heard_ = Clock::now();
        if (whole || !mid) begun_.reset();
        if (!mid) return;
        if (!begun_) {
            begun_ = heard_;
            got_ = 0;
        }
        got_ += count;
    }
    // This side does not read for a while, which is not the other one's fault.
    void pause() { paused_ = Clock::now(); }
    void resume() {
        const auto time = Clock::now() - *std::exchange(paused_, std::nullopt);
        heard_ += time;
        if (begun_) *begun_ += time;
    }

    bool is_quiet(Clock::time_point now) const { return now >= quiet(); }
    // What this side has to send is not taken.
    bool is_stuck(Clock::time_point now) const { return now >= sent_ + times_.dead; }
    std::optional<Error> failure(Clock::time_point now) const {
        if (paused_) return std::nullopt;
        if (now >= heard_ + times_.dead)
            return Error(Errc::connection_failed, "the other side has said nothing for " + seconds(times_.dead) +
                                                      " seconds, as if it had gone; connect again");
        if (begun_ && now >= *begun_ + allowed())
            return Error(Errc::connection_failed, "the other side sends too slowly: what it began to say took longer "
                                                  "than " +
                                                      seconds(allowed()) + " seconds");
        return std::nullopt;
    }
    // When one of the two may be so next.
    Clock::time_point next(Clock::time_point now) const {
        Clock::time_point time = quiet();
        if (!paused_) time = std::min(time, heard_ + times_.dead);
        if (!paused_ && begun_) time = std::min<Clock::time_point>(time, *begun_ + allowed());
        return std::max(time, now + std::chrono::milliseconds(1));
    }
    Clock::time_point first() const { return sent_ + std::min(times_.quiet, std::min(times_.dead, times_.slow)); }

  private:
    Clock::time_point quiet() const { return std::max(sent_, tried_) + times_.quiet; }
    std::chrono::milliseconds allowed() const {
        return times_.slow + std::chrono::milliseconds(got_ * 1000 / times_.rate);
    }
    static std::string seconds(std::chrono::milliseconds time) { return std::to_string((time.count() + 999) / 1000); }

    const Times times_;
    Clock::time_point sent_, tried_, heard_;
    std::optional<Clock::time_point> begun_; // the frame that is not whole yet
    std::size_t got_ = 0;                    // of it
    std::optional<Clock::time_point> paused_;
};

} // namespace safe::net
