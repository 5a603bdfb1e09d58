#include "files.hpp"
#include "inputs.hpp"
#include "output.hpp"
#include "put_queue.hpp"
#include "s1.hpp"
#include "text.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace safe::cli {
namespace {

struct PutOptions {
    std::vector<std::string> files;
    std::string files_from, name, type, datamap, format = "c2", chunks;
    bool is_private = false, json = false, dry_run = false, verify = false, nul = false, force = false;
    unsigned at_once = 4;
};

std::uint32_t flags_of(const PutOptions &options) {
    return (options.is_private ? std::uint32_t{SAFE_PUT_PRIVATE} : 0) |
           (options.dry_run ? std::uint32_t{SAFE_PUT_DRY_RUN} : 0) |
           (options.verify ? std::uint32_t{SAFE_PUT_VERIFY} : 0);
}

constexpr std::size_t max_name = 128; // bytes, of safe_link_with

// The last part of the path, if it can stand in a link. The library does the same for the files that it reads.
std::string name_of(const Input &input) {
    if (input.kind != Input::Kind::stream || input.size == SAFE_SIZE_UNKNOWN) return "";
    const std::string name = to_utf8(input.path.substr(input.path.rfind('/') + 1));
    return name.size() <= max_name && printable(name) == name ? name : "";
}

// --name and --type replace what is there.
Link final_link(const PutOptions &options, const Input &input, const Receipt &receipt) {
    Link link;
    check([&](safe_error **error) { return safe_receipt_link(receipt.get(), link.out(), error); });
    std::string name = options.name.empty() ? text_or_empty(safe_link_name(link.get())) : options.name;
    if (name.empty()) name = name_of(input);
    if (name == text_or_empty(safe_link_name(link.get())) && options.type.empty()) return link;
    Link named;
    check([&](safe_error **error) {
        return safe_link_with(link.get(), name.empty() ? nullptr : name.c_str(),
                              options.type.empty() ? nullptr : options.type.c_str(), named.out(), error);
    });
    return named;
}

std::string json_line(const Input &input, const Link &link, const Receipt &receipt) {
    nlohmann::ordered_json line{{"file", to_utf8(input.path)}};
    if (!is_utf8(input.path)) {
        line["file_hex"] = to_hex({reinterpret_cast<const std::uint8_t *>(input.path.data()), input.path.size()});
    }
    line["link"] = safe_link_text(link.get());
    Address address{};
    if (!safe_link_is_private(link.get())) {
        check([&](safe_error **error) { return safe_link_address(link.get(), address.data(), error); });
        line["address"] = to_hex(address);
    }
    auto chunks = nlohmann::ordered_json::array();
    for (std::uint64_t i = 0; i < safe_receipt_chunk_count(receipt.get()); ++i) {
        std::uint64_t size = 0;
        check([&](safe_error **error) { return safe_receipt_chunk(receipt.get(), i, address.data(), &size, error); });
        chunks.push_back({{"name", to_hex(address)}, {"size", size}});
    }
    line["chunks"] = std::move(chunks);
    line["size"] = safe_receipt_size(receipt.get());
    line["new_chunks"] = safe_receipt_new_chunks(receipt.get());
    line["new_bytes"] = safe_receipt_new_bytes(receipt.get());
    return line.dump() + "\n";
}

// The map of a public put is in the vault; after a dry run it is nowhere, so the content is gone through once more as a
// private one, whose link holds the same map.
Bytes datamap_of(Context &context, const Client &client, const PutOptions &options, const Input &input,
                 const Link &link) {
    Bytes map;
    if (safe_link_is_private(link.get())) {
        check([&](safe_error **error) { return safe_link_datamap(link.get(), map.out(), error); });
        return map;
    }
    if (options.dry_run) {
        const Op op(safe_put_file(client.get(), input.path.c_str(), SAFE_PUT_PRIVATE | SAFE_PUT_DRY_RUN));
        const Receipt receipt = context.loop().result<Receipt>(op, safe_op_take_receipt);
        Link again;
        check([&](safe_error **error) { return safe_receipt_link(receipt.get(), again.out(), error); });
        check([&](safe_error **error) { return safe_link_datamap(again.get(), map.out(), error); });
        return map;
    }
    Address address{};
    check([&](safe_error **error) { return safe_link_address(link.get(), address.data(), error); });
    const Op op(safe_chunk_get(client.get(), address.data()));
    return context.loop().result<Bytes>(op, safe_op_take_bytes);
}

[[noreturn]] void wrong_usage(const std::string &message) { throw Failure(SAFE_INVALID_ARGUMENT, message); }

void check_options(const PutOptions &options, bool one_input) {
    if (options.files.empty() && options.files_from.empty()) {
        wrong_usage("nothing to put: name files or directories, or - for standard input, or --files-from LIST");
    }
    if (!one_input && !options.name.empty()) wrong_usage("--name is for one file, not for several");
    if (!one_input && !options.datamap.empty()) wrong_usage("--datamap is for one file, not for several");
    if (options.nul && options.files_from.empty())
        wrong_usage("-0 says how --files-from LIST is separated; there is no LIST");
    const auto stdin_uses =
        std::count(options.files.begin(), options.files.end(), "-") + (options.files_from == "-" ? 1 : 0);
    if (stdin_uses > 1) wrong_usage("standard input (-) can be used once only");
    if (!options.chunks.empty() && options.format != "s1")
        wrong_usage("--chunks is for --format s1; chunks of other content go to the vault");
}

class Reporter {
  public:
    Reporter(Context &context, const Client &client, const PutOptions &options, bool one_input)
        : context_(context), client_(client), options_(options), one_input_(one_input) {}

