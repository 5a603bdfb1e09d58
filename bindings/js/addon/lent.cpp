#include "lent.hpp"

#include "call.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace safe_addon {

namespace {

std::size_t width_of(napi_typedarray_type type) {
    switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array: return 1;
    case napi_int16_array:
    case napi_uint16_array: return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array: return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array: return 8;
    }
    return 0; // a kind that is newer than this
}

napi_value value_of(napi_env env, napi_ref reference) {
    napi_value value = nullptr;
    if (reference) napi_get_reference_value(env, reference, &value);
    return value;
}

void release(napi_env env, napi_ref &reference) {
    if (reference) napi_delete_reference(env, reference);
    reference = nullptr;
}

} // namespace

bool view_of(napi_env env, napi_value value, View &view) {
    static std::uint8_t nothing; // NULL would be no bytes at all
    void *data = nullptr;
    std::size_t size = 0;
    bool is = false;
    if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
        napi_typedarray_type type = napi_uint8_array;
        if (napi_get_typedarray_info(env, value, &type, &size, &data, nullptr, nullptr) != napi_ok) return false;
        const std::size_t width = width_of(type);
        if (width == 0) return false;
        size *= width;
    } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
        if (napi_get_dataview_info(env, value, &size, &data, nullptr, nullptr) != napi_ok) return false;
    } else if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
        if (napi_get_arraybuffer_info(env, value, &data, &size) != napi_ok) return false;
    } else {
        return false;
    }
    if (!data) size = 0; // it was given away
    view = {size ? static_cast<std::uint8_t *>(data) : &nothing, size};
    return true;
}

Lent::Lent(std::size_t size, bool zero)
    : memory_(static_cast<std::uint8_t *>(zero ? std::calloc(size ? size : 1, 1) : std::malloc(size ? size : 1))),
      size_(size) {
    if (!memory_) throw std::bad_alloc();
}

Lent::~Lent() { std::free(memory_); }

std::unique_ptr<Lent> Lent::copy_of(const View &bytes) {
    std::unique_ptr<Lent> lent(new Lent(bytes.size, false));
    if (bytes.size > 0) std::memcpy(lent->memory_, bytes.data, bytes.size);
    return lent;
}

std::unique_ptr<Lent> Lent::room_for(Call &call, std::size_t index, const View &room) {
    std::unique_ptr<Lent> lent(new Lent(room.size, true));
    if (room.size > 0) lent->target_ = call.keep(index);
    return lent;
}

void Lent::fill(napi_env env) const {
    View view{};
    const napi_value target = value_of(env, target_);
    if (target && view_of(env, target, view) && view.size == size_) std::memcpy(view.data, memory_, size_);
}

void Lent::forget(napi_env env) { release(env, target_); }

napi_value Reserved::array(Call &call, std::uint8_t *memory, std::size_t size) {
    View view{};
    napi_value array = value_of(call.env, array_);
    if (!array || !view_of(call.env, array, view) || view.size != size) {
        release(call.env, array_);
        array = call.room(size);
        array_ = call.reference(array);
    }
    memory_ = memory;
    size_ = size;
    return array;
}

void Reserved::hand_in(napi_env env) {
    View view{};
    const napi_value array = value_of(env, array_);
    if (memory_ && array && view_of(env, array, view) && view.size == size_) std::memcpy(memory_, view.data, size_);
    memory_ = nullptr;
}

void Reserved::forget(napi_env env) { release(env, array_); }

} // namespace safe_addon
