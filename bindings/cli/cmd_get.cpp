#include "copy.hpp"
#include "output.hpp"
#include "s1.hpp"
#include "source.hpp"
#include "text.hpp"

#include <memory>
#include <sys/stat.h>

namespace safe::cli {
namespace {

struct GetOptions {
    std::string source, output, range, format = "c2", chunks;
    bool own_name = false, force = false;
};

bool is_directory(const std::string &path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The name that comes with the content was chosen by somebody else: only its last part, and nothing special.
std::string safe_name(const Source &source) {
    const std::string name = source.name.substr(source.name.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..") {
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "the content of " + source.shown + " has no name of its own; give one with -o FILE");
    }
    return name;
}

std::string output_path(const GetOptions &options, const Source &source) {
    if (options.own_name) return "./" + safe_name(source);
    if (options.output.empty()) return "-";
    if (options.output != "-" && is_directory(options.output)) return options.output + "/" + safe_name(source);
    return options.output;
}

// The bar's label, and the name in the hint.
std::string shown_name(const Source &source) { return printable(source.name.empty() ? "content" : source.name); }

int get(Context &context, const GetOptions &options) {
    if (options.format == "s1")
        return s1_get(context, options.chunks, options.source, options.output, options.range, options.force);
    const Range asked = options.range.empty() ? Range{} : parse_range(options.range);
    const Source source = resolve(context, options.source);
    // Before anything is fetched: a name that is taken should not cost a download.
    Output output(output_path(options, source), options.force);
    const Client client = context.connect(false);
    const Reader reader = open_source(context, client, source);
    const Range range = within(asked, safe_reader_size(reader.get()));

    // On stdout the content itself is what the terminal shows.
    const bool on_screen = output.is_stdout() && context.terminal.output_is_terminal;
    if (!on_screen) context.terminal.begin("get " + shown_name(source), range.end - range.begin);
    bool first = true;
    copy(context, reader, range, 0, [&](std::span<const std::uint8_t> data) {
        if (first && on_screen && options.output.empty() &&
            !is_terminal_text({reinterpret_cast<const char *>(data.data()), data.size()})) {
            throw Failure(SAFE_INVALID_ARGUMENT,
                          "the content is binary and would upset the terminal; write it to a file with -o " +
                              (source.name.empty() ? std::string("FILE")
                                                   : "FILE, or -O for its own name (" + shown_name(source) + ")") +
                              ", or really to the terminal with -o -");
        }
        first = false;
        output.write(data);
    });
    output.commit();
    context.terminal.end();
    return exit_ok;
}

} // namespace

void add_get(CLI::App &app, Context &context) {
    CLI::App *command =
        add_command(app, "get", "Read content back: to stdout, or to a file that appears whole or not at all",
                    "  safe get LINK > photo.jpg\n"
                    "  safe get LINK -o photo.jpg        refuses to overwrite; --force does\n"
                    "  safe get LINK -O                  under the name that the link holds\n"
                    "  safe get LINK -o DIR              the same, in that directory\n"
                    "  safe get LINK --range 100..200    bytes 100 to 199; also 100.. and ..200\n"
                    "  safe get - < link.txt             keeps a private link out of the list of processes\n"
                    "  safe get 4f0c...9e                the address of a public data map\n"
                    "  safe get photo.jpg.datamap        a data map in a file\n"
                    "  safe get --format s1 --chunks DIR MAP -o FILE    content of 2018-2019");
    auto options = std::make_shared<GetOptions>();
    command->add_option("source", options->source, source_help)->type_name("LINK")->required();
    CLI::Option *output =
        command->add_option("-o,--output", options->output, "Write to this file, into this directory, or to stdout (-)")
            ->type_name("FILE|DIR|-");
    command->add_flag("-O,--own-name", options->own_name, "Write to the current directory, under the name in the link")
        ->excludes(output);
    command->add_flag("-f,--force", options->force, "Replace the output file if it exists");
    command->add_option("-r,--range", options->range, "Only these bytes; the end is not included")->type_name("A..B");
    command->add_option("--format", options->format, "Chunk format: c2 (in the vault), or s1 (2018-2019, in --chunks)")
        ->type_name("c2|s1")
        ->check(one_of({"c2", "s1"}));
    command->add_option("--chunks", options->chunks, "Directory of the s1 chunks, each named by its SHA3-256 in hex")
        ->type_name("DIR");
    command->callback([&context, options] { context.run = [&context, options] { return get(context, *options); }; });
}

} // namespace safe::cli
