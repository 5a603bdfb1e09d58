// Completion scripts, made from the commands and options themselves so that they never fall behind.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace safe::cli {

std::string bash_completion(const CLI::App &app);
std::string zsh_completion(const CLI::App &app);
std::string fish_completion(const CLI::App &app);

} // namespace safe::cli
