// The tool's exit codes, one for each class of errors, and what to do next about an error.
#pragma once

#include <cstdint>
#include <string>

namespace safe::cli {

enum Exit : int {
    exit_ok = 0,
    exit_failed = 1,    // some of several inputs failed; errors of no other class
    exit_usage = 2,     // the command line, a link, an address or a URL is malformed
    exit_not_found = 3, // no such content, record or local file
    exit_vault = 4,     // the vault cannot be used: missing, full, read-only, damaged, another format
    exit_corrupt = 5,   // what came back does not match its address, data map or signature
    exit_conflict = 6,  // it exists already, has another version, or the rules forbid it
    exit_local_io = 7,  // a local file or the output could not be read or written
    exit_again = 8,     // busy or timed out: the same command may work later
    exit_signal = 128   // plus the signal's number: 130 after Ctrl-C
};

// The exit code for a code of the library.
Exit exit_for(std::int32_t code);

// One line that says what to do next, or an empty text.
std::string hint_for(std::int32_t code);

// The table of --help.
extern const char *const exit_code_table;

} // namespace safe::cli
