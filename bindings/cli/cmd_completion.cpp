#include "completion.hpp"
#include "context.hpp"
#include "output.hpp"

#include <memory>

namespace safe::cli {

void add_completion(CLI::App &app, Context &context) {
    CLI::App *command = add_command(app, "completion", "Print a script that completes commands and options in a shell",
                                    "  eval \"$(safe completion bash)\"                           in ~/.bashrc\n"
                                    "  safe completion zsh > ~/.zfunc/_safe                     a directory of $fpath\n"
                                    "  safe completion fish > ~/.config/fish/completions/safe.fish");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "Which shell")
        ->type_name("bash|zsh|fish")
        ->required()
        ->check(one_of({"bash", "zsh", "fish"}));
    command->callback([&context, shell] {
        context.run = [&context, shell]() -> int {
            print(*shell == "bash"  ? bash_completion(*context.app)
                  : *shell == "zsh" ? zsh_completion(*context.app)
                                    : fish_completion(*context.app));
            return exit_ok;
        };
    });
}

} // namespace safe::cli
