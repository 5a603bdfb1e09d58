#include "safe/error.h"

#include "entry.hpp"

#include <map>

using namespace safe;

namespace {

// The names with their prefix, for every number of the one table of codes (base/error.hpp).
std::map<std::int32_t, std::string> *make_names() {
    constexpr std::int32_t lowest = -4000;
    auto *names = new std::map<std::int32_t, std::string>;
    for (std::int32_t code = lowest; code <= 0; ++code) {
        const std::string_view name = name_of(static_cast<Errc>(code));
        if (name != "UNKNOWN") names->emplace(code, "SAFE_" + std::string(name));
    }
    return names;
}

const Detail *find_detail(const Error &error, const char *name) {
    if (!name) return nullptr;
    for (const Detail &detail : error.details())
        if (detail.name == name) return &detail;
    return nullptr;
}

} // namespace

const char *safe_code_name(int32_t code) {
    return ask(__func__, "SAFE_UNKNOWN", [&](Call) {
        static const auto *const names = make_names(); // lives for ever
        const auto found = names->find(code);
        return found == names->end() ? "SAFE_UNKNOWN" : found->second.c_str();
    });
}

int32_t safe_code_is_retryable(int32_t code) { return is_retryable(static_cast<Errc>(code)) ? 1 : 0; }

int32_t safe_error_code(const safe_error *error) {
    return ask(__func__, static_cast<int32_t>(SAFE_INVALID_HANDLE),
               [&](Call call) { return static_cast<int32_t>(call.object(error, "error")->code()); });
}

const char *safe_error_message(const safe_error *error) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(error, "error")->message().c_str(); });
}

uint64_t safe_error_detail_count(const safe_error *error) {
    return ask(__func__, uint64_t{0},
               [&](Call call) { return uint64_t{call.object(error, "error")->details().size()}; });
}

const char *safe_error_detail_name(const safe_error *error, uint64_t index) {
    return ask(__func__, static_cast<const char *>(nullptr), [&](Call call) {
        const auto &details = call.object(error, "error")->details();
        return index < details.size() ? details[index].name.c_str() : nullptr;
    });
}

safe_status safe_error_detail_u64(const safe_error *error, const char *name, uint64_t *value) {
    return guard(__func__, nullptr, [&](Call call) {
        const auto object = call.object(error, "error");
        call.pointer(value, "value");
        const Detail *detail = find_detail(*object, name);
        const auto *number = detail ? std::get_if<std::uint64_t>(&detail->value) : nullptr;
        if (!number) call.refuse("name", "is not that of a detail that is a number");
        *value = *number;
    });
}

const char *safe_error_detail_text(const safe_error *error, const char *name) {
    return ask(__func__, static_cast<const char *>(nullptr), [&](Call call) {
        const auto object = call.object(error, "error");
        const Detail *detail = find_detail(*object, name);
        const auto *text = detail ? std::get_if<std::string>(&detail->value) : nullptr;
        return text ? text->c_str() : nullptr;
    });
}

void safe_error_free(safe_error *error) { release(error); }
