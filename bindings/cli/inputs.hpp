// What `safe put` is to store: files, directories walked through, lists of names, streams.
#pragma once

#include "handle.hpp"

#include <optional>
#include <string>
#include <vector>

namespace safe::cli {

struct Input {
    enum class Kind {
        file,  // a regular file, read by the library
        stream // stdin, a FIFO, or a file whose name the library does not take: read by the tool
    };
    std::string path; // "-": stdin
    Kind kind = Kind::file;
    std::uint64_t size = SAFE_SIZE_UNKNOWN; // as the file system says; not known for stdin and FIFOs
    std::optional<Failure> problem{};       // it cannot be stored
};

struct InputList {
    std::vector<Input> inputs;
    std::vector<std::string> skipped; // what was passed over in directories, each with its reason
    std::uint64_t total = 0;          // bytes, as far as known
};

// One command line argument or one line of a list. A directory gives its regular files, hidden ones too, sorted by name;
// symbolic links in it are followed to files, not to directories; sockets, FIFOs and devices are passed over, as is the
// directory `vault`, which would grow while it is stored.
void add_input(InputList &list, const std::string &path, const std::string &vault);

// The names in a file or "-": one a line, or ended by NUL bytes.
std::vector<std::string> read_names(const std::string &list, bool nul_separated);

} // namespace safe::cli
