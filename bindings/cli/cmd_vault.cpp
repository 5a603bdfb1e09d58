#include "context.hpp"
#include "files.hpp"
#include "output.hpp"
#include "text.hpp"

#include <memory>
#include <nlohmann/json.hpp>

namespace safe::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_links = 256u << 20;

struct VaultOptions {
    std::string keep, address;
    bool json = false, remove = false, list = false;
};

std::uint64_t value(const Report &report, const char *name) {
    std::uint64_t out = 0;
    check([&](safe_error **error) { return safe_report_value(report.get(), name, &out, error); });
    return out;
}

// Waits with a bar that counts objects.
Report report_of(Context &context, const Op &op, const char *label) {
    context.terminal.begin(label, SAFE_SIZE_UNKNOWN, true);
    if (context.terminal.has_bar()) {
        context.loop().on_tick = [&] {
            std::uint64_t done = 0, total = 0;
            if (safe_op_progress(op.get(), &done, &total, nullptr) != SAFE_OK) return;
            context.terminal.set_total(total);
            context.terminal.advance(done);
        };
    }
    struct Restore {
        Context &context;
        ~Restore() {
            context.loop().on_tick = nullptr;
            context.terminal.end();
        }
    } restore{context};
    return context.loop().result<Report>(op, safe_op_take_report);
}

Json items_of(const Report &report) {
    auto items = Json::array();
    for (std::uint64_t i = 0; i < safe_report_item_count(report.get()); ++i) {
        Address address{};
        std::uint64_t size = 0;
        check([&](safe_error **error) { return safe_report_item(report.get(), i, address.data(), &size, error); });
        Json item{{"address", to_hex(address)}, {"size", size}};
        if (const char *text = safe_report_item_text(report.get(), i)) item["text"] = text;
        items.push_back(std::move(item));
    }
    return items;
}

Json values_of(const Report &report, std::initializer_list<const char *> names) {
    Json values;
    for (const char *name : names) values[name] = value(report, name);
    return values;
}

void print_items(const Report &report) {
    for (const Json &item : items_of(report)) {
        const std::string text = item.contains("text") ? item["text"].get<std::string>() : human_bytes(item["size"]);
        print(item["address"].get<std::string>() + "  " + printable(text) + "\n");
    }
}

std::string row(Context &context, const std::string &label, const std::string &text) {
    return context.terminal.styled(Style::dim, label + std::string(12 - label.size(), ' '), 1) + text + "\n";
}

int info(Context &context, const VaultOptions &options) {
    const VaultChoice choice = context.vault();
    const Op op(safe_vault_info(choice.url.c_str()));
    const Report report = report_of(context, op, "counting");
    if (options.json) {
        Json line{{"url", choice.url}};
        line.update(values_of(
            report, {"chunks", "chunk_bytes", "records", "record_bytes", "disk_bytes", "free_bytes", "format"}));
        print(line.dump() + "\n");
        return exit_ok;
    }
    print(row(context, "vault", choice.url) + row(context, "format", std::to_string(value(report, "format"))) +
          row(context, "chunks",
              human_count(value(report, "chunks")) + ", " + human_bytes(value(report, "chunk_bytes"))) +
          row(context, "records",
              human_count(value(report, "records")) + ", " + human_bytes(value(report, "record_bytes"))) +
          row(context, "on disk", human_bytes(value(report, "disk_bytes"))) +
          row(context, "free", human_bytes(value(report, "free_bytes"))));
    return exit_ok;
}

int verify(Context &context, const VaultOptions &options) {
    const VaultChoice choice = context.vault();
    const Op op(safe_vault_verify(choice.url.c_str()));
    const Report report = report_of(context, op, "verify");
    const std::uint64_t bad = value(report, "bad");
    if (options.json) {
        Json line = values_of(report, {"checked", "checked_bytes", "bad"});
        line["items"] = items_of(report);
        print(line.dump() + "\n");
    } else {
        print_items(report);
        context.terminal.say("checked " + human_count(value(report, "checked")) + " objects, " +
                             human_bytes(value(report, "checked_bytes")) +
                             (bad ? ": " + human_count(bad) + " damaged" : ": all sound"));
    }
    if (bad)
        context.terminal.fail(human_count(bad) + " damaged objects in " + choice.url + " (CHUNK_CORRUPT)",
                              hint_for(SAFE_CHUNK_CORRUPT));
    return bad ? exit_corrupt : exit_ok;
}

