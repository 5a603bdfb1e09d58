#include "call.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <vector>

namespace safe_addon {

namespace {

// From here on a result's memory is not cleared before it is written to.
constexpr std::size_t large = 4096;
constexpr double two53 = 9007199254740992.0;

std::string code_name(safe_status status) { return safe_code_name(status); }

napi_valuetype type_of(napi_env env, napi_value value) {
    napi_valuetype type = napi_undefined;
    napi_typeof(env, value, &type);
    return type;
}

// Whether there is a half of a surrogate pair.
bool is_torn(napi_env env, napi_value value) {
    std::size_t size = 0;
    napi_get_value_string_utf16(env, value, nullptr, 0, &size);
    std::vector<char16_t> units(size + 1);
    napi_get_value_string_utf16(env, value, units.data(), units.size(), &size);
    for (std::size_t at = 0; at < size; ++at) {
        if ((units[at] & 0xf800) != 0xd800) continue;
        const bool pair = units[at] < 0xdc00 && at + 1 < size && (units[at + 1] & 0xfc00) == 0xdc00;
        if (!pair) return true;
        ++at;
    }
    return false;
}

} // namespace

// --- arguments ---

Slot *Call::find(std::size_t index, bool &null) {
    double number = 0;
    if (napi_get_value_double(env, arguments_[index], &number) == napi_ok) return instance.handles().find(number);
    null = absent(index);
    return nullptr;
}

bool Call::absent(std::size_t index) const {
    const napi_valuetype type = type_of(env, arguments_[index]);
    return type == napi_undefined || type == napi_null;
}

std::int32_t Call::i32(std::size_t index, const char *name) {
    double value = 0;
    if (napi_get_value_double(env, arguments_[index], &value) != napi_ok ||
        !(value >= INT32_MIN && value <= INT32_MAX) || value != std::floor(value))
        refuse(name, "32-bit integer expected");
    return static_cast<std::int32_t>(value);
}

std::uint32_t Call::u32(std::size_t index, const char *name) {
    double value = 0;
    if (napi_get_value_double(env, arguments_[index], &value) != napi_ok || !(value >= 0 && value <= UINT32_MAX) ||
        value != std::floor(value))
        refuse(name, "integer of 0 to 2^32-1 expected");
    return static_cast<std::uint32_t>(value);
}

std::int64_t Call::i64(std::size_t index, const char *name) {
    double value = 0;
    if (napi_get_value_double(env, arguments_[index], &value) == napi_ok) {
        if (std::fabs(value) < two53 && value == std::floor(value)) return static_cast<std::int64_t>(value);
        refuse(name, "bigint, or a number that is a safe integer, expected");
    }
    std::int64_t whole = 0;
    bool exact = false;
    if (napi_get_value_bigint_int64(env, arguments_[index], &whole, &exact) != napi_ok)
        refuse(name, "bigint, or a number that is a safe integer, expected");
    if (!exact) refuse(name, "64-bit integer expected");
    return whole;
}

std::uint64_t Call::u64(std::size_t index, const char *name) {
    double value = 0;
    if (napi_get_value_double(env, arguments_[index], &value) == napi_ok) {
        if (!(std::fabs(value) < two53 && value == std::floor(value)))
            refuse(name, "bigint, or a number that is a safe integer, expected");
        if (value < 0) refuse(name, "integer of 0 to 2^64-1 expected");
        return static_cast<std::uint64_t>(value);
    }
    std::uint64_t whole = 0;
    bool exact = false;
    if (napi_get_value_bigint_uint64(env, arguments_[index], &whole, &exact) != napi_ok)
        refuse(name, "bigint, or a number that is a safe integer, expected");
    if (!exact) refuse(name, "integer of 0 to 2^64-1 expected");
    return whole;
}

View Call::view(std::size_t index, const char *name, bool nullable) {
    View view{};
    if (view_of(env, arguments_[index], view)) return view;
    if (nullable && absent(index)) return {nullptr, 0};
    refuse(name, "Uint8Array, another view of an ArrayBuffer, or an ArrayBuffer expected");
}

const std::uint8_t *Call::fixed(std::size_t index, const char *name, std::size_t size) {
    const View bytes = view(index, name, false);
    if (bytes.size != size) refuse(name, std::to_string(size) + " bytes expected, not " + std::to_string(bytes.size));
    return bytes.data;
}

napi_value Call::function(std::size_t index, const char *name) {
    if (type_of(env, arguments_[index]) != napi_function) refuse(name, "function expected");
    return arguments_[index];
}

napi_ref Call::reference(napi_value value) {
    napi_ref reference = nullptr;
    done(napi_create_reference(env, value, 1, &reference));
    return reference;
}

Text::Text(Call &call, std::size_t index, const char *name, bool nullable) {
    const napi_value value = call.argument(index);
    if (napi_get_value_string_utf8(call.env, value, near_, sizeof near_, &size_) != napi_ok) {
        if (nullable && call.absent(index)) return;
        call.refuse(name, "string expected");
    }
    char *text = near_;
    if (size_ + 4 >= sizeof near_) { // it may have been cut
        napi_get_value_string_utf8(call.env, value, nullptr, 0, &size_);
        far_.reset(text = new char[size_ + 1]);
        napi_get_value_string_utf8(call.env, value, text, size_ + 1, &size_);
    }
    text_ = text;
    if (std::memchr(text, 0, size_)) call.refuse(name, "a NUL character in a text");
    // Node has put this in the place of each; a text may have it as well.
    if (std::strstr(text, "\xef\xbf\xbd") && is_torn(call.env, value))
        call.refuse(name, "half of a surrogate pair in a text");
}

// It may have been a secret.
Text::~Text() {
    if (text_) explicit_bzero(const_cast<char *>(text_), size_);
    if (far_) explicit_bzero(near_, sizeof near_);
}

// --- results ---

// Node could not make a value: it has an exception to throw, or is ending.
void Call::done(napi_status status) {
    if (status != napi_ok) throw Thrown();
}

napi_value Call::undefined() {
    napi_value result = nullptr;
    done(napi_get_undefined(env, &result));
    return result;
}

napi_value Call::null() {
    napi_value result = nullptr;
    done(napi_get_null(env, &result));
    return result;
}

napi_value Call::number(double value) {
    napi_value result = nullptr;
    done(napi_create_double(env, value, &result));
    return result;
}

napi_value Call::bigint(std::int64_t value) {
    napi_value result = nullptr;
    done(napi_create_bigint_int64(env, value, &result));
    return result;
}

napi_value Call::bigint(std::uint64_t value) {
    napi_value result = nullptr;
    done(napi_create_bigint_uint64(env, value, &result));
    return result;
}

napi_value Call::text(const char *value, const char *function) {
    if (!value) bad_handle(function);
    napi_value result = nullptr;
    done(napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result));
    return result;
}

