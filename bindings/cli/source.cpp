#include "source.hpp"

#include "files.hpp"
#include "text.hpp"

#include <algorithm>
#include <string_view>
#include <sys/stat.h>

namespace safe::cli {
namespace {

// The data map of the largest content, 157,132 chunks of at most 140 bytes each, and a little.
constexpr std::size_t max_datamap = 32u << 20;

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool looks_like_link(std::string_view text) { return text.starts_with("safe:"); }

Source from_link(const std::string &text) {
    Source source;
    check([&](safe_error **error) { return safe_link_parse(text.c_str(), source.link.out(), error); });
    source.shown = redacted(source.link);
    source.name = text_or_empty(safe_link_name(source.link.get()));
    return source;
}

Source from_address(const Address &address) {
    Source source;
    check([&](safe_error **error) { return safe_link_from_address(address.data(), source.link.out(), error); });
    source.shown = to_hex(address);
    return source;
}

Source from_file(const std::string &path) {
    const std::string name = path == "-" ? "standard input" : path;
    std::vector<std::uint8_t> bytes = read_file(path, max_datamap);
    const std::string_view text = trimmed({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
    if (looks_like_link(text)) return from_link(std::string(text));
    if (const auto address = parse_address(text)) return from_address(*address);
    if (bytes.empty()) throw Failure(SAFE_BAD_DATA_MAP, name + " is empty: neither a data map nor a link");
    Source source;
    source.shown = name;
    source.datamap = std::move(bytes);
    const std::string file = path.substr(path.rfind('/') + 1);
    if (file.ends_with(".datamap")) source.name = file.substr(0, file.size() - 8);
    return source;
}

} // namespace

Source resolve(Context &context, const std::string &text) {
    if (looks_like_link(text)) return from_link(text);
    if (const auto address = parse_address(text)) return from_address(*address);
    if (text == "-") {
        if (context.terminal.input_is_terminal)
            context.terminal.note("reading a link from the terminal; end with Ctrl-D");
        return from_file(text);
    }
    struct stat status {};
    if (::stat(text.c_str(), &status) != 0) {
        throw Failure(SAFE_FILE_NOT_FOUND,
                      "\"" + text + "\" is neither a link (safe:...), nor an address (64 hex digits), nor a file");
    }
    if (S_ISDIR(status.st_mode))
        throw Failure(SAFE_INVALID_ARGUMENT, text + " is a directory: name a link, an address or a data map file");
    return from_file(text);
}

Reader open_source(Context &context, const Client &client, const Source &source) {
    const Op op(source.link ? safe_open(client.get(), source.link.get())
                            : safe_open_datamap(client.get(), source.datamap.data(), source.datamap.size()));
    return context.loop().result<Reader>(op, safe_op_take_reader);
}

std::string redacted(const Link &link) {
    const std::string text = text_or_empty(safe_link_text(link.get()));
    if (!safe_link_is_private(link.get())) return text;
    return text.substr(0, text.find('-') + 1) + "... (a secret of " + std::to_string(text.size()) + " characters)";
}

} // namespace safe::cli
