#include "safe/s1.h"

#include "entry.hpp"
#include "objects.hpp"

#include "base/limits.hpp"
#include "selfencrypt/s1.hpp"

#include <algorithm>
#include <optional>

namespace safe {

// Compressing is done on the caller's thread, with memory of its own that goes with the encoder.
class S1EncoderObject {
  public:
    void write(ByteView data) {
        const std::lock_guard lock(mutex_);
        encoder_.write(data);
    }
    Bytes finish() {
        const std::lock_guard lock(mutex_);
        return encoder_.finish();
    }
    // Calls `give` with the next chunk, if there is one; it is given again if that throws.
    template <class Give>
    void next(Give give) {
        const std::lock_guard lock(mutex_);
        if (!next_) next_ = encoder_.next();
        if (!next_) return;
        give(*next_);
        next_.reset();
    }

  private:
    std::mutex mutex_;
    s1::Encoder encoder_{std::make_shared<BufferPool>(limits::encoder_memory)};
    std::optional<s1::Chunk> next_;
};

struct S1MapObject {
    explicit S1MapObject(s1::Map m) : map(std::move(m)) {}
    const s1::Map map;
    const BufferPoolRef pool = std::make_shared<BufferPool>(limits::chunk_memory);
};

} // namespace safe

using namespace safe;

safe_status safe_s1_encoder_create(safe_s1_encoder **out, safe_error **error) {
    return make(__func__, out, error, [](Call) { return std::make_shared<S1EncoderObject>(); });
}

safe_status safe_s1_encoder_write(safe_s1_encoder *encoder, const uint8_t *data, size_t size, safe_error **error) {
    return guard(__func__, error,
                 [&](Call call) { call.object(encoder, "encoder")->write(call.bytes(data, size, "data")); });
}

safe_status safe_s1_encoder_finish(safe_s1_encoder *encoder, safe_bytes **datamap, safe_error **error) {
    return make(__func__, datamap, error,
                [&](Call call) { return bytes_object(call.object(encoder, "encoder")->finish()); });
}

safe_status safe_s1_encoder_next(safe_s1_encoder *encoder, uint8_t name[32], safe_bytes **out, safe_error **error) {
    if (out) *out = nullptr;
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(encoder, "encoder");
        call.pointer(name, "name");
        call.pointer(out, "out");
        object->next([&](const s1::Chunk &chunk) {
            *out = new_handle<safe_bytes>(bytes_object(chunk.bytes));
            copy_out(chunk.name, name);
        });
    });
}

void safe_s1_encoder_free(safe_s1_encoder *encoder) { release(encoder); }

safe_status safe_s1_map_parse(const uint8_t *datamap, size_t size, safe_s1_map **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        return std::make_shared<S1MapObject>(s1::Map::parse(call.bytes(datamap, size, "datamap")));
    });
}

uint64_t safe_s1_map_size(const safe_s1_map *map) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(map, "map")->map.size(); });
}

uint64_t safe_s1_map_chunk_count(const safe_s1_map *map) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(map, "map")->map.chunk_count(); });
}

safe_status safe_s1_map_content(const safe_s1_map *map, safe_bytes **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) { return bytes_object(call.object(map, "map")->map.content()); });
}

safe_status safe_s1_map_chunk_name(const safe_s1_map *map, uint64_t index, uint8_t name[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(map, "map");
        call.pointer(name, "name");
        call.index(index, object->map.chunk_count(), "index");
        copy_out(object->map.name(index), name);
    });
}

safe_status safe_s1_map_decrypt(const safe_s1_map *map, uint64_t index, const uint8_t *chunk, size_t size,
                                safe_bytes **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        const auto object = call.object(map, "map");
        const ByteView stored = call.bytes(chunk, size, "chunk");
        call.index(index, object->map.chunk_count(), "index");
        return bytes_object(object->map.decrypt(object->pool, index, stored));
    });
}

void safe_s1_map_free(safe_s1_map *map) { release(map); }
