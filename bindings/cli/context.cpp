#include "context.hpp"

#include "key_file.hpp"
#include "text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace safe::cli {
namespace {

std::string environment(const char *name) {
    const char *value = std::getenv(name);
    return value ? value : "";
}

// XDG Base Directory Specification: $XDG_DATA_HOME if it is absolute, else ~/.local/share.
std::string data_home() {
    const std::string data = environment("XDG_DATA_HOME");
    if (!data.empty() && data[0] == '/') return data;
    std::string home = environment("HOME");
    if (home.empty()) {
        if (const passwd *user = ::getpwuid(::getuid())) home = user->pw_dir;
    }
    if (home.empty())
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "there is no home directory for the default vault; name one with --vault file:/path");
    return home + "/.local/share";
}

// Readable by the user alone, as the specification asks for directories that it does not find.
void make_folder(const std::filesystem::path &folder) {
    if (folder.empty() || std::filesystem::exists(folder)) return;
    make_folder(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Failure(SAFE_STORE_IO, "cannot make " + folder.string() + " for the vault: " + std::strerror(errno));
    }
}

bool is_plain_path(const std::string &url) { return !url.empty() && (url[0] == '/' || url[0] == '.' || url[0] == '~'); }

} // namespace

Loop &Context::loop() {
    if (!loop_) loop_.emplace();
    return *loop_;
}

VaultChoice Context::vault() const {
    VaultChoice choice{vault_option, "--vault", ""};
    if (choice.url.empty()) choice = {environment("SAFE_VAULT"), "SAFE_VAULT", ""};
    if (choice.url.empty()) {
        const std::string path = data_home() + "/safe/vault";
        choice = {file_url(path), "default", path};
    }
    if (is_plain_path(choice.url)) {
        throw Failure(SAFE_BAD_URL, choice.origin + " is a path, not a URL: " + choice.url + "; write " +
                                        (choice.url[0] == '/' ? file_url(choice.url) : "file:/absolute/path"));
    }
    return choice;
}

VaultChoice Context::make_vault() const {
    const VaultChoice choice = vault();
    if (!choice.path.empty()) make_folder(std::filesystem::path(choice.path).parent_path());
    return choice;
}

Client Context::connect(bool create) {
    const VaultChoice choice = create ? make_vault() : vault();
    const std::uint32_t flags = create ? 0 : SAFE_CONNECT_NO_CREATE;
    const std::string identity = identity_option.empty() ? environment("SAFE_IDENTITY") : identity_option;
    const Op op(identity.empty() ? safe_connect(choice.url.c_str(), flags)
                                 : safe_connect_as(read_key_file(identity).get(), choice.url.c_str(), flags));
    return loop().result<Client>(op, safe_op_take_client);
}

std::string message_of(const Failure &failure, const std::string &subject) {
    std::string message = failure.what();
    if (!subject.empty() && message.find(subject) == std::string::npos) message = subject + ": " + message;
    if (failure.code == SAFE_INVALID_ARGUMENT) return message; // the name would say nothing new
    const std::string code = safe_code_name(failure.code);
    const std::string name = code.starts_with("SAFE_") ? code.substr(5) : code;
    return message.find(name) == std::string::npos ? message + " (" + name + ")" : message;
}

Exit Context::report(const Failure &failure, const std::string &subject) {
    terminal.fail(message_of(failure, subject), hint_for(failure.code));
    return exit_for(failure.code);
}

CLI::App *add_command(CLI::App &parent, const std::string &name, const std::string &description,
                      const std::string &examples) {
    CLI::App *command = parent.add_subcommand(name, description);
    command->footer(examples);
    command->fallthrough();
    return command;
}

// CLI::IsMember would add its words to what the help shows as the option's type.
CLI::Validator one_of(std::vector<std::string> words) { return CLI::IsMember(std::move(words)).description(""); }

} // namespace safe::cli
