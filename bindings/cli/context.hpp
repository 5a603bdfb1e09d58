// What every command gets: the options that all have, the terminal, the loop, and the way to a vault.
#pragma once

#include "exit_codes.hpp"
#include "handle.hpp"
#include "loop.hpp"
#include "terminal.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>

namespace safe::cli {

struct VaultChoice {
    std::string url;
    std::string origin; // "--vault", "SAFE_VAULT" or "default"
    std::string path;   // of the default directory; empty otherwise
};

struct Context {
    Terminal terminal;
    std::optional<Loop> loop_; // made when it is first needed, so that --help needs no library thread
    std::string vault_option;
    std::string identity_option;
    bool verbose = false;
    std::function<int()> run; // the chosen command
    CLI::App *app = nullptr;

    Loop &loop();
    VaultChoice vault() const;
    // The same, for who makes it if it is missing: its folder exists then.
    VaultChoice make_vault() const;
    // `create`: make the vault if it is missing.
    Client connect(bool create);

    // Says what failed and what to do next; gives the exit code. `subject` comes first unless the message names it.
    Exit report(const Failure &failure, const std::string &subject = "");
};

// "message (CODE)".
std::string message_of(const Failure &failure, const std::string &subject = "");

// Each adds one command with its options to the app.
void add_put(CLI::App &app, Context &context);
void add_get(CLI::App &app, Context &context);
void add_cat(CLI::App &app, Context &context);
void add_info(CLI::App &app, Context &context);
void add_vault(CLI::App &app, Context &context);
void add_serve(CLI::App &vault, Context &context); // safe vault serve
void add_record(CLI::App &app, Context &context);
void add_key(CLI::App &app, Context &context);
void add_doctor(CLI::App &app, Context &context);
void add_completion(CLI::App &app, Context &context);
void add_help(CLI::App &app, Context &context);

// A command with its one-line description, its examples, and what it does when chosen.
CLI::App *add_command(CLI::App &parent, const std::string &name, const std::string &description,
                      const std::string &examples);

// For options that take one of a few words.
CLI::Validator one_of(std::vector<std::string> words);

} // namespace safe::cli
