// Help screens, made from the commands and options themselves.
#pragma once

#include "terminal.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace safe::cli {

class HelpFormatter : public CLI::FormatterBase {
  public:
    explicit HelpFormatter(const Terminal &terminal) : terminal_(terminal) {}
    std::string make_help(const CLI::App *app, std::string name, CLI::AppFormatMode mode) const override;

  private:
    std::string heading(const std::string &text) const;
    std::string commands(const CLI::App &app) const;
    std::string options(const CLI::App &app, const std::string &title) const;
    std::string arguments(const CLI::App &app) const;

    const Terminal &terminal_;
};

// "safe vault gc".
std::string full_name(const CLI::App &app);
// "-o, --output FILE|DIR|-"; long names stand below each other with or without a short one.
std::string option_names(const CLI::Option &option);
// "  safe get [OPTION]... LINK".
std::string usage_line(const CLI::App &app);

} // namespace safe::cli
