// Settings of the daemon: from flags, from the environment, from a file, in this order; each with where it came from, for
// messages.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace safe::cli {

struct Setting {
    std::string value, origin; // "--store", "SAFE_VAULT_STORE", "/etc/safe/vault.conf, line 3"
};

// By name: those of a name in the order in which they were given.
using Settings = std::map<std::string, std::vector<Setting>, std::less<>>;

// Lines "name = value"; blank lines and lines that begin with # do not count. Throws Failure INVALID_ARGUMENT with the line.
Settings parse_settings(std::string_view text, const std::string &file, const std::vector<std::string> &known);

// SAFE_VAULT_<NAME> of each known name; those that may be given more than once are separated by blanks.
Settings settings_of_environment(const std::function<const char *(const char *)> &environment,
                                 const std::vector<std::string> &known);

// "key-file" is SAFE_VAULT_KEY_FILE.
std::string environment_name(std::string_view setting);

} // namespace safe::cli
