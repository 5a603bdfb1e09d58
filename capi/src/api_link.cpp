#include "safe/link.h"

#include "entry.hpp"
#include "objects.hpp"

using namespace safe;

namespace {

const char *text_or_null(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

} // namespace

safe_status safe_link_parse(const char *text, safe_link **out, safe_error **error) {
    return make(__func__, out, error,
                [&](Call call) { return std::make_shared<LinkObject>(parse_link(call.text(text, "text"))); });
}

safe_status safe_link_from_address(const uint8_t address[32], safe_link **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        Link link;
        link.target = call.array32(address, "address");
        return std::make_shared<LinkObject>(std::move(link));
    });
}

safe_status safe_link_from_datamap(const uint8_t *datamap, size_t size, safe_link **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        Content content = decode_content(call.bytes(datamap, size, "datamap"));
        Link link;
        const std::uint64_t known = size_if_known(content);
        if (known != SAFE_SIZE_UNKNOWN) link.size = known;
        link.target = std::move(content);
        return std::make_shared<LinkObject>(std::move(link));
    });
}

safe_status safe_link_with(const safe_link *link, const char *name, const char *media_type, safe_link **out,
                           safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        Link changed = call.object(link, "link")->link;
        changed.name = call.optional_text(name, "name");
        changed.media_type = call.optional_text(media_type, "media_type");
        return std::make_shared<LinkObject>(std::move(changed));
    });
}

const char *safe_link_text(const safe_link *link) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(link, "link")->text.c_str(); });
}

int32_t safe_link_is_private(const safe_link *link) {
    return ask(__func__, int32_t{0}, [&](Call call) { return call.object(link, "link")->link.is_private() ? 1 : 0; });
}

uint64_t safe_link_size(const safe_link *link) {
    return ask(__func__, SAFE_SIZE_UNKNOWN,
               [&](Call call) { return call.object(link, "link")->link.size.value_or(SAFE_SIZE_UNKNOWN); });
}

const char *safe_link_name(const safe_link *link) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return text_or_null(call.object(link, "link")->link.name); });
}

const char *safe_link_media_type(const safe_link *link) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return text_or_null(call.object(link, "link")->link.media_type); });
}

safe_status safe_link_address(const safe_link *link, uint8_t address[32], safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(link, "link");
        call.pointer(address, "address");
        const auto *found = std::get_if<Address>(&object->link.target);
        if (!found)
            call.refuse("link", "is private: it holds its data map itself (safe_link_datamap), and has no address");
        copy_out(*found, address);
    });
}

safe_status safe_link_datamap(const safe_link *link, safe_bytes **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        const auto object = call.object(link, "link");
        const auto *content = std::get_if<Content>(&object->link.target);
        if (!content)
            call.refuse("link", "is public: its data map is in the vault, under its address (safe_link_address, "
                                "safe_chunk_get)");
        return bytes_object(encode(*content));
    });
}

void safe_link_free(safe_link *link) { release(link); }
