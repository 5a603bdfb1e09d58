// Records: small signed values with versions.
#pragma once

#include "safe/cpp/future.hpp"
#include "safe/cpp/key.hpp"
#include "safe/record.h"

#include <optional>
#include <string>
#include <vector>

namespace safe {
inline namespace v1 {

// One version of a record.
class Record {
  public:
    Record() noexcept = default;
    explicit Record(safe_record *raw) noexcept : handle_(raw) {}

    // Of the owner's record of that label (1 to 255 bytes).
    static Address address_of(const PublicKey &owner, const std::string &label) {
        Address address{};
        call(safe_record_address_of, owner.data(), label.c_str(), address.data());
        return address;
    }

    Address address() const {
        Address address{};
        call(safe_record_address, get(), address.data());
        return address;
    }

    PublicKey owner() const {
        PublicKey owner{};
        call(safe_record_owner, get(), owner.data());
        return owner;
    }

    std::string label() const {
        const char *label = safe_record_label(get());
        return label ? label : "";
    }

    std::uint64_t version() const noexcept { return safe_record_version(get()); }

    Bytes value() const {
        safe_bytes *raw = nullptr;
        call(safe_record_value, get(), &raw);
        return Bytes(raw);
    }

    // For the C interface.
    safe_record *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_record, safe_record_free> handle_;
};

// Some versions, from the newest down.
class RecordPage {
  public:
    RecordPage() noexcept = default;
    explicit RecordPage(safe_record_page *raw) noexcept : handle_(raw) {}

    std::size_t size() const noexcept { return safe_record_page_count(get()); }

    Record operator[](std::size_t index) const {
        safe_record *raw = nullptr;
        call(safe_record_page_get, get(), index, &raw);
        return Record(raw);
    }

    std::vector<Record> records() const {
        std::vector<Record> records;
        for (std::size_t index = 0; index < size(); ++index) records.push_back((*this)[index]);
        return records;
    }

    // What to give as `before` for the next page; none on the last.
    std::optional<std::uint64_t> next() const {
        std::int32_t more = 0;
        std::uint64_t before = 0;
        call(safe_record_page_next, get(), &more, &before);
        return more ? std::optional(before) : std::nullopt;
    }

    // For the C interface.
    safe_record_page *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_record_page, safe_record_page_free> handle_;
};

namespace detail {
inline constexpr auto take_record = take_object<Record, safe_op_take_record, safe_record>;
inline constexpr auto take_record_page = take_object<RecordPage, safe_op_take_record_page, safe_record_page>;
} // namespace detail

} // namespace v1
} // namespace safe
