#include "usage.hpp"

#include "help.hpp"
#include "text.hpp"

#include <algorithm>

namespace safe::cli {
namespace {

// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
std::size_t distance(const std::string &a, const std::string &b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

// The command that the line got to.
const CLI::App &chosen(const CLI::App &app) {
    const auto commands = app.get_subcommands();
    return commands.empty() ? app : chosen(*commands[0]);
}

std::vector<std::string> option_names(const CLI::App &app) {
    std::vector<std::string> names;
    for (const CLI::App *each = &app; each; each = each->get_parent()) {
        for (const CLI::Option *option : each->get_options()) {
            for (const std::string &name : option->get_lnames()) names.push_back("--" + name);
        }
    }
    return names;
}

// "safe put" is spoken of as "put".
std::string short_name(const CLI::App &app) { return app.get_parent() ? full_name(app).substr(5) : ""; }

std::string prefixed(const CLI::App &app, const std::string &text) {
    return app.get_parent() ? short_name(app) + ": " + text : text;
}

// The first thing that the command cannot do without, e.g. "LINK" or "--key FILE".
std::string missing(const CLI::App &command) {
    for (const CLI::Option *option : command.get_options()) {
        if (!option->get_required() || option->count() > 0) continue;
        return (option->nonpositional() ? "--" + option->get_lnames()[0] + " " : "") + option->get_type_name();
    }
    return "";
}

std::string quoted(const std::string &word) { return "\"" + printable(word) + "\""; }

UsageProblem unknown(const CLI::App &command, const std::string &word) {
    const bool is_option = word.size() > 1 && word[0] == '-';
    const bool wants_command = !command.get_subcommands({}).empty();
    if (is_option) {
        const std::string near = nearest(word.substr(0, word.find('=')), option_names(command));
        const std::string hint =
            !near.empty()
                ? "did you mean " + near + "?"
                : full_name(command) + " --help lists the options; a file name that begins with - goes after --";
        return {prefixed(command, "there is no option " + quoted(word)), hint};
    }
    if (wants_command) {
        const std::string near = nearest(word, command_names(command));
        return {prefixed(command, "there is no command " + quoted(word)),
                near.empty() ? full_name(command) + " --help lists the commands"
                             : "did you mean \"" + full_name(command) + " " + near + "\"?"};
    }
    return {prefixed(command, "there is no use for the argument " + quoted(word)),
            full_name(command) + " --help shows what it takes"};
}

} // namespace

std::string nearest(const std::string &word, const std::vector<std::string> &candidates) {
    std::string best;
    std::size_t best_distance = 0;
    if (word.size() > 64) return best;
    for (const std::string &candidate : candidates) {
        // What was typed is often the beginning of what was meant.
        const bool begins = word.size() >= 3 && candidate.starts_with(word);
        const std::size_t d = begins ? 1 : distance(word, candidate);
        const std::size_t letters = candidate.size() - (candidate.starts_with("--") ? 2 : 0);
        const std::size_t allowed = begins ? 1 : std::max<std::size_t>(1, std::min<std::size_t>(3, (letters + 1) / 2));
        if (d <= allowed && (best.empty() || d < best_distance)) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

std::vector<std::string> command_names(const CLI::App &app) {
    std::vector<std::string> names;
    for (const CLI::App *command : app.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

UsageProblem explain(const CLI::App &app, const CLI::ParseError &error) {
    const CLI::App &command = chosen(app);
    const auto left = app.remaining(true);
    const bool missing_part = dynamic_cast<const CLI::RequiredError *>(&error);
    const bool unexpected = dynamic_cast<const CLI::ExtrasError *>(&error);
    if ((unexpected || missing_part) && !left.empty()) return unknown(command, left[0]);
    if (missing_part && !command.get_subcommands({}).empty()) {
        return {prefixed(command, "which command?"), full_name(command) + " --help lists them"};
    }
    if (missing_part && !missing(command).empty()) {
        return {prefixed(command, missing(command) + " is missing"),
                full_name(command) + " --help shows what it takes"};
    }
    return {prefixed(command, error.what()), full_name(command) + " --help shows what it takes"};
}

} // namespace safe::cli
