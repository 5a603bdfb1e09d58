#include "man_page.hpp"

#include "exit_codes.hpp"
#include "help.hpp"

namespace safe::cli {
namespace {

// Text in which man(7) finds no commands of its own (groff_char(7)): a point or an apostrophe that begins a line would be
// one, a minus would become a hyphen, which nobody can copy.
std::string escaped(const std::string &text) {
    std::string out;
    for (const char c : text) {
        const bool begins = out.empty() || out.back() == '\n';
        if (begins && (c == '.' || c == '\'')) out += "\\&";
        switch (c) {
        case '\\': out += "\\e"; break;
        case '-': out += "\\-"; break;
        case '`': out += "\\(ga"; break;
        case '\'': out += "\\(aq"; break;
        case '^': out += "\\(ha"; break;
        case '~': out += "\\(ti"; break;
        default: out += c;
        }
    }
    return out;
}

std::string section(const std::string &name) { return ".SH " + name + "\n"; }

// Lines as they are.
std::string verbatim(const std::string &text) {
    return ".PP\n.nf\n" + escaped(text.substr(0, text.find_last_not_of('\n') + 1)) + "\n.fi\n";
}

std::string entry(const std::string &what, const std::string &text) {
    return ".TP\n.B " + escaped(what) + "\n" + escaped(text) + "\n";
}

std::string options(const CLI::App &app) {
    std::string out;
    for (const CLI::Option *option : app.get_options()) {
        const bool again = app.get_parent() && option == app.get_help_ptr();
        if (!again)
            out += entry(option->nonpositional() ? option_names(*option) : option->get_type_name(),
                         option->get_description());
    }
    return out;
}

std::string commands(const CLI::App &app) {
    std::string out;
    for (const CLI::App *command : app.get_subcommands({})) {
        if (!command->get_subcommands({}).empty()) {
            out += commands(*command);
            continue;
        }
        out += ".SS " + escaped(full_name(*command)) + "\n" + verbatim(usage_line(*command)) + ".PP\n" +
               escaped(command->get_description()) + ".\n" + options(*command) + verbatim(command->get_footer());
    }
    return out;
}

constexpr const char *environment_table[][2] = {
    {"SAFE_VAULT", "The vault, where there is no --vault."},
    {"XDG_DATA_HOME", "Where the default vault is, as safe/vault; ~/.local/share if it is not set."},
    {"SAFE_WORKERS", "How many threads compress and encrypt; as many as there are cores, at most 2, if it is not set."},
    {"SAFE_MEMORY", "MiB of working memory for all that is under way."},
    {"SAFE_VAULT_LISTEN, SAFE_VAULT_STORE, SAFE_VAULT_CERT, SAFE_VAULT_KEY_FILE, SAFE_VAULT_LIMIT, SAFE_VAULT_DRAIN, "
     "SAFE_VAULT_LOG, SAFE_VAULT_CONFIG",
     "Settings of `safe vault serve`, where there is no flag of that name."},
    {"NO_COLOR", "If set, nothing is coloured."},
};

} // namespace

std::string man_page(const CLI::App &app, const std::string &version) {
    std::string out = ".TH SAFE 1 \"\" \"safe " + version + "\" \"User Commands\"\n";
    out += section("NAME") + "safe \\- store files, encrypted, on storage that you do not trust\n";
    out += section("SYNOPSIS") + ".B safe\nCOMMAND [OPTION]...\n";
    out += section("DESCRIPTION") + escaped(app.get_description()) + ".\n";
    out += section("COMMANDS") + commands(app);
    out += section("OPTIONS OF ALL COMMANDS") + options(app);
    out += section("ENVIRONMENT");
    for (const auto &[name, text] : environment_table) out += entry(name, text);
    out += section("EXIT STATUS") + verbatim(exit_code_table);
    out += section("EXAMPLES") + verbatim(app.get_footer());
    return out;
}

} // namespace safe::cli
