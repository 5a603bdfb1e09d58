#include "context.hpp"
#include "key_file.hpp"
#include "output.hpp"

#include <memory>

namespace safe::cli {

void add_key(CLI::App &app, Context &context) {
    CLI::App *key =
        add_command(app, "key", "Signing keys, for records and as an identity, kept in files that only you can read",
                    "  safe key generate me.key    makes the file, prints the public key\n"
                    "  safe key public me.key");
    key->require_subcommand(1);
    auto path = std::make_shared<std::string>();
    const auto action = [&](const char *name, const char *description, const char *example,
                            Key (*get)(const std::string &)) {
        CLI::App *command = add_command(*key, name, description, example);
        command->add_option("file", *path, "The key file (mode 0600)")->type_name("FILE")->required();
        command->callback([&context, path, get] {
            context.run = [path, get]() -> int {
                print(to_hex(public_key(get(*path))) + "\n");
                return exit_ok;
            };
        });
    };
    action("generate", "Make a new key in a new file and print its public key",
           "  safe key generate me.key\n  An existing file is never overwritten.", generate_key_file);
    action("public", "Print the public key: others find and check your records by it",
           "  safe key public me.key\n  safe record get --owner $(safe key public me.key) --label news", read_key_file);
}

} // namespace safe::cli
