#include "host/schemes.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace safe {
namespace {

constexpr std::size_t least = 2, most = 32; // one letter would be a drive of Windows

// As RFC 3986, section 3.1, but lower case.
bool is_scheme(std::string_view text) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto good = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
    return text.size() >= least && text.size() <= most && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), good);
}

} // namespace

void Schemes::add(const std::string &scheme, std::shared_ptr<SchemeOpener> opener) {
    if (!is_scheme(scheme))
        throw Error(Errc::invalid_argument, "\"" + scheme + "\" is no scheme: one has " + std::to_string(least) +
                                                " to " + std::to_string(most) +
                                                " of a-z, 0-9, +, - and ., and begins with a letter");
    const auto &own = built_in_schemes();
    if (scheme == "safe" || std::find(own.begin(), own.end(), scheme) != own.end())
        throw Error(Errc::invalid_argument, "the scheme " + scheme + ": is the library's own; choose another");
    const std::lock_guard lock(mutex_);
    if (!openers_.emplace(scheme, std::move(opener)).second)
        throw Error(Errc::busy,
                    "the scheme " + scheme + ": has a port already; free that one first, or choose another");
}

void Schemes::remove(const std::string &scheme) {
    const std::lock_guard lock(mutex_);
    openers_.erase(scheme);
}

std::shared_ptr<SchemeOpener> Schemes::find(std::string_view scheme) const {
    const std::lock_guard lock(mutex_);
    const auto found = openers_.find(scheme);
    return found == openers_.end() ? nullptr : found->second;
}

std::vector<std::string> Schemes::names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto &[name, opener] : openers_) names.push_back(name);
    return names;
}

} // namespace safe
