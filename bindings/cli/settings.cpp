#include "settings.hpp"

#include "handle.hpp"
#include "text.hpp"

#include <algorithm>

namespace safe::cli {
namespace {

std::string_view without_blanks(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string listed(const std::vector<std::string> &names) {
    std::string text;
    for (const std::string &name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

std::string environment_name(std::string_view setting) {
    std::string name = "SAFE_VAULT_";
    for (const char c : setting) name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
    return name;
}

Settings parse_settings(std::string_view text, const std::string &file, const std::vector<std::string> &known) {
    Settings settings;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = without_blanks(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const std::string origin = file + ", line " + std::to_string(number);
        const auto refuse = [&](const std::string &why) -> Failure {
            return {SAFE_INVALID_ARGUMENT, origin + ": " + why};
        };
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) throw refuse("write name = value; lines that begin with # are remarks");
        const std::string name(without_blanks(line.substr(0, equals)));
        const std::string_view value = without_blanks(line.substr(equals + 1));
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw refuse("there is no setting \"" + printable(name) + "\"; there are " + listed(known));
        if (value.empty()) throw refuse("the value of " + name + " is missing");
        if (printable(value) != value) throw refuse("the value of " + name + " is no text");
        settings[name].push_back({std::string(value), origin});
    }
    return settings;
}

Settings settings_of_environment(const std::function<const char *(const char *)> &environment,
                                 const std::vector<std::string> &known) {
    Settings settings;
    for (const std::string &name : known) {
        const std::string variable = environment_name(name);
        const char *given = environment(variable.c_str());
        std::string_view left = given ? given : "";
        const bool several = name == "listen" || name == "limit";
        while (!left.empty()) {
            const std::size_t end = several ? std::min(left.find(' '), left.size()) : left.size();
            if (end > 0) settings[name].push_back({std::string(left.substr(0, end)), variable});
            left.remove_prefix(std::min(end + 1, left.size()));
        }
    }
    return settings;
}

} // namespace safe::cli
