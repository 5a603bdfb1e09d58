#include "copy.hpp"
#include "output.hpp"
#include "source.hpp"
#include "text.hpp"

#include <memory>
#include <nlohmann/json.hpp>

namespace safe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InfoOptions {
    std::vector<std::string> sources;
    bool json = false, verify = false;
};

// What the link itself says, without a vault.
Json link_facts(const Link &link) {
    Json facts{{"kind", safe_link_is_private(link.get()) ? "private link" : "public link"}};
    if (!safe_link_is_private(link.get())) {
        Address address{};
        check([&](safe_error **error) { return safe_link_address(link.get(), address.data(), error); });
        facts["address"] = to_hex(address);
        facts["link"] = safe_link_text(link.get());
    }
    if (const char *name = safe_link_name(link.get())) facts["name"] = name;
    if (const char *type = safe_link_media_type(link.get())) facts["media_type"] = type;
    if (safe_link_size(link.get()) != SAFE_SIZE_UNKNOWN) facts["size"] = safe_link_size(link.get());
    return facts;
}

std::vector<std::uint8_t> datamap_of(Context &context, const Client &client, const Source &source) {
    if (!source.link) return source.datamap;
    Bytes bytes;
    if (safe_link_is_private(source.link.get())) {
        check([&](safe_error **error) { return safe_link_datamap(source.link.get(), bytes.out(), error); });
    } else {
        Address address{};
        check([&](safe_error **error) { return safe_link_address(source.link.get(), address.data(), error); });
        const Op op(safe_chunk_get(client.get(), address.data()));
        bytes = context.loop().result<Bytes>(op, safe_op_take_bytes);
    }
    const auto data = view(bytes);
    return {data.begin(), data.end()};
}

// The root map as upstream writes it: [1, [[index, address, hash, size], ...], level or nil]. The library has checked it
// when it opened the content; here it is only shown.
void add_map_facts(Context &context, const Client &client, const std::vector<std::uint8_t> &map, Json &facts) {
    if (!map.empty() && map[0] == 0x53) {
        facts["data_map"] = "inline";
        return;
    }
    const auto root = nlohmann::json::from_msgpack(map, true, false);
    if (!root.is_array() || root.size() != 3 || !root[1].is_array()) return;
    facts["data_map"] = root[2].is_null() ? "chunks of the content" : "chunks of a larger map";
    facts["chunks"] = root[1].size();
    std::uint64_t present = 0;
    for (const auto &chunk : root[1]) {
        const auto address = chunk.at(1).is_binary() ? std::vector<std::uint8_t>(chunk.at(1).get_binary())
                                                     : chunk.at(1).get<std::vector<std::uint8_t>>();
        if (address.size() != 32) return;
        const Op op(safe_chunk_exists(client.get(), address.data()));
        present += context.loop().number(op);
    }
    facts["present"] = present;
}

void verify(Context &context, const Reader &reader) {
    context.terminal.begin("verify", safe_reader_size(reader.get()));
    copy(context, reader, within({}, safe_reader_size(reader.get())), 0, [](std::span<const std::uint8_t>) {});
    context.terminal.end();
}

struct About {
    Json facts;
    std::optional<Failure> failure;
};

About look(Context &context, const std::string &text, bool whole) {
    const Source source = resolve(context, text);
    About finding{
        source.link ? link_facts(source.link) : Json{{"kind", "data map file"}, {"file", to_utf8(source.shown)}}, {}};
    try {
        const Client client = context.connect(false);
        const Reader reader = open_source(context, client, source);
        finding.facts["size"] = safe_reader_size(reader.get());
        add_map_facts(context, client, datamap_of(context, client, source), finding.facts);
        finding.facts["vault"] = safe_client_url(client.get());
        if (whole) {
            verify(context, reader);
            finding.facts["verified"] = true;
        }
    } catch (const Failure &failure) {
        finding.failure = failure;
    }
    return finding;
}

void add_line(std::string &out, Context &context, const std::string &label, const std::string &value) {
    out += context.terminal.styled(Style::dim, label + std::string(12 - label.size(), ' '), 1) + value + "\n";
}

std::string for_people(Context &context, const Json &facts) {
    std::string out;
    const auto line = [&](const std::string &label, const std::string &value) { add_line(out, context, label, value); };
    const std::string kind = facts["kind"];
    line("kind", kind == "private link" ? kind + ": it holds the data map, so whoever has it can read" : kind);
    if (facts.contains("address")) line("address", facts["address"]);
    if (facts.contains("file")) line("file", printable(facts["file"].get<std::string>()));
    if (facts.contains("name")) line("name", printable(facts["name"].get<std::string>()));
    if (facts.contains("media_type")) line("type", printable(facts["media_type"].get<std::string>()));
    if (facts.contains("size")) {
        const std::uint64_t size = facts["size"];
        line("size", human_count(size) + (size == 1 ? " byte" : " bytes") +
                         (size >= 1024 ? " (" + human_bytes(size) + ")" : ""));
    }
    if (facts.contains("chunks")) {
        const std::uint64_t chunks = facts["chunks"], present = facts["present"];
        line("data map", human_count(chunks) + " " + facts["data_map"].get<std::string>() + ", " +
                             (present == chunks ? "all in the vault" : human_count(present) + " of them in the vault"));
    } else if (facts.contains("data_map")) {
        line("data map", "none: the content stands in the link or address itself");
    }
    if (facts.contains("vault")) line("vault", facts["vault"]);
    if (facts.contains("verified")) line("verified", "every byte was read and checked");
    return out;
}

int info(Context &context, const InfoOptions &options) {
    int failed = 0;
    Exit last = exit_ok;
    bool first = true;
    for (const std::string &text : options.sources) {
        try {
            About finding = look(context, text, options.verify);
            if (options.json) {
                if (finding.failure)
                    finding.facts["error"] = {{"code", safe_code_name(finding.failure->code)},
                                              {"message", finding.failure->what()}};
                print(finding.facts.dump() + "\n");
            } else {
                print((first ? "" : "\n") + for_people(context, finding.facts));
            }
            first = false;
            if (finding.failure) throw *finding.failure;
        } catch (const Failure &failure) {
            last = context.report(failure);
            ++failed;
        }
    }
    return failed && options.sources.size() > 1 ? exit_failed : last;
}

} // namespace

void add_info(CLI::App &app, Context &context) {
    CLI::App *command =
        add_command(app, "info", "What a link, an address or a data map holds, and whether the vault has it",
                    "  safe info LINK\n"
                    "  safe info LINK --verify      reads everything and checks every byte\n"
                    "  safe info - < private-link.txt\n"
                    "  A private link is never shown in full.");
    auto options = std::make_shared<InfoOptions>();
    command->add_option("sources", options->sources, source_help)->type_name("LINK...")->required();
    command->add_flag("-j,--json", options->json, "One line of JSON each");
    command->add_flag("--verify", options->verify, "Read the whole content and check it");
    command->callback([&context, options] { context.run = [&context, options] { return info(context, *options); }; });
}

} // namespace safe::cli
