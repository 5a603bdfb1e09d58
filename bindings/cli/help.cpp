#include "help.hpp"

#include "exit_codes.hpp"

#include <sstream>
#include <unistd.h>

namespace safe::cli {
namespace {

constexpr std::size_t width = 92;

// "  left side      text that goes on below itself"
std::string entry(const std::string &left, const std::string &text, std::size_t column = 26) {
    std::string out = "  " + left;
    std::size_t used = out.size();
    if (used + 2 > column) {
        out += "\n";
        used = 0;
    }
    out += std::string(column - used, ' ');
    used = column;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (used > column && used + 1 + word.size() > width) {
            out += "\n" + std::string(column, ' ');
            used = column;
        }
        if (used > column) {
            out += ' ';
            ++used;
        }
        out += word;
        used += word.size();
    }
    return out + "\n";
}

} // namespace

std::string full_name(const CLI::App &app) {
    return app.get_parent() ? full_name(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

std::string option_names(const CLI::Option &option) {
    std::string out = option.get_snames().empty() ? "    " : "-" + option.get_snames()[0] + ", ";
    out += "--" + option.get_lnames()[0];
    if (option.get_type_size() > 0) out += " " + option.get_type_name();
    return out;
}

std::string usage_line(const CLI::App &app) {
    std::string out = "  " + full_name(app);
    if (!app.get_subcommands({}).empty()) return out + " COMMAND [OPTION]...\n";
    out += " [OPTION]...";
    for (const CLI::Option *option : app.get_options()) {
        if (!option->nonpositional())
            out += option->get_required() ? " " + option->get_type_name() : " [" + option->get_type_name() + "]";
        else if (option->get_required())
            out += " --" + option->get_lnames()[0] + " " + option->get_type_name();
    }
    return out + "\n";
}

std::string HelpFormatter::heading(const std::string &text) const {
    return "\n" + terminal_.styled(Style::bold, text, STDOUT_FILENO) + "\n";
}

std::string HelpFormatter::commands(const CLI::App &app) const {
    std::string out;
    for (const CLI::App *command : app.get_subcommands({}))
        out += entry(command->get_name(), command->get_description(), 15);
    return out.empty() ? "" : heading("Commands") + out;
}

std::string HelpFormatter::arguments(const CLI::App &app) const {
    std::string out;
    for (const CLI::Option *option : app.get_options()) {
        if (!option->nonpositional()) out += entry(option->get_type_name(), option->get_description());
    }
    return out.empty() ? "" : heading("Arguments") + out;
}

std::string HelpFormatter::options(const CLI::App &app, const std::string &title) const {
    std::string out;
    for (const CLI::Option *option : app.get_options()) {
        // --help is there for all commands.
        const bool again = app.get_parent() && option == app.get_help_ptr();
        if (option->nonpositional() && !again) out += entry(option_names(*option), option->get_description());
    }
    return out.empty() ? "" : heading(title) + out;
}

std::string HelpFormatter::make_help(const CLI::App *app, std::string, CLI::AppFormatMode) const {
    const CLI::App *root = app;
    while (root->get_parent()) root = root->get_parent();
    std::string out =
        terminal_.styled(Style::bold, full_name(*app), STDOUT_FILENO) + ": " + app->get_description() + "\n";
    out += heading("Usage") + usage_line(*app) + commands(*app) + arguments(*app);
    if (app != root) out += options(*app, "Options");
    out += options(*root, "Options of all commands");
    out += heading("Examples") + app->get_footer() + "\n";
    if (app == root) out += heading("Exit codes") + exit_code_table;
    return out;
}

} // namespace safe::cli
