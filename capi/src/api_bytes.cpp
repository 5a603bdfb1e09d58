#include "safe/bytes.h"

#include "entry.hpp"
#include "objects.hpp"

#include <cstring>

using namespace safe;

size_t safe_bytes_size(const safe_bytes *bytes) {
    return ask(__func__, size_t{0}, [&](Call call) { return call.object(bytes, "bytes")->view.size(); });
}

const uint8_t *safe_bytes_data(const safe_bytes *bytes) {
    static constexpr uint8_t nothing = 0;
    return ask(__func__, static_cast<const uint8_t *>(nullptr), [&](Call call) {
        const uint8_t *data = call.object(bytes, "bytes")->view.data();
        return data ? data : &nothing;
    });
}

safe_status safe_bytes_copy(const safe_bytes *bytes, size_t offset, uint8_t *out, size_t size, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(bytes, "bytes");
        if (size) call.pointer(out, "out");
        const ByteView all = object->view;
        if (offset > all.size() || size > all.size() - offset)
            throw Error(Errc::invalid_range, "safe_bytes_copy: " + std::to_string(size) + " bytes from offset " +
                                                 std::to_string(offset) + " are not inside of the " +
                                                 std::to_string(all.size()) + " there are");
        if (size) std::memcpy(out, all.data() + offset, size);
    });
}

void safe_bytes_free(safe_bytes *bytes) { release(bytes); }