napi_value Call::bytes(const std::uint8_t *data, std::size_t size) {
    void *memory = nullptr;
    napi_value buffer = nullptr, result = nullptr;
    if (size >= large) {
        napi_value whole = nullptr;
        std::size_t offset = 0;
        done(napi_create_buffer(env, size, &memory, &whole));
        done(napi_get_typedarray_info(env, whole, nullptr, nullptr, nullptr, &buffer, &offset));
        done(napi_create_typedarray(env, napi_uint8_array, size, buffer, offset, &result));
    } else {
        done(napi_create_arraybuffer(env, size, &memory, &buffer));
        done(napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &result));
    }
    if (size > 0) std::memcpy(memory, data, size);
    return result;
}

napi_value Call::room(std::size_t size) {
    napi_value buffer = nullptr, result = nullptr;
    done(napi_create_arraybuffer(env, size, nullptr, &buffer));
    done(napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &result));
    return result;
}

napi_value Call::object(std::initializer_list<std::pair<const char *, napi_value>> values) {
    napi_value result = nullptr;
    done(napi_create_object(env, &result));
    for (const auto &[name, value] : values) done(napi_set_named_property(env, result, name, value));
    return result;
}

// --- failures ---

bool Call::waited(safe_status status, safe_error *error, const char *function) {
    if (status == SAFE_OK) return true;
    if (status != SAFE_TIMEOUT) fail(status, error, function);
    safe_error_free(error);
    return false;
}

bool Call::waited(safe_status status, safe_error *error, const char *function, const Given<safe_op> &op) {
    if (status == SAFE_TIMEOUT && safe_op_state(op.native) != SAFE_OP_PENDING) fail(status, error, function);
    return waited(status, error, function);
}

void Call::fail(safe_status status, safe_error *error, const char *function) {
    const std::unique_ptr<safe_error, decltype(&safe_error_free)> owner(error, safe_error_free);
    napi_value details = nullptr;
    done(napi_create_object(env, &details));
    if (!error) raise(status, std::string(function) + ": " + code_name(status), details);
    const std::uint64_t count = safe_error_detail_count(error);
    for (std::uint64_t index = 0; index < count; ++index) {
        const char *const name = safe_error_detail_name(error, index);
        if (!name) continue;
        std::uint64_t value = 0;
        const bool is_number = safe_error_detail_u64(error, name, &value) == SAFE_OK;
        const char *const said = is_number ? nullptr : safe_error_detail_text(error, name);
        done(napi_set_named_property(env, details, name, is_number ? bigint(value) : text(said ? said : "", "")));
    }
    const char *const message = safe_error_message(error);
    raise(status, message ? message : function, details);
}

void Call::fail(safe_status status, const std::string &message) {
    napi_value details = nullptr;
    done(napi_create_object(env, &details));
    raise(status, message, details);
}

void Call::raise(safe_status status, const std::string &message, napi_value details) {
    const napi_value arguments[] = {number(status), text(code_name(status).c_str(), ""), text(message.c_str(), ""),
                                    details};
    napi_value problem = nullptr;
    done(napi_call_function(env, undefined(), instance.fail_hook(), 4, arguments, &problem));
    napi_throw(env, problem);
    throw Thrown();
}

void Call::bad_handle(const char *function) {
    fail(SAFE_INVALID_HANDLE, std::string(function) + ": the object was freed, or was never one");
}

void Call::refuse(const char *parameter, const std::string &what) {
    fail(SAFE_INVALID_ARGUMENT, std::string(parameter) + ": " + what);
}

void Call::not_started(const char *function, std::unique_ptr<Lent> lent) {
    if (lent) lent->forget(env);
    fail(SAFE_TOO_MANY_HANDLES, std::string(function) + ": no handle is left for the operation");
}

void Call::no_room() { fail(SAFE_TOO_MANY_HANDLES, "no handle is left for another object"); }

napi_value enter(napi_env env, napi_callback_info info, napi_value (*body)(Call &call)) {
    std::size_t count = Call::most;
    napi_value arguments[Call::most];
    void *data = nullptr;
    if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok) return nullptr;
    auto &instance = *static_cast<Instance *>(data);
    // Its functions stay when it is closed; nothing of it is left to make an error of the usual class.
    if (instance.closed()) {
        napi_throw_error(env, "SAFE_CLOSED", "the library was closed (dispose)");
        return nullptr;
    }
    Call call(env, instance, arguments);
    try {
        try {
            return body(call);
        } catch (const std::bad_alloc &) {
            call.fail(SAFE_OUT_OF_MEMORY, "the process has no memory left for it");
        }
    } catch (const Thrown &) {
        return nullptr;
    }
}

} // namespace safe_addon
