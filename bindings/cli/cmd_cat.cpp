#include "copy.hpp"
#include "output.hpp"
#include "source.hpp"
#include "text.hpp"

#include <memory>
#include <vector>

namespace safe::cli {
namespace {

void cat_one(Context &context, const Client &client, const std::string &text) {
    const Source source = resolve(context, text);
    const Reader reader = open_source(context, client, source);
    bool first = true;
    copy(context, reader, within({}, safe_reader_size(reader.get())), 0, [&](std::span<const std::uint8_t> data) {
        if (first && context.terminal.output_is_terminal &&
            !is_terminal_text({reinterpret_cast<const char *>(data.data()), data.size()})) {
            throw Failure(SAFE_INVALID_ARGUMENT,
                          "the content is binary and would upset the terminal; use: safe get LINK -o FILE");
        }
        first = false;
        write_all(1, data, "-");
    });
}

int cat(Context &context, const std::vector<std::string> &sources) {
    const Client client = context.connect(false);
    int failed = 0;
    Exit last = exit_ok;
    for (const std::string &source : sources) {
        try {
            cat_one(context, client, source);
        } catch (const Failure &failure) {
            last = context.report(failure);
            ++failed;
        }
    }
    return failed && sources.size() > 1 ? exit_failed : last;
}

} // namespace

void add_cat(CLI::App &app, Context &context) {
    CLI::App *command = add_command(app, "cat", "Write content to stdout, one after the other",
                                    "  safe cat LINK | less\n"
                                    "  safe cat PART1 PART2 PART3 > whole");
    auto sources = std::make_shared<std::vector<std::string>>();
    command->add_option("sources", *sources, source_help)->type_name("LINK...")->required();
    command->callback([&context, sources] { context.run = [&context, sources] { return cat(context, *sources); }; });
}

} // namespace safe::cli
