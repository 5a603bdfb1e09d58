// The safe tool: parses the command line, runs one command, and turns what goes wrong into messages and exit codes.
#include "context.hpp"
#include "help.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "text.hpp"
#include "usage.hpp"

#include <csignal>
#include <memory>
#include <unistd.h>

namespace safe::cli {
namespace {

std::string version_text() {
    const std::string tool = std::to_string(SAFE_VERSION_MAJOR) + "." + std::to_string(SAFE_VERSION_MINOR) + "." +
                             std::to_string(SAFE_VERSION_PATCH);
    return "safe " + tool + " (libsafe " + safe_version_string() + ", ABI " + std::to_string(safe_abi_version()) + ")";
}

void build(CLI::App &app, Context &context) {
    context.app = &app;
    app.name("safe");
    app.formatter(std::make_shared<HelpFormatter>(context.terminal));
    app.set_help_flag("-h,--help", "Show the help of the command and exit");
    app.set_version_flag("--version", version_text, "Show the version and exit");
    app.add_option("--vault", context.vault_option,
                   "The vault: file:/path/to/dir, or a URL that `safe vault serve` printed. Otherwise SAFE_VAULT, "
                   "or else a directory of yours (`safe doctor` says which)")
        ->type_name("URL");
    app.add_option(
           "--identity", context.identity_option,
           "Who you are to a vault that is served: your key file, from `safe key generate`, by which it knows you "
           "again. Otherwise SAFE_IDENTITY, or else somebody new each time")
        ->type_name("FILE");
    app.add_flag("-q,--quiet", context.terminal.quiet, "Say nothing but errors: no progress, no remarks");
    app.add_flag("-v,--verbose", context.verbose, "Show what the library logs");
    app.require_subcommand(1);
    app.footer("  link=$(safe put photo.jpg)        stores it, encrypted, and prints its link\n"
               "  safe get \"$link\" > copy.jpg       reads it back, every byte checked\n"
               "  safe put --private diary.txt      a link that is a secret\n"
               "  safe help put                     more about a command\n"
               "  eval \"$(safe completion bash)\"    completion of commands and options");
    add_put(app, context);
    add_get(app, context);
    add_cat(app, context);
    add_info(app, context);
    add_vault(app, context);
    add_record(app, context);
    add_key(app, context);
    add_doctor(app, context);
    add_completion(app, context);
    add_help(app, context);
}

void log_line(void *, std::int32_t level, const char *message) {
    static constexpr const char *names[] = {"", "error", "warning", "info", "debug"};
    const std::string line =
        std::string("safe: ") + (level >= 1 && level <= 4 ? names[level] : "log") + ": " + printable(message) + "\n";
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

int run(Context &context) {
    if (safe_abi_version() != SAFE_ABI_VERSION) {
        context.terminal.fail("the installed libsafe has ABI " + std::to_string(safe_abi_version()) +
                                  ", this tool needs " + std::to_string(SAFE_ABI_VERSION),
                              "install the safe tool and libsafe of the same version");
        return exit_failed;
    }
    if (context.verbose) safe_log_to(SAFE_LOG_DEBUG, log_line, nullptr);
    return context.run();
}

// Whatever leaves a command, the terminal is left clean.
int guarded_run(Context &context) {
    try {
        return run(context);
    } catch (const Interrupted &interrupted) {
        context.terminal.end();
        if (context.terminal.errors_are_terminal) context.terminal.say("");
        context.terminal.say("safe: interrupted; nothing is left half-written");
        return exit_signal + interrupted.signal;
    } catch (const ReaderGone &) {
        context.terminal.end();
        return exit_signal + SIGPIPE;
    } catch (const Failure &failure) {
        context.terminal.end();
        return context.report(failure);
    } catch (const std::bad_alloc &) {
        context.terminal.end();
        return context.report(Failure(SAFE_OUT_OF_MEMORY, "not enough memory"));
    } catch (const std::exception &unexpected) {
        context.terminal.end();
        context.terminal.fail(std::string("unexpected: ") + unexpected.what(),
                              "please report it, with the command and what `safe doctor` says");
        return exit_failed;
    }
}

int parse_and_run(int argc, char **argv) {
    Context context;
    CLI::App app("Store files on storage that you do not trust: encrypted before they leave, checked when they return");
    build(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp &) {
        const CLI::App *shown = &app;
        while (!shown->get_subcommands().empty()) shown = shown->get_subcommands()[0];
        context.run = [shown] {
            print(shown->help());
            return exit_ok;
        };
    } catch (const CLI::CallForVersion &) {
        context.run = [] {
            print(version_text() + "\n");
            return exit_ok;
        };
    } catch (const CLI::ParseError &error) {
        const UsageProblem problem = explain(app, error);
        context.terminal.fail(problem.message, problem.hint);
        return exit_usage;
    }
    return guarded_run(context);
}

} // namespace
} // namespace safe::cli

int main(int argc, char **argv) {
    safe::cli::hold_signals();
    return safe::cli::parse_and_run(argc, argv);
}
