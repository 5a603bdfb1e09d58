#include "context.hpp"
#include "man_page.hpp"
#include "output.hpp"
#include "usage.hpp"

#include <algorithm>
#include <memory>

namespace safe::cli {
namespace {

int help(Context &context, const std::vector<std::string> &words) {
    const CLI::App *app = context.app;
    for (const std::string &word : words) {
        const auto names = command_names(*app);
        if (std::find(names.begin(), names.end(), word) == names.end()) {
            const std::string near = nearest(word, names);
            context.terminal.fail("there is no command \"" + word + "\"",
                                  near.empty() ? "safe help lists the commands" : "did you mean \"" + near + "\"?");
            return exit_usage;
        }
        app = app->get_subcommand(word);
    }
    // App::help would show the help of the command that is running: this one.
    print(app->get_formatter()->make_help(app, "", CLI::AppFormatMode::Normal));
    return exit_ok;
}

} // namespace

void add_help(CLI::App &app, Context &context) {
    CLI::App *command = add_command(app, "help", "Show the help of a command",
                                    "  safe help put\n"
                                    "  safe help vault gc\n"
                                    "  safe help --man | man -l -           the manual page");
    auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("command", *words, "The command, e.g. put, or vault gc")->type_name("COMMAND...");
    auto man = std::make_shared<bool>(false);
    command->add_flag("--man", *man, "The manual page instead, for man(1)");
    command->callback([&context, words, man] {
        context.run = [&context, words, man]() -> int {
            if (!*man) return help(context, *words);
            print(man_page(*context.app, safe_version_string()));
            return exit_ok;
        };
    });
}

} // namespace safe::cli