    void deliver(Outcome outcome) {
        try {
            if (outcome.failure) throw *outcome.failure;
            succeed(outcome.input, outcome.receipt);
        } catch (const Failure &failure) {
            failures_.emplace_back(outcome.input.path, failure);
        }
    }

    // Failures last, where they are seen.
    Exit finish(const InputList &list) {
        context_.terminal.end();
        for (const std::string &skipped : list.skipped)
            context_.terminal.say("safe: passed over " + printable(skipped));
        Exit last = exit_ok;
        for (const auto &[path, failure] : failures_)
            last = context_.report(failure, path == "-" ? "standard input" : path);
        if (!one_input_ && !failures_.empty()) {
            context_.terminal.say("safe: " + human_count(failures_.size()) + " of " + human_count(list.inputs.size()) +
                                  " not stored; run the same command again to try those once more");
        }
        if (done_ > 0) context_.terminal.note(summary());
        if (done_ > 0 && options_.is_private && !options_.dry_run) {
            context_.terminal.note("A private link is a secret, and the only way back to the content: keep it safe.");
        }
        return !one_input_ && !failures_.empty() ? exit_failed : last;
    }

  private:
    void succeed(const Input &input, const Receipt &receipt) {
        const Link link = final_link(options_, input, receipt);
        if (!options_.datamap.empty()) save_datamap(input, link);
        std::string line = options_.json ? json_line(input, link, receipt) : std::string(safe_link_text(link.get()));
        if (!options_.json) line += one_input_ ? "\n" : "\t" + shown_path(input.path) + "\n";
        context_.terminal.clear();
        print(line);
        ++done_;
        bytes_ += safe_receipt_size(receipt.get());
        new_chunks_ += safe_receipt_new_chunks(receipt.get());
        new_bytes_ += safe_receipt_new_bytes(receipt.get());
    }

    void save_datamap(const Input &input, const Link &link) {
        const Bytes map = datamap_of(context_, client_, options_, input, link);
        const auto bytes = view(map);
        // docs/formats.md, "Content descriptor": 0x53 begins our own envelope for content that has no map upstream.
        if (!bytes.empty() && bytes[0] == 0x53) {
            context_.terminal.say("safe: content of less than 3 bytes has no upstream data map; " +
                                  printable(options_.datamap) + " holds libsafe's own form");
        }
        write_once(options_.datamap, bytes, options_.force);
    }

    // Bytes as they are for programs; what would upset a terminal is escaped there.
    std::string shown_path(const std::string &path) const {
        return context_.terminal.output_is_terminal ? printable(path) : path;
    }

    std::string summary() const {
        std::string text = options_.dry_run ? "computed " : "stored ";
        text += one_input_ ? human_bytes(bytes_)
                           : human_count(done_) + (done_ == 1 ? " file, " : " files, ") + human_bytes(bytes_);
        if (options_.dry_run) return text + "; nothing was stored";
        text += new_chunks_ == 0 ? "; sent nothing, all of it was there"
                                 : "; sent " + human_bytes(new_bytes_) + " in " + human_count(new_chunks_) +
                                       (new_chunks_ == 1 ? " new chunk" : " new chunks");
        return text;
    }

