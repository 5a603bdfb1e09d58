#include "context.hpp"
#include "files.hpp"
#include "key_file.hpp"
#include "output.hpp"

#include <memory>
#include <nlohmann/json.hpp>

namespace safe::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_value = 1u << 20; // of safe_record_create
constexpr std::uint32_t page_size = 256;

struct RecordOptions {
    std::string key, owner, label, address, value, file, output;
    std::uint64_t version = SAFE_VERSION_NEWEST;
    std::uint64_t limit = UINT64_MAX;
    bool json = false, force = false;
};

Address address_of(const Address &owner, const std::string &label) {
    Address out{};
    check([&](safe_error **error) { return safe_record_address_of(owner.data(), label.c_str(), out.data(), error); });
    return out;
}

// By ADDRESS, or by owner (a public key, or that of a key file) and label.
Address wanted(const RecordOptions &options) {
    if (!options.address.empty()) {
        if (const auto address = parse_address(options.address)) return *address;
        throw Failure(SAFE_INVALID_ARGUMENT, "\"" + options.address + "\" is no address: 64 hex digits are wanted");
    }
    if (options.label.empty() || (options.owner.empty() && options.key.empty())) {
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "which record? name its ADDRESS, or --owner PUBLIC-KEY (or --key FILE) and --label LABEL");
    }
    if (options.owner.empty()) return address_of(public_key(read_key_file(options.key)), options.label);
    if (const auto owner = parse_address(options.owner)) return address_of(*owner, options.label);
    throw Failure(SAFE_INVALID_ARGUMENT,
                  "--owner \"" + options.owner + "\" is no public key: 64 hex digits are wanted");
}

std::vector<std::uint8_t> value_of(const RecordOptions &options, bool has_value) {
    if (has_value) return {options.value.begin(), options.value.end()};
    if (options.file.empty())
        throw Failure(SAFE_INVALID_ARGUMENT, "what value? give --value TEXT, or a file, or - for standard input");
    return read_file(options.file, max_value);
}

Json facts_of(const Record &record, bool with_value) {
    Address address{}, owner{};
    check([&](safe_error **error) { return safe_record_address(record.get(), address.data(), error); });
    check([&](safe_error **error) { return safe_record_owner(record.get(), owner.data(), error); });
    Bytes value;
    check([&](safe_error **error) { return safe_record_value(record.get(), value.out(), error); });
    Json facts{{"address", to_hex(address)},
               {"owner", to_hex(owner)},
               {"label", text_or_empty(safe_record_label(record.get()))},
               {"version", safe_record_version(record.get())},
               {"size", safe_bytes_size(value.get())}};
    if (with_value) {
        const auto bytes = view(value);
        const std::string text(bytes.begin(), bytes.end());
        if (is_utf8(text)) facts["value"] = text;
        facts["value_hex"] = to_hex(bytes);
    }
    return facts;
}

void print_written(const RecordOptions &options, const Record &record) {
    const Json facts = facts_of(record, false);
    print(options.json ? facts.dump() + "\n"
                       : facts["address"].get<std::string>() + "\tversion " +
                             std::to_string(safe_record_version(record.get())) + "\n");
}

Record fetch(Context &context, const Client &client, const Address &address, std::uint64_t version) {
    const Op op(safe_record_get(client.get(), address.data(), version));
    return context.loop().result<Record>(op, safe_op_take_record);
}

// A lost race names the version that won.
Failure with_version(Failure failure) {
    const auto current = failure.numbers.find("current_version");
    const std::string version = current == failure.numbers.end() ? "" : std::to_string(current->second);
    if (version.empty() || std::string(failure.what()).find(version) != std::string::npos) return failure;
    return Failure(failure.code, std::string(failure.what()) + "; its newest version is " + version);
}

int create(Context &context, const RecordOptions &options, bool has_value) {
    const Key key = read_key_file(options.key);
    const auto value = value_of(options, has_value);
    const Client client = context.connect(true);
    const Op op(safe_record_create(client.get(), key.get(), options.label.c_str(), value.data(), value.size()));
    print_written(options, context.loop().result<Record>(op, safe_op_take_record));
    return exit_ok;
}

int set(Context &context, const RecordOptions &options, bool has_value) {
    const Key key = read_key_file(options.key);
    const auto value = value_of(options, has_value);
    const Client client = context.connect(false);
    std::uint64_t version = options.version;
    if (version == SAFE_VERSION_NEWEST) {
        version = safe_record_version(
                      fetch(context, client, address_of(public_key(key), options.label), SAFE_VERSION_NEWEST).get()) +
                  1;
    }
    const Op op(safe_record_set(client.get(), key.get(), options.label.c_str(), version, value.data(), value.size()));
    print_written(options, context.loop().result<Record>(op, safe_op_take_record));
    return exit_ok;
}

int get(Context &context, const RecordOptions &options, bool) {
    const Address address = wanted(options);
    Output output(options.output.empty() ? "-" : options.output, options.force);
    const Client client = context.connect(false);
    const Record record = fetch(context, client, address, options.version);
    if (options.json) {
        print(facts_of(record, true).dump() + "\n");
        return exit_ok;
    }
    Bytes value;
    check([&](safe_error **error) { return safe_record_value(record.get(), value.out(), error); });
    const auto bytes = view(value);
    if (options.output.empty() && context.terminal.output_is_terminal &&
        !is_terminal_text({reinterpret_cast<const char *>(bytes.data()), bytes.size()})) {
        throw Failure(SAFE_INVALID_ARGUMENT, "the value is binary and would upset the terminal; write it to a file "
                                             "with -o FILE, or show it with --json");
    }
    output.write(bytes);
    output.commit();
    return exit_ok;
}

