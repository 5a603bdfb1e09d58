#include "host/maintenance.hpp"

#include "base/unless_cancelled.hpp"
#include "encoding/link.hpp"
#include "encoding/text.hpp"
#include "host/open_vault.hpp"
#include "selfencrypt/decoder.hpp"

#include <cstring>
#include <unordered_set>

namespace safe {
namespace {

constexpr std::size_t page_size = 1000;
constexpr const char *chunk_prefix = "chunks/";
constexpr const char *record_prefix_all = "records/";

Awaitable<std::shared_ptr<Vault>> open_existing(ProcessRef process, JobRef job, std::string url) {
    ConnectionUrl parsed = parse_connection_url(url, process->schemes().get());
    if (parsed.scheme == ConnectionUrl::Scheme::memory)
        throw Error(Errc::unsupported, "only a vault that lasts can be inspected; name it as file:/path/to/dir");
    co_return co_await open_vault(std::move(process), std::move(job), std::move(parsed), false);
}

// The work itself if it is on a disk of ours; else work that a cancellation does not wait for.
template <class T>
Awaitable<T> patiently(ProcessRef process, JobRef job, const std::string &url, Awaitable<T> work) {
    const auto scheme = url.substr(0, url.find(':'));
    const bool may_take_for_ever = process->schemes() && process->schemes()->find(scheme);
    if (!may_take_for_ever) return work;
    return unless_cancelled(process->runtime(), std::move(job), std::move(work));
}

// Why these are not the stored bytes of that version of that record; empty if they are.
std::string flaw_of_record(ByteView stored, const RecordKey &key) {
    try {
        const Record record = verify_record(stored).record;
        if (record_address(record.owner, record.label) != key.address) return "record: it is another record's";
        if (record.version != key.version) return "record: it is another version";
        return "";
    } catch (const Error &error) {
        return "record: " + error.message();
    }
}

struct AddressHash {
    std::size_t operator()(const Address &address) const {
        std::size_t value;
        std::memcpy(&value, address.data(), sizeof value); // an address is a hash already
        return value;
    }
};
using AddressSet = std::unordered_set<Address, AddressHash>;

// The lines that are links, with white space around them cut off.
std::vector<Link> parse_links(const std::string &text) {
    std::vector<Link> links;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view entry(text.data() + at, end - at);
        at = end + 1;
        const auto first = entry.find_first_not_of(" \t\r");
        if (first == std::string_view::npos || entry[first] == '#') continue;
        entry = entry.substr(first, entry.find_last_not_of(" \t\r") - first + 1);
        entry = entry.substr(0, entry.find('\t')); // what `safe put` prints for several files: link TAB path
        try {
            links.push_back(parse_link(entry));
        } catch (const Error &error) {
            throw Error(error.code(), "line " + std::to_string(line) + " of the links to keep: " + error.message());
        }
    }
    return links;
}

// Everything that one link needs.
Awaitable<void> keep_link(std::shared_ptr<Vault> vault, JobRef job, Link link, AddressSet &keep) {
    Content content;
    if (link.is_private()) {
        content = std::get<Content>(std::move(link.target));
    } else {
        const Address address = std::get<Address>(link.target);
        const Blob map = co_await vault->get_chunk(address);
        const bool sound = co_await vault->matches(address, map);
        if (!sound) throw Error(Errc::chunk_corrupt, "data map " + to_hex(address) + " is damaged");
        content = decode_content(map.view());
        keep.insert(address);
    }
    ChunkSource source = [vault](Address address, JobRef) { return vault->get_chunk(address); };
    auto decoder = co_await Decoder::open(vault->runtime(), std::move(job), std::move(content), std::move(source));
    for (const Address &address : decoder->all_chunks()) keep.insert(address);
}

Awaitable<Report> info(ProcessRef process, JobRef job, std::string url) {
    const auto vault = co_await open_existing(std::move(process), job, std::move(url));
    job->cancel.check();
    Store &store = *vault->store();
    const StoreFigures chunks = co_await store.figures(chunk_prefix);
    const StoreFigures records = co_await store.figures(record_prefix_all);
    const StoreDisk disk = co_await store.disk();
    Report report;
    report.values = {{"chunks", chunks.objects},      {"chunk_bytes", chunks.bytes},   {"records", records.objects},
                     {"record_bytes", records.bytes}, {"disk_bytes", disk.used_bytes}, {"free_bytes", disk.free_bytes},
                     {"format", store.format()}};
    co_return report;
}

Awaitable<Report> verify(ProcessRef process, JobRef job, std::string url) {
    const auto vault = co_await open_existing(std::move(process), job, std::move(url));
    Store &store = *vault->store();
    const StoreFigures all = co_await store.figures("");
    job->progress.total = all.objects;
    Report report;
    std::uint64_t checked = 0, bytes = 0;
    Store::Page page;
    std::string after;
    do {
        page = co_await store.list("", after, page_size);
        for (const Store::Entry &entry : page.entries) {
            job->cancel.check();
            after = entry.key;
            std::string why;
            Address address{};
            std::optional<Blob> value;
            try {
                value = co_await store.get(entry.key);
            } catch (const Error &error) {
                why = "cannot be read: " + error.message();
            }
            if (const auto chunk = address_of_chunk_key(entry.key)) {
                address = *chunk;
                bool sound = true;
                if (value) sound = co_await vault->matches(address, *value);
                if (!sound) why = "chunk: content does not match its address";
            } else if (const auto record = parse_record_key(entry.key)) {
                address = record->address;
                if (value) why = flaw_of_record(value->view(), *record);
            } else {
                why = "unknown kind of key " + entry.key;
            }
            if (!why.empty()) report.items.push_back({address, entry.size, why});
            ++checked;
            bytes += entry.size;
            job->progress.done = checked;
        }
    } while (page.more);
    report.values = {{"checked", checked}, {"checked_bytes", bytes}, {"bad", report.items.size()}};
    co_return report;
}

Awaitable<Report> gc(ProcessRef process, JobRef job, std::string url, std::string links, bool remove) {
    std::vector<Link> wanted = parse_links(links);
    const auto vault = co_await open_existing(process, job, std::move(url));
    Store &store = *vault->store();
    // What is put from here on, or is being put, is not ours to judge.
    const std::uint64_t horizon = co_await store.horizon();
    AddressSet keep;
    for (Link &link : wanted) co_await keep_link(vault, job, std::move(link), keep);
    Report report;
    std::uint64_t kept = 0, kept_bytes = 0, removed_bytes = 0, in_use = 0;
    Store::Page page;
    std::string after;
    do {
        page = co_await store.list(chunk_prefix, after, page_size);
        std::vector<std::string> candidates;
        std::vector<Report::Item> items;
        for (const Store::Entry &entry : page.entries) {
            job->cancel.check();
            after = entry.key;
            const auto address = address_of_chunk_key(entry.key);
            if (!address || keep.contains(*address)) {
                ++kept;
                kept_bytes += entry.size;
            } else {
                candidates.push_back(entry.key);
                items.push_back({*address, entry.size, ""});
            }
        }
        std::unordered_set<std::string> gone(candidates.begin(), candidates.end());
        if (remove && !candidates.empty()) {
            const std::vector<std::string> removed = co_await store.sweep(std::move(candidates), horizon);
            gone = {removed.begin(), removed.end()};
        }
        for (Report::Item &item : items) {
            if (gone.contains(chunk_key(item.address))) {
                removed_bytes += item.size;
                report.items.push_back(std::move(item));
            } else {
                ++in_use;
            }
        }
        job->progress.done = kept + report.items.size() + in_use;
    } while (page.more);
    report.values = {{"kept", kept},
                     {"kept_bytes", kept_bytes},
                     {"removed", report.items.size()},
                     {"removed_bytes", removed_bytes},
                     {"in_use", in_use}};
    co_return report;
}

Awaitable<bool> remove(ProcessRef process, JobRef job, std::string url, Address address) {
    const auto vault = co_await open_existing(std::move(process), job, std::move(url));
    job->cancel.check();
    const std::string key = chunk_key(address);
    const bool removed = co_await vault->store()->remove(key);
    if (!removed) throw Error(Errc::no_such_data, "no chunk " + to_hex(address) + " in this vault");
    co_return removed;
}

} // namespace

Awaitable<Report> vault_info(ProcessRef process, JobRef job, std::string url) {
    Awaitable<Report> work = info(process, job, url);
    return patiently(std::move(process), std::move(job), url, std::move(work));
}

Awaitable<Report> vault_verify(ProcessRef process, JobRef job, std::string url) {
    Awaitable<Report> work = verify(process, job, url);
    return patiently(std::move(process), std::move(job), url, std::move(work));
}

Awaitable<Report> vault_gc(ProcessRef process, JobRef job, std::string url, std::string links, bool remove) {
    Awaitable<Report> work = gc(process, job, url, std::move(links), remove);
    return patiently(std::move(process), std::move(job), url, std::move(work));
}

Awaitable<void> vault_remove(ProcessRef process, JobRef job, std::string url, Address address) {
    Awaitable<bool> work = remove(process, job, url, address);
    work = patiently(std::move(process), std::move(job), url, std::move(work));
    co_await std::move(work);
}

} // namespace safe