    Context &context_;
    const Client &client_;
    const PutOptions &options_;
    bool one_input_;
    std::vector<std::pair<std::string, Failure>> failures_;
    std::uint64_t done_ = 0, bytes_ = 0, new_chunks_ = 0, new_bytes_ = 0;
};

// A dry run needs no vault, and makes none.
Client connect_for(Context &context, const PutOptions &options) {
    if (!options.dry_run) return context.connect(true);
    const Op op(safe_connect("mem:", 0));
    return context.loop().result<Client>(op, safe_op_take_client);
}

int put(Context &context, const PutOptions &options) {
    const bool one_name = options.files.size() == 1 && options.files_from.empty();
    check_options(options, true);
    InputList list;
    const std::string vault = options.format == "s1" ? "" : path_of_file_url(context.vault().url);
    for (const std::string &file : options.files) add_input(list, file, vault);
    if (!options.files_from.empty()) {
        for (const std::string &file : read_names(options.files_from, options.nul)) add_input(list, file, vault);
    }
    // A directory has several files, whatever their number.
    const bool one_input = one_name && list.inputs.size() == 1 && list.inputs[0].path == options.files[0];
    check_options(options, one_input);
    if (options.format == "s1") {
        if (!one_input) wrong_usage("--format s1 stores one file at a time");
        if (list.inputs[0].problem) return context.report(*list.inputs[0].problem);
        return s1_put(
            context, {options.files[0], options.chunks, options.datamap, options.dry_run, options.json, options.force});
    }
    if (list.inputs.empty()) context.terminal.say("safe: there is no file to put");
    if (!options.datamap.empty() && options.dry_run && !options.is_private &&
        list.inputs[0].kind == Input::Kind::stream) {
        wrong_usage("--datamap with --dry-run reads the content twice, and a stream can be read once; add --private, "
                    "the map is the same");
    }
    if (list.inputs.size() == 1 && list.inputs[0].path == "-" && context.terminal.input_is_terminal) {
        context.terminal.note("reading from the terminal; end with Ctrl-D");
    }

    const Client client = connect_for(context, options);
    const bool streams = std::any_of(list.inputs.begin(), list.inputs.end(),
                                     [](const Input &each) { return each.size == SAFE_SIZE_UNKNOWN && !each.problem; });
    context.terminal.begin("put", streams && list.total == 0 ? SAFE_SIZE_UNKNOWN : list.total);
    Reporter reporter(context, client, options, one_input);
    {
        PutQueue queue(context, client, flags_of(options), options.at_once,
                       [&](Outcome outcome) { reporter.deliver(std::move(outcome)); });
        queue.run(list);
    }
    return reporter.finish(list);
}

} // namespace

void add_put(CLI::App &app, Context &context) {
    CLI::App *command =
        add_command(app, "put", "Store files, encrypted; prints the link that reads each of them back",
                    "  safe put photo.jpg                 prints the link\n"
                    "  safe get $(safe put photo.jpg)     there and back\n"
                    "  safe put --private diary.txt       the link is a secret: nobody reads it without\n"
                    "  safe put Pictures/                 every file below; one line each: link, tab, path\n"
                    "  tar c src | safe put - --name src.tar\n"
                    "  find . -name '*.log' -print0 | safe put --files-from - -0 --json\n"
                    "  safe put --dry-run --json f        names and sizes of the chunks; stores nothing\n"
                    "  safe put -- -odd-name              a name that begins with -\n"
                    "  safe put --format s1 --chunks DIR --datamap MAP FILE    the format of 2018-2019");
    auto options = std::make_shared<PutOptions>();
    command
        ->add_option("files", options->files,
                     "Files, directories (walked through, one link a file), or - for standard input")
        ->type_name("FILE...");
    command->add_flag("-p,--private", options->is_private,
                      "Keep the data map out of the vault: the link holds it and is a secret");
    command
        ->add_option("--files-from", options->files_from,
                     "Also store the files that this file names, one a line; - is standard input")
        ->type_name("LIST");
    command->add_flag("-0,--null", options->nul, "Names in LIST end with a NUL byte");
    command->add_flag("-j,--json", options->json,
                      "One line of JSON a file: file, link, address (if public), chunks, size, new_chunks, new_bytes");
    command->add_flag("-n,--dry-run", options->dry_run,
                      "Compute chunks and link, store nothing (new_chunks and new_bytes are 0)");
    command->add_flag("--verify", options->verify, "Read every chunk back from the vault before the link is printed");
    command->add_option("--name", options->name, "The name in the link, instead of the file's")->type_name("NAME");
    command->add_option("--type", options->type, "The media type in the link, e.g. image/jpeg")->type_name("TYPE");
    command
        ->add_option("--datamap", options->datamap,
                     "Also write the data map to this file (MessagePack, as upstream's .datamap)")
        ->type_name("FILE");
    command->add_flag("-f,--force", options->force, "Replace the --datamap file if it exists with other content");
    command->add_option("--at-once", options->at_once, "How many files are under way at a time (4)")
        ->type_name("N")
        ->check(CLI::Range(1, 64).description(""));
    command->add_option("--format", options->format, "Chunk format: c2 (in the vault), or s1 (2018-2019, in --chunks)")
        ->type_name("c2|s1")
        ->check(one_of({"c2", "s1"}));
    command->add_option("--chunks", options->chunks, "Directory for the s1 chunks")->type_name("DIR");
    command->callback([&context, options] { context.run = [&context, options] { return put(context, *options); }; });
}

} // namespace safe::cli
