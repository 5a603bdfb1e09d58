// Mistyped command lines: what is wrong and what was probably meant.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace safe::cli {

// The candidate nearest to the word if it is near enough, else an empty text.
std::string nearest(const std::string &word, const std::vector<std::string> &candidates);

std::vector<std::string> command_names(const CLI::App &app);

struct UsageProblem {
    std::string message, hint;
};

// For an error that CLI11 has thrown.
UsageProblem explain(const CLI::App &app, const CLI::ParseError &error);

} // namespace safe::cli
