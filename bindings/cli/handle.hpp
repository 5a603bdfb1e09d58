// RAII over the handles of the C ABI, and its errors as one exception type: the whole tool goes through these.
#pragma once

#include "safe/safe.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace safe::cli {

template <class T, void (*Free)(T *)>
class Handle {
  public:
    Handle() = default;
    explicit Handle(T *raw) : raw_(raw) {}
    Handle(Handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    Handle &operator=(Handle &&other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~Handle() { Free(raw_); }

    T *get() const { return raw_; }
    explicit operator bool() const { return raw_ != nullptr; }
    // Where a call puts its output.
    T **out() {
        Free(std::exchange(raw_, nullptr));
        return &raw_;
    }

  private:
    T *raw_ = nullptr;
};

using Op = Handle<safe_op, safe_op_free>;
using Queue = Handle<safe_queue, safe_queue_free>;
using Client = Handle<safe_client, safe_client_free>;
using Link = Handle<safe_link, safe_link_free>;
using Receipt = Handle<safe_receipt, safe_receipt_free>;
using Writer = Handle<safe_writer, safe_writer_free>;
using Reader = Handle<safe_reader, safe_reader_free>;
using Bytes = Handle<safe_bytes, safe_bytes_free>;
using Key = Handle<safe_key, safe_key_free>;
using Record = Handle<safe_record, safe_record_free>;
using RecordPage = Handle<safe_record_page, safe_record_page_free>;
using Report = Handle<safe_report, safe_report_free>;
using S1Encoder = Handle<safe_s1_encoder, safe_s1_encoder_free>;
using S1Map = Handle<safe_s1_map, safe_s1_map_free>;
using Vault = Handle<safe_vault, safe_vault_free>;

// What went wrong, with the library's code; the tool's own troubles use the same codes.
class Failure : public std::runtime_error {
  public:
    Failure(std::int32_t failure_code, const std::string &message) : std::runtime_error(message), code(failure_code) {}

    std::int32_t code;
    std::map<std::string, std::uint64_t> numbers; // the error's details, e.g. current_version
};

// Takes the error over and frees it.
inline Failure failure_of(safe_status status, safe_error *raw) {
    const Handle<safe_error, safe_error_free> error(raw);
    const char *message = raw ? safe_error_message(raw) : nullptr;
    Failure failure(status, message ? message : safe_code_name(status));
    for (std::uint64_t i = 0; raw && i < safe_error_detail_count(raw); ++i) {
        const char *name = safe_error_detail_name(raw, i);
        std::uint64_t value = 0;
        if (name && safe_error_detail_u64(raw, name, &value) == SAFE_OK) failure.numbers[name] = value;
    }
    return failure;
}

// Calls `call(safe_error **)` and throws if it failed.
template <class Call>
void check(Call call) {
    safe_error *error = nullptr;
    const safe_status status = call(&error);
    if (status != SAFE_OK) throw failure_of(status, error);
}

inline std::span<const std::uint8_t> view(const Bytes &bytes) {
    return {safe_bytes_data(bytes.get()), safe_bytes_size(bytes.get())};
}

// Texts of the library are NULL where there is none.
inline std::string text_or_empty(const char *text) { return text ? text : ""; }

} // namespace safe::cli
