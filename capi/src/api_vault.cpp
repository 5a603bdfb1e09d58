#include "safe/vault.h"

#include "entry.hpp"
#include "shared_process.hpp"
#include "start.hpp"

#include "host/maintenance.hpp"
#include "host/serve.hpp"

#include "safe/client.h"

namespace safe {

struct ReportObject {
    explicit ReportObject(Report r) : report(std::move(r)) {}
    const Report report;
};

} // namespace safe

using namespace safe;

namespace {

Outcome result_of(Report report) { return Outcome::of<safe_report>(std::make_shared<ReportObject>(std::move(report))); }

Awaitable<Outcome> info(ProcessRef process, JobRef job, std::string url) {
    Report report = co_await vault_info(std::move(process), std::move(job), std::move(url));
    co_return result_of(std::move(report));
}

Awaitable<Outcome> verify(ProcessRef process, JobRef job, std::string url) {
    Report report = co_await vault_verify(std::move(process), std::move(job), std::move(url));
    co_return result_of(std::move(report));
}

Awaitable<Outcome> gc(ProcessRef process, JobRef job, std::string url, std::string links, bool remove) {
    Report report = co_await vault_gc(std::move(process), std::move(job), std::move(url), std::move(links), remove);
    co_return result_of(std::move(report));
}

Awaitable<Outcome> remove_chunk(ProcessRef process, JobRef job, std::string url, Address address) {
    co_await vault_remove(std::move(process), std::move(job), std::move(url), address);
    co_return Outcome();
}

Awaitable<Outcome> serve_vault(ProcessRef process, JobRef job, std::string vault, std::string transport, bool create) {
    co_await serve(std::move(process), std::move(job), std::move(vault), std::move(transport), create);
    co_return Outcome();
}

} // namespace

safe_op *safe_vault_info(const char *url) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        ProcessRef process = shared_process();
        return start_op(process, [process, url = std::move(text)](JobRef job) mutable {
            return info(std::move(process), std::move(job), std::move(url));
        });
    });
}

safe_op *safe_vault_verify(const char *url) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        ProcessRef process = shared_process();
        return start_op(process, [process, url = std::move(text)](JobRef job) mutable {
            return verify(std::move(process), std::move(job), std::move(url));
        });
    });
}

safe_op *safe_vault_gc(const char *url, const char *links, uint32_t flags) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        std::string keep = call.text(links, "links");
        call.flags(flags, SAFE_GC_REMOVE, "flags");
        ProcessRef process = shared_process();
        return start_op(process, [process, url = std::move(text), links = std::move(keep),
                                  remove = (flags & SAFE_GC_REMOVE) != 0](JobRef job) mutable {
            return gc(std::move(process), std::move(job), std::move(url), std::move(links), remove);
        });
    });
}

safe_op *safe_vault_remove(const char *url, const uint8_t address[32]) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        const Address at = call.array32(address, "address");
        ProcessRef process = shared_process();
        return start_op(process, [process, url = std::move(text), at](JobRef job) mutable {
            return remove_chunk(std::move(process), std::move(job), std::move(url), at);
        });
    });
}

safe_op *safe_vault_serve(const char *vault_url, const char *transport_url, uint32_t flags) {
    return start(__func__, [&](Call call) {
        std::string kept = call.text(vault_url, "vault_url");
        std::string asked = call.text(transport_url, "transport_url");
        call.flags(flags, SAFE_CONNECT_NO_CREATE, "flags");
        ProcessRef process = shared_process();
        return start_op(process, [process, vault = std::move(kept), transport = std::move(asked),
                                  create = !(flags & SAFE_CONNECT_NO_CREATE)](JobRef job) mutable {
            return serve_vault(std::move(process), std::move(job), std::move(vault), std::move(transport), create);
        });
    });
}

safe_status safe_report_value(const safe_report *report, const char *name, uint64_t *value, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(report, "report");
        const std::string wanted = call.text(name, "name");
        call.pointer(value, "value");
        for (const auto &[known, figure] : object->report.values) {
            if (known != wanted) continue;
            *value = figure;
            return;
        }
        call.refuse("name", "is \"" + wanted + "\", which is no figure of this report");
    });
}

uint64_t safe_report_item_count(const safe_report *report) {
    return ask(__func__, uint64_t{0},
               [&](Call call) { return uint64_t{call.object(report, "report")->report.items.size()}; });
}

safe_status safe_report_item(const safe_report *report, uint64_t index, uint8_t address[32], uint64_t *size,
                             safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(report, "report");
        call.pointer(address, "address");
        call.pointer(size, "size");
        const auto &items = object->report.items;
        call.index(index, items.size(), "index");
        copy_out(items[index].address, address);
        *size = items[index].size;
    });
}

const char *safe_report_item_text(const safe_report *report, uint64_t index) {
    return ask(__func__, static_cast<const char *>(nullptr), [&](Call call) {
        const auto object = call.object(report, "report");
        const auto &items = object->report.items;
        call.index(index, items.size(), "index");
        return items[index].text.empty() ? nullptr : items[index].text.c_str();
    });
}

void safe_report_free(safe_report *report) { release(report); }
