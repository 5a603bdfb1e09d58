#include "completion.hpp"

#include "help.hpp"

#include <functional>
#include <vector>

namespace safe::cli {
namespace {

// What an option or argument takes, by the name that the help shows for it.
enum class Takes { nothing, words, files, folders, text };

struct Value {
    Takes takes;
    std::string words; // separated by blanks
};

Value value_of(const CLI::Option &option) {
    const std::string type = option.get_type_name();
    if (option.nonpositional() && option.get_type_size() == 0) return {Takes::nothing, ""};
    if (type == "c2|s1") return {Takes::words, "c2 s1"};
    if (type == "bash|zsh|fish") return {Takes::words, "bash zsh fish"};
    if (type == "URL") return {Takes::words, "file: mem:"};
    if (type == "DIR") return {Takes::folders, ""};
    for (const char *file : {"FILE", "LIST", "LINK"}) {
        if (type.find(file) != std::string::npos) return {Takes::files, ""};
    }
    return {Takes::text, ""};
}

void each_command(const CLI::App &app, const std::function<void(const CLI::App &)> &visit) {
    visit(app);
    for (const CLI::App *command : app.get_subcommands({})) each_command(*command, visit);
}

// Its own options and those of all commands.
std::vector<const CLI::Option *> options_of(const CLI::App &app) {
    std::vector<const CLI::Option *> out;
    for (const CLI::App *each = &app; each; each = each->get_parent()) {
        for (const CLI::Option *option : each->get_options()) {
            if (!option->nonpositional()) continue;
            if (each == &app || !each->get_parent()) out.push_back(option);
        }
    }
    return out;
}

const CLI::Option *argument_of(const CLI::App &app) {
    for (const CLI::Option *option : app.get_options()) {
        if (!option->nonpositional()) return option;
    }
    return nullptr;
}

std::vector<std::string> names_of(const CLI::Option &option) {
    std::vector<std::string> names;
    for (const auto &name : option.get_snames()) names.push_back("-" + name);
    for (const auto &name : option.get_lnames()) names.push_back("--" + name);
    return names;
}

std::string joined(const std::vector<std::string> &words, const std::string &between) {
    std::string out;
    for (const auto &word : words) out += (out.empty() ? "" : between) + word;
    return out;
}

// Without the quote that would end a text in fish and zsh.
std::string plain(std::string text) {
    std::erase_if(text, [](char c) { return c == '\'' || c == '`'; });
    return text;
}

// Without what has a meaning in the specifications of zsh's _arguments and _describe.
std::string zsh_plain(std::string text) {
    std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == ':'; });
    return plain(std::move(text));
}

std::string bash_values(const Value &value) {
    switch (value.takes) {
    case Takes::words: return "COMPREPLY=($(compgen -W '" + value.words + "' -- \"$word\"))";
    case Takes::files: return "COMPREPLY=($(compgen -f -- \"$word\"))";
    case Takes::folders: return "COMPREPLY=($(compgen -d -- \"$word\"))";
    default: return "COMPREPLY=()";
    }
}

} // namespace

std::string bash_completion(const CLI::App &app) {
    std::string paths, values, words;
    each_command(app, [&](const CLI::App &command) {
        const std::string name = full_name(command);
        std::vector<std::string> offered;
        for (const CLI::App *sub : command.get_subcommands({})) {
            offered.push_back(sub->get_name());
            paths += "            '" + name + " " + sub->get_name() + "') path=\"$path $each\" ;;\n";
        }
        const std::string commands = joined(offered, " ");
        std::vector<std::string> options;
        for (const CLI::Option *option : options_of(command)) {
            const auto names = names_of(*option);
            options.insert(options.end(), names.begin(), names.end());
            const Value value = value_of(*option);
            if (value.takes == Takes::nothing) continue;
            std::vector<std::string> patterns;
            for (const auto &each : names) patterns.push_back("'" + name + " " + each + "'");
            values += "        " + joined(patterns, "|") + ") " + bash_values(value) + "; return ;;\n";
        }
        const CLI::Option *argument = argument_of(command);
        const std::string otherwise = !commands.empty()
                                          ? "COMPREPLY=($(compgen -W '" + commands + "' -- \"$word\"))"
                                          : bash_values(argument ? value_of(*argument) : Value{Takes::text, ""});
        words += "        '" + name + "') if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '" + joined(options, " ") +
                 "' -- \"$word\")); else " + otherwise + "; fi ;;\n";
    });
    return "# bash completion for safe; eval \"$(safe completion bash)\"\n"
           "_safe() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path=safe each\n"
           "    local IFS=$'\\n '\n"
           "    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"$path $each\" in\n" +
           paths +
           "        esac\n"
           "    done\n"
           "    case \"$path $before\" in\n" +
           values +
           "    esac\n"
           "    case \"$path\" in\n" +
           words +
           "    esac\n"
           "}\n"
           "complete -o filenames -o bashdefault -F _safe safe\n";
}

