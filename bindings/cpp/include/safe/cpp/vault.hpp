// For the owner of a vault: what is in it, is it sound, clearing up, and serving it to others.
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/cpp/future.hpp"
#include "safe/vault.h"

#include <string>
#include <vector>

namespace safe {
inline namespace v1 {

// One object that a report speaks of: a chunk or a record.
struct ReportItem {
    Address address{};
    std::uint64_t size = 0;
    std::string text; // what is to be said of it; may be empty
};

// Named figures, and objects.
class Report {
  public:
    Report() noexcept = default;
    explicit Report(safe_report *raw) noexcept : handle_(raw) {}

    // The figure of that name (safe/vault.h lists them); SAFE_INVALID_ARGUMENT if there is none.
    std::uint64_t operator[](const std::string &name) const {
        std::uint64_t value = 0;
        call(safe_report_value, get(), name.c_str(), &value);
        return value;
    }

    std::vector<ReportItem> items() const {
        std::vector<ReportItem> items(safe_report_item_count(get()));
        for (std::size_t index = 0; index < items.size(); ++index) {
            call(safe_report_item, get(), index, items[index].address.data(), &items[index].size);
            if (const char *text = safe_report_item_text(get(), index)) items[index].text = text;
        }
        return items;
    }

    // For the C interface.
    safe_report *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_report, safe_report_free> handle_;
};

namespace vault {

namespace detail {
inline constexpr auto take_report = v1::detail::take_object<Report, safe_op_take_report, safe_report>;
} // namespace detail

// chunks, chunk_bytes, records, record_bytes, disk_bytes, free_bytes, format
inline Future<Report> info(const std::string &url) { return {safe_vault_info(url.c_str()), detail::take_report}; }

// Reads and checks everything: checked, checked_bytes, bad; the items are what is damaged. Progress in objects.
inline Future<Report> verify(const std::string &url) { return {safe_vault_verify(url.c_str()), detail::take_report}; }

// Finds the chunks that none of the links (texts, one a line) needs; removes them with SAFE_GC_REMOVE. kept, kept_bytes,
// removed, removed_bytes, in_use; the items are the chunks removed, or to be.
inline Future<Report> gc(const std::string &url, const std::string &links, std::uint32_t flags = 0) {
    return {safe_vault_gc(url.c_str(), links.c_str(), flags), detail::take_report};
}

// Removes one chunk.
inline Future<void> remove(const std::string &url, const Address &address) {
    return {safe_vault_remove(url.c_str(), address.data()), v1::detail::take_nothing};
}

// Answers what a client on the other side of a transport (Port) asks, until that closes. flags: of safe_connect_flag.
inline Future<void> serve(const std::string &vault_url, const std::string &transport_url, std::uint32_t flags = 0) {
    return {safe_vault_serve(vault_url.c_str(), transport_url.c_str(), flags), v1::detail::take_nothing};
}

} // namespace vault
} // namespace v1
} // namespace safe
