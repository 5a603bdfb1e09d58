// What the terminal can do, and everything that is said on stderr: messages and a progress bar that make room for each
// other. Data goes to stdout and never through here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace safe::cli {

enum class Style { plain, bold, dim, red, green, yellow };

class Terminal {
  public:
    Terminal();

    bool input_is_terminal, output_is_terminal, errors_are_terminal;
    bool unicode;       // the locale's character set is UTF-8
    bool quiet = false; // only failures are said

    // Colours unless NO_COLOR is set (no-color.org), the terminal is dumb, or it is none.
    std::string styled(Style style, const std::string &text, int fd) const;

    void say(const std::string &line);                              // nothing with --quiet
    void note(const std::string &line);                             // nothing with --quiet or if nobody looks
    void fail(const std::string &message, const std::string &hint); // always

    // The bar: `done` of `total` bytes, or things if `counted`; UINT64_MAX: the total is not known. Drawn from the
    // second half second on, ten times a second at most.
    void begin(std::string label, std::uint64_t total, bool counted = false);
    void advance(std::uint64_t done);
    void relabel(std::string label) { label_ = std::move(label); }
    void set_total(std::uint64_t total) { total_ = total; }
    void clear(); // takes the bar off the screen until the next advance
    void end();
    bool has_bar() const { return bar_; }

  private:
    using Clock = std::chrono::steady_clock;

    void draw(Clock::time_point now);
    std::string bar_line(double seconds, int width) const;
    double rate(double seconds) const;

    bool colours_;
    bool bar_ = false, shown_ = false, counted_ = false;
    std::string label_;
    std::uint64_t total_ = 0, done_ = 0;
    // The rate is that of the last few seconds: samples of (time, done).
    struct Sample {
        Clock::time_point when;
        std::uint64_t done;
    };
    Sample recent_{}, older_{};
    Clock::time_point begun_{}, drawn_{};
};

} // namespace safe::cli