std::string fish_completion(const CLI::App &app) {
    std::string out = "# fish completion for safe\ncomplete -c safe -f\n";
    each_command(app, [&](const CLI::App &command) {
        // "safe vault gc" is seen when both words stand on the line.
        std::string seen;
        for (const CLI::App *each = &command; each->get_parent(); each = each->get_parent()) {
            seen = "__fish_seen_subcommand_from " + each->get_name() + (seen.empty() ? "" : "; and " + seen);
        }
        std::vector<std::string> subs;
        for (const CLI::App *sub : command.get_subcommands({})) subs.push_back(sub->get_name());
        for (const CLI::App *sub : command.get_subcommands({})) {
            const std::string none_yet = "not __fish_seen_subcommand_from " + joined(subs, " ");
            const std::string condition = command.get_parent() ? seen + "; and " + none_yet : "__fish_use_subcommand";
            out += "complete -c safe -n '" + condition + "' -a " + sub->get_name() + " -d '" +
                   plain(sub->get_description()) + "'\n";
        }
        const std::string when = seen.empty() ? "" : " -n '" + seen + "'";
        for (const CLI::Option *option : command.get_options()) {
            const Value value = value_of(*option);
            const std::string given = value.takes == Takes::words     ? " -x -a '" + value.words + "'"
                                      : value.takes == Takes::files   ? " -r -F"
                                      : value.takes == Takes::folders ? " -x -a '(__fish_complete_directories)'"
                                      : value.takes == Takes::text    ? " -x"
                                                                      : "";
            if (!option->nonpositional()) {
                if (value.takes == Takes::files) out += "complete -c safe" + when + " -F\n";
                if (value.takes == Takes::words) out += "complete -c safe" + when + " -a '" + value.words + "'\n";
                continue;
            }
            std::string names;
            for (const auto &name : option->get_snames()) names += " -s " + name;
            for (const auto &name : option->get_lnames()) names += " -l " + name;
            out += "complete -c safe" + when + names + given + " -d '" + plain(option->get_description()) + "'\n";
        }
    });
    return out;
}

std::string zsh_completion(const CLI::App &app) {
    std::string functions;
    each_command(app, [&](const CLI::App &command) {
        std::string name = full_name(command);
        for (char &c : name) c = c == ' ' ? '_' : c;
        std::string specs;
        const auto action = [](const Value &value) -> std::string {
            switch (value.takes) {
            case Takes::words: return "(" + value.words + ")";
            case Takes::files: return "_files";
            case Takes::folders: return "_files -/";
            default: return "";
            }
        };
        for (const CLI::Option *option : options_of(command)) {
            const Value value = value_of(*option);
            const std::string tail =
                "[" + zsh_plain(option->get_description()) + "]" +
                (value.takes == Takes::nothing ? "" : ":" + zsh_plain(option->get_type_name()) + ":" + action(value));
            for (const auto &each : names_of(*option)) specs += " \\\n        '" + each + tail + "'";
        }
        std::string dispatch;
        if (!command.get_subcommands({}).empty()) {
            std::string entries;
            for (const CLI::App *sub : command.get_subcommands({})) {
                entries += " \\\n                '" + sub->get_name() + ":" + zsh_plain(sub->get_description()) + "'";
                dispatch += "                " + sub->get_name() + ") _" + name + "_" + sub->get_name() + " ;;\n";
            }
            specs += " \\\n        '1: :->command' '*:: :->rest'";
            functions += "_" + name + "() {\n    local state line\n    local -a commands\n    _arguments -C" + specs +
                         "\n    case $state in\n        command)\n            commands=(" + entries +
                         ")\n            _describe command commands ;;\n        rest)\n            case $line[1] in\n" +
                         dispatch + "            esac ;;\n    esac\n}\n";
            return;
        }
        if (const CLI::Option *argument = argument_of(command))
            specs +=
                " \\\n        '*:" + zsh_plain(argument->get_type_name()) + ":" + action(value_of(*argument)) + "'";
        functions += "_" + name + "() {\n    _arguments" + specs + "\n}\n";
    });
    return "#compdef safe\n" + functions +
           "if [ \"$funcstack[1]\" = _safe ]; then _safe \"$@\"; else compdef _safe safe; fi\n";
}

} // namespace safe::cli