int gc(Context &context, const VaultOptions &options) {
    const VaultChoice choice = context.vault();
    const auto bytes = read_file(options.keep, max_links);
    const std::string links(bytes.begin(), bytes.end());
    if (links.find('\0') != std::string::npos)
        throw Failure(SAFE_BAD_LINK, "the list of links to keep, " + options.keep + ", is not a text file");
    const Op op(safe_vault_gc(choice.url.c_str(), links.c_str(), options.remove ? SAFE_GC_REMOVE : 0));
    const Report report = report_of(context, op, "gc");
    if (options.json) {
        Json line{{"dry_run", !options.remove}};
        line.update(values_of(report, {"kept", "kept_bytes", "removed", "removed_bytes", "in_use"}));
        line["items"] = items_of(report);
        print(line.dump() + "\n");
        return exit_ok;
    }
    print_items(report);
    const std::uint64_t in_use = value(report, "in_use");
    context.terminal.say("keeps " + human_count(value(report, "kept")) + " chunks (" +
                         human_bytes(value(report, "kept_bytes")) + "), " +
                         (options.remove ? "removed " : "would remove ") + human_count(value(report, "removed")) +
                         " (" + human_bytes(value(report, "removed_bytes")) + ")" +
                         (in_use ? "; " + human_count(in_use) + " more are in use by running puts" : ""));
    if (!options.remove && value(report, "removed")) context.terminal.say("nothing was removed; --remove does it");
    return exit_ok;
}

int remove(Context &context, const VaultOptions &options) {
    const auto address = parse_address(options.address);
    if (!address)
        throw Failure(SAFE_INVALID_ARGUMENT, "\"" + options.address + "\" is no address: 64 hex digits are wanted");
    const Op op(safe_vault_remove(context.vault().url.c_str(), address->data()));
    context.loop().await(op);
    context.terminal.say("removed " + options.address);
    return exit_ok;
}

using VaultAction = int (*)(Context &, const VaultOptions &);

CLI::App *add_action(CLI::App &vault, Context &context, const std::shared_ptr<VaultOptions> &options, const char *name,
                     const char *description, const char *examples, VaultAction action) {
    CLI::App *command = add_command(vault, name, description, examples);
    command->callback([&context, options, action] {
        context.run = [&context, options, action] { return action(context, *options); };
    });
    return command;
}

} // namespace

void add_vault(CLI::App &app, Context &context) {
    CLI::App *vault = add_command(app, "vault", "For the owner of a vault: figures, checks, clearing up, serving it",
                                  "  safe vault info\n"
                                  "  safe vault verify\n"
                                  "  safe vault gc --keep links.txt             shows what no link needs\n"
                                  "  safe vault gc --keep links.txt --remove    removes it\n"
                                  "  safe vault rm ADDRESS\n"
                                  "  safe vault serve                           to others, over the network");
    vault->require_subcommand(1);
    auto options = std::make_shared<VaultOptions>();
    const auto json = [&](CLI::App *command) { command->add_flag("-j,--json", options->json, "One line of JSON"); };
    json(add_action(*vault, context, options, "info", "How much is in the vault, and how much more fits",
                    "  safe vault info --json", info));
    json(add_action(*vault, context, options, "verify",
                    "Read and check everything; lists what is damaged, exit code 5 if anything is",
                    "  safe vault verify && echo sound\n"
                    "  A damaged chunk is mended by putting the same content again.",
                    verify));
    CLI::App *collect = add_action(
        *vault, context, options, "gc", "Find the chunks that no link of a list needs; --remove removes them",
        "  safe vault gc --keep links.txt\n"
        "  links.txt has one link a line; blank lines and lines that begin with # do not count.\n"
        "  Content whose link is not in the list is lost with --remove. Records are not touched.\n"
        "  Safe beside running puts.",
        gc);
    collect->add_option("--keep", options->keep, "The links whose content is kept; - is standard input")
        ->type_name("LINKS-FILE")
        ->required();
    collect->add_flag("--remove", options->remove, "Really remove; without it nothing is changed");
    json(collect);
    CLI::App *rm =
        add_action(*vault, context, options, "rm", "Remove one chunk: content that needs it cannot be read any more",
                   "  safe vault rm 62d184f5...b7", remove);
    add_serve(*vault, context);
    rm->add_option("address", options->address, "Address of the chunk, 64 hex digits")
        ->type_name("ADDRESS")
        ->required();
}

} // namespace safe::cli