int list(Context &context, const RecordOptions &options, bool) {
    const Address address = wanted(options);
    const Client client = context.connect(false);
    std::uint64_t before = SAFE_VERSION_NEWEST, left = options.limit;
    int32_t more = 1;
    while (more && left > 0) {
        const auto limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, page_size));
        const Op op(safe_record_list(client.get(), address.data(), before, limit));
        const RecordPage page = context.loop().result<RecordPage>(op, safe_op_take_record_page);
        for (std::uint64_t i = 0; i < safe_record_page_count(page.get()); ++i, --left) {
            Record record;
            check([&](safe_error **error) { return safe_record_page_get(page.get(), i, record.out(), error); });
            const Json facts = facts_of(record, false);
            print(options.json ? facts.dump() + "\n"
                               : std::to_string(safe_record_version(record.get())) + "\t" +
                                     std::to_string(facts["size"].get<std::uint64_t>()) + " bytes\n");
        }
        check([&](safe_error **error) { return safe_record_page_next(page.get(), &more, &before, error); });
    }
    return exit_ok;
}

using Action = int (*)(Context &, const RecordOptions &, bool has_value);

struct Adder {
    CLI::App &record;
    Context &context;
    std::shared_ptr<RecordOptions> options = std::make_shared<RecordOptions>();

    CLI::App *add(const char *name, const char *description, const char *examples, Action action) {
        CLI::App *command = add_command(record, name, description, examples);
        command->add_flag("-j,--json", options->json, "JSON, one line for each record");
        command->callback([&context = context, options = options, command, action] {
            const CLI::Option *value = command->get_option_no_throw("--value");
            const bool has_value = value && value->count() > 0;
            context.run = [&context, options, has_value, action] {
                try {
                    return action(context, *options, has_value);
                } catch (const Failure &failure) {
                    throw with_version(failure);
                }
            };
        });
        return command;
    }

    CLI::App *add_writer(const char *name, const char *description, const char *examples, Action action) {
        CLI::App *command = add(name, description, examples, action);
        command->add_option("--key", options->key, "Your key file, from `safe key generate`")
            ->type_name("FILE")
            ->required();
        command->add_option("--label", options->label, "Which of your records: 1 to 255 bytes")
            ->type_name("LABEL")
            ->required();
        CLI::Option *value = command->add_option("--value", options->value, "The value as text")->type_name("TEXT");
        command
            ->add_option("file", options->file, "A file that holds the value (at most 1 MiB), or - for standard input")
            ->type_name("FILE")
            ->excludes(value);
        return command;
    }

    CLI::App *add_finder(const char *name, const char *description, const char *examples, Action action) {
        CLI::App *command = add(name, description, examples, action);
        command->add_option("address", options->address, "The record's address, 64 hex digits")->type_name("ADDRESS");
        command->add_option("--owner", options->owner, "Or by its owner's public key, 64 hex digits,")
            ->type_name("PUBLIC-KEY");
        command->add_option("--key", options->key, "or by your own key file,")->type_name("FILE");
        command->add_option("--label", options->label, "and its label")->type_name("LABEL");
        return command;
    }
};

} // namespace

void add_record(CLI::App &app, Context &context) {
    CLI::App *record =
        add_command(app, "record", "Small signed values with versions, which only the holder of a key can write",
                    "  safe key generate me.key\n"
                    "  safe record create --key me.key --label news --value \"first\"\n"
                    "  safe record set --key me.key --label news --value \"second\"\n"
                    "  safe record get --key me.key --label news\n"
                    "  safe record list --key me.key --label news\n"
                    "  Values are stored as given, not encrypted, and all versions stay readable.");
    record->require_subcommand(1);
    Adder adder{*record, context};
    adder.add_writer("create", "Make a record: its version 0",
                     "  safe record create --key me.key --label news page.html", create);
    CLI::App *setter = adder.add_writer(
        "set", "Give a record its next version",
        "  safe record set --key me.key --label news --value second\n"
        "  safe record set --key me.key --label news --version 7 new.html   fails (6) unless 6 is the newest",
        set);
    setter
        ->add_option("--version", adder.options->version,
                     "The new version, which must be the newest plus 1 (which is the default)")
        ->type_name("N");
    CLI::App *getter = adder.add_finder("get", "Print a record's value, the newest or one version of it",
                                        "  safe record get ADDRESS --version 3 -o page.html", get);
    getter->add_option("--version", adder.options->version, "This version instead of the newest")->type_name("N");
    getter->add_option("-o,--output", adder.options->output, "Write to this file, or to stdout (-)")
        ->type_name("FILE|-");
    getter->add_flag("-f,--force", adder.options->force, "Replace the output file if it exists");
    CLI::App *lister = adder.add_finder("list", "List a record's versions, the newest first",
                                        "  safe record list ADDRESS --limit 10", list);
    lister->add_option("--limit", adder.options->limit, "At most so many")->type_name("N");
}

} // namespace safe::cli
