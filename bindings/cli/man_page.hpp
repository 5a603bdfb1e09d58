// The manual page, made from the commands and options themselves, as the help screens are.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace safe::cli {

// For man(7).
std::string man_page(const CLI::App &app, const std::string &version);

} // namespace safe::cli
