#include "terminal.hpp"

#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace safe::cli {
namespace {

using namespace std::chrono_literals;

bool is_set(const char *variable) {
    const char *value = std::getenv(variable);
    return value && *value;
}

// Talk is not worth failing for: a stderr that is gone or full is ignored.
void put(std::string_view text) {
    while (!text.empty()) {
        const ssize_t wrote = ::write(STDERR_FILENO, text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

int terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

// Characters, which is near enough to columns for a label.
int columns(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string shortened(const std::string &text, int width, const char *ellipsis) {
    if (columns(text) <= width) return text;
    std::size_t end = 0;
    for (int seen = 0; end < text.size(); ++end) {
        if ((text[end] & 0xC0) != 0x80 && ++seen == width) break;
    }
    return text.substr(0, end) + ellipsis;
}

std::string padded_left(const std::string &text, int width) {
    return std::string(static_cast<std::size_t>(std::max(0, width - columns(text))), ' ') + text;
}

} // namespace

Terminal::Terminal()
    : input_is_terminal(::isatty(STDIN_FILENO)), output_is_terminal(::isatty(STDOUT_FILENO)),
      errors_are_terminal(::isatty(STDERR_FILENO)) {
    std::setlocale(LC_CTYPE, "");
    unicode = std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
    const char *term = std::getenv("TERM");
    colours_ = !is_set("NO_COLOR") && term && std::strcmp(term, "dumb") != 0;
}

std::string Terminal::styled(Style style, const std::string &text, int fd) const {
    const bool terminal = fd == STDOUT_FILENO ? output_is_terminal : errors_are_terminal;
    if (!colours_ || !terminal || style == Style::plain) return text;
    static constexpr const char *codes[] = {"0", "1", "2", "31", "32", "33"};
    return std::string("\x1b[") + codes[static_cast<int>(style)] + "m" + text + "\x1b[0m";
}

void Terminal::say(const std::string &line) {
    if (quiet) return;
    clear();
    put(line + "\n");
}

void Terminal::note(const std::string &line) {
    if (errors_are_terminal) say(styled(Style::dim, line, STDERR_FILENO));
}

void Terminal::fail(const std::string &message, const std::string &hint) {
    clear();
    put(styled(Style::red, "safe:", STDERR_FILENO) + " " + printable(message) + "\n");
    if (!hint.empty()) put(styled(Style::dim, "      hint: " + hint, STDERR_FILENO) + "\n");
}

void Terminal::begin(std::string label, std::uint64_t total, bool counted) {
    const char *term = std::getenv("TERM");
    bar_ = errors_are_terminal && !quiet && term && std::strcmp(term, "dumb") != 0;
    shown_ = false;
    counted_ = counted;
    label_ = std::move(label);
    total_ = total;
    done_ = 0;
    begun_ = drawn_ = Clock::now();
    recent_ = older_ = {begun_, 0};
}

void Terminal::advance(std::uint64_t done) {
    if (!bar_) return;
    done_ = done;
    const auto now = Clock::now();
    if (now - begun_ >= 500ms && now - drawn_ >= 95ms) draw(now);
}

void Terminal::clear() {
    if (shown_) put("\r\x1b[K");
    shown_ = false;
}

void Terminal::end() {
    clear();
    bar_ = false;
}

double Terminal::rate(double seconds) const {
    const double span = std::chrono::duration<double>(drawn_ - older_.when).count();
    if (span > 0.5) return static_cast<double>(done_ - std::min(done_, older_.done)) / span;
    return seconds > 0 ? static_cast<double>(done_) / seconds : 0;
}

void Terminal::draw(Clock::time_point now) {
    drawn_ = now;
    if (now - recent_.when >= 2s) {
        older_ = recent_;
        recent_ = {now, done_};
    }
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    put("\r" + bar_line(seconds, terminal_width() - 1) + "\x1b[K");
    shown_ = true;
}

// label  ━━━━━━━━───────  62%  181 MiB of 292 MiB  94 MiB/s  0:01 left
std::string Terminal::bar_line(double seconds, int width) const {
    const auto amount = [&](std::uint64_t n) { return counted_ ? human_count(n) : human_bytes(n); };
    const double speed = rate(seconds);
    const std::string per_second = amount(static_cast<std::uint64_t>(speed)) + "/s";
    const bool known = total_ != UINT64_MAX && total_ > 0;
    if (!known) {
        const std::string facts = "  " + amount(done_) + "  " + per_second + "  " + human_time(seconds);
        const int room = std::max(8, width - columns(facts));
        return shortened(label_, room, unicode ? "…" : "~") + styled(Style::dim, facts, STDERR_FILENO);
    }
    const double part = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    const std::string percent = padded_left(std::to_string(static_cast<int>(part * 100)) + "%", 5);
    std::string facts =
        "  " + padded_left(amount(done_), 8) + " of " + amount(total_) + "  " + padded_left(per_second, 10);
    if (speed > 0 && total_ >= done_) {
        facts += "  " + padded_left(human_time(static_cast<double>(total_ - done_) / speed), 4) + " left";
    }
    const int label_room = std::clamp(width / 3, 8, 32);
    std::string label = shortened(label_, label_room, unicode ? "…" : "~");
    const int bar_room = std::min(40, width - columns(label) - 2 - columns(percent) - columns(facts));
    if (bar_room < 8) {
        if (columns(label) + columns(percent) + columns(facts) > width) facts.clear();
        return label + percent + styled(Style::dim, facts, STDERR_FILENO);
    }
    const int filled = static_cast<int>(part * bar_room);
    std::string full, rest;
    for (int i = 0; i < bar_room; ++i)
        (i < filled ? full : rest) += unicode ? (i < filled ? "━" : "─") : (i < filled ? "#" : "-");
    return label + "  " + styled(Style::green, full, STDERR_FILENO) + styled(Style::dim, rest, STDERR_FILENO) +
           percent + styled(Style::dim, facts, STDERR_FILENO);
}

} // namespace safe::cli
