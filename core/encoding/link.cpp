#include "encoding/link.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

// docs/formats.md, "Links", has the layout. No message here repeats any part of a link: a private one is a secret.
constexpr std::string_view scheme = "safe:";
constexpr std::string_view public_kind = "public", private_kind = "private";
constexpr std::string_view checksum_domain = "safe-link-1";
constexpr std::size_t checksum_size = 4;
constexpr Byte link_version = 1;

enum Flag : Byte { has_size = 1, has_name = 2, has_media_type = 4 };
constexpr Byte all_flags = has_size | has_name | has_media_type;

enum Target : Byte { inline_bytes = 0, c2_map = 1, c2_map_of_map = 2 };

constexpr std::size_t max_chunks_in_link = 3; // what shrinking leaves (reference/self_encryption.md B.2)
constexpr std::uint64_t max_content = limits::max_chunks * limits::max_stored_chunk;

[[noreturn]] void refuse(const std::string &problem) { throw Error(Errc::bad_link, "the link " + problem); }

std::string_view kind_of(const Link &link) { return link.is_private() ? private_kind : public_kind; }

std::array<Byte, checksum_size> checksum(std::string_view kind, ByteView body) {
    crypto::Blake3 hash;
    hash.update(view_of(checksum_domain));
    hash.update(view_of(kind));
    hash.update(body);
    const Bytes32 digest = hash.digest();
    std::array<Byte, checksum_size> out;
    std::copy_n(digest.begin(), out.size(), out.begin());
    return out;
}

// ---- writing

void append(Bytes &out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// LEB128: seven bits a byte, the lowest first.
void append_number(Bytes &out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<Byte>(value | 0x80));
    out.push_back(static_cast<Byte>(value));
}

void append_sized(Bytes &out, ByteView bytes) {
    append_number(out, bytes.size());
    append(out, bytes);
}

void append_map(Bytes &out, const DataMap &map) {
    check(map);
    if (map.chunks.size() > max_chunks_in_link)
        throw Error(Errc::data_too_large,
                    "a data map of " + std::to_string(map.chunks.size()) +
                        " chunks does not fit into a link, which holds three; keep the map itself, or store it first");
    out.push_back(map.child ? c2_map_of_map : c2_map);
    if (map.child) append_number(out, *map.child);
    append_number(out, map.chunks.size());
    for (const ChunkInfo &chunk : map.chunks) {
        append(out, chunk.address);
        append(out, chunk.content_hash);
        append_number(out, chunk.size);
    }
}

void append_target(Bytes &out, const Link &link) {
    if (const auto *address = std::get_if<Address>(&link.target)) return append(out, *address);
    const auto &content = std::get<Content>(link.target);
    if (const auto *map = std::get_if<DataMap>(&content)) return append_map(out, *map);
    out.push_back(inline_bytes);
    append_sized(out, std::get<Bytes>(content));
}

// What the target itself says of the content's size.
std::optional<std::uint64_t> implied_size(const Link &link) {
    if (!link.is_private()) return std::nullopt;
    const std::uint64_t size = size_if_known(std::get<Content>(link.target));
    return size == UINT64_MAX ? std::nullopt : std::optional(size);
}

void check_text(std::string_view what, std::string_view text, std::size_t most) {
    if (text.size() > most)
        throw Error(Errc::invalid_argument, "a link's " + std::string(what) + " has at most " + std::to_string(most) +
                                                " bytes of UTF-8; this one has " + std::to_string(text.size()));
    if (!is_utf8(text)) throw Error(Errc::invalid_argument, "a link's " + std::string(what) + " must be UTF-8");
    if (!is_plain_text(text))
        throw Error(Errc::invalid_argument, "a link's " + std::string(what) + " must not have control characters");
}

void check_fields(const Link &link) {
    check_text("name", link.name, limits::max_link_name);
    check_text("media type", link.media_type, limits::max_media_type);
    const std::optional<std::uint64_t> implied = implied_size(link);
    if (implied && link.size && *implied != *link.size)
        throw Error(Errc::invalid_argument, "a link's size is given as " + std::to_string(*link.size) +
                                                " bytes, but the content that it holds has " +
                                                std::to_string(*implied));
    if (link.size && *link.size > max_content)
        throw Error(Errc::invalid_argument,
                    "a link's size is given as " + std::to_string(*link.size) + " bytes, more than content can have");
}

Bytes fields_of(const Link &link) {
    check_fields(link);
    const bool write_size = link.size && !implied_size(link);
    Bytes out{link_version};
    out.push_back(static_cast<Byte>((write_size ? has_size : 0) | (link.name.empty() ? 0 : has_name) |
                                    (link.media_type.empty() ? 0 : has_media_type)));
    append_target(out, link);
    if (write_size) append_number(out, *link.size);
    if (!link.name.empty()) append_sized(out, view_of(link.name));
    if (!link.media_type.empty()) append_sized(out, view_of(link.media_type));
    return out;
}

// ---- reading

// Takes fields off the front. What is not there reads as empty or 0 and is remembered.
class Fields {
  public:
    explicit Fields(ByteView bytes) : rest_(bytes) {}

    ByteView take(std::uint64_t size) {
        if (size > rest_.size()) {
            cut_off_ = true;
            rest_ = {};
            return {};
        }
        const ByteView taken = rest_.first(static_cast<std::size_t>(size));
        rest_ = rest_.subspan(static_cast<std::size_t>(size));
        return taken;
    }
    Byte byte() {
        const ByteView taken = take(1);
        return taken.empty() ? 0 : taken.front();
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const Byte next = byte();
            value |= std::uint64_t{next & 0x7fu} << shift;
            if (next < 0x80) return value;
        }
        malformed_ = true;
        return 0;
    }
    ByteView sized() { return take(number()); }
    Bytes32 hash() {
        Bytes32 out{};
        const ByteView taken = take(out.size());
        std::copy(taken.begin(), taken.end(), out.begin());
        return out;
    }
    void malformed() { malformed_ = true; }

    bool cut_off() const { return cut_off_; }
    bool is_malformed() const { return malformed_ || !rest_.empty(); }

  private:
    ByteView rest_;
    bool cut_off_ = false;
    bool malformed_ = false;
};

Content read_content(Fields &in) {
    const Byte target = in.byte();
    if (target == inline_bytes) {
        const ByteView bytes = in.sized();
        return Bytes(bytes.begin(), bytes.end());
    }
    DataMap map;
    if (target == c2_map_of_map) map.child = in.number();
    const std::uint64_t count = in.number();
    if (target > c2_map_of_map || count > max_chunks_in_link) {
        in.malformed();
        return map;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        ChunkInfo chunk{.index = i, .address = in.hash(), .content_hash = in.hash()};
        chunk.size = in.number();
        map.chunks.push_back(chunk);
    }
    return map;
}

Link read_fields(Fields &in, bool is_private) {
    Link link;
    const Byte flags = in.byte();
    if ((flags & ~all_flags) != 0) in.malformed();
    if (is_private) {
        link.target = read_content(in);
    } else {
        link.target = in.hash();
    }
    if (flags & has_size) link.size = in.number();
    if (flags & has_name) link.name = text_of(in.sized());
    if (flags & has_media_type) link.media_type = text_of(in.sized());
    return link;
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The faults that can be seen in the characters, before anything is decoded.
void check_characters(std::string_view text) {
    if (text.empty()) refuse("is empty");
    const auto place = [&](auto at) { return " (character " + std::to_string(at - text.begin() + 1) + ")"; };
    const auto blank = std::find_if(text.begin(), text.end(), is_blank);
    if (blank != text.end())
        refuse("has a blank or line break in it" + place(blank) + "; a link is one word: join its parts");
    if (text.size() > limits::max_link_text)
        refuse("is too long: " + std::to_string(text.size()) + " characters, but a link has at most " +
               std::to_string(limits::max_link_text) + "; was something appended to it?");
    const auto upper = std::find_if(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (upper != text.end() && text.size() >= scheme.size())
        refuse("has upper-case letters" + place(upper) + "; links are lower case: write it as it was given");
}

struct Split {
    std::string_view kind;
    std::string_view encoded;
};

Split split(std::string_view text) {
    check_characters(text);
    if (text.starts_with("safe://"))
        throw Error(Errc::bad_link, "this is the name of a site (safe://...), not a link to content "
                                    "(safe:public-... or safe:private-...)");
    for (const std::string_view kind : {public_kind, private_kind}) {
        const std::string prefix = std::string(scheme) + std::string(kind) + "-";
        if (text.starts_with(prefix)) return {kind, text.substr(prefix.size())};
        if (std::string_view(prefix).starts_with(text)) refuse("was cut off: it ends within its first word");
    }
    throw Error(Errc::bad_link, "this is not a link: one begins with safe:public- or safe:private-");
}

Bytes decode(const Split &parts) {
    if (parts.encoded.empty()) refuse("was cut off: nothing follows its first word");
    const auto wrong = parts.encoded.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567");
    if (wrong != std::string_view::npos)
        refuse("has a character that no link has (character " +
               std::to_string(scheme.size() + parts.kind.size() + 1 + wrong + 1) +
               "): after its first word only a-z and 2-7 follow; was something appended to it?");
    const std::optional<Bytes> bytes = from_base32(parts.encoded);
    if (!bytes) refuse("was cut off, or its last character was changed; copy the whole link again");
    if (bytes->empty()) refuse("was cut off: hardly anything follows its first word");
    return *bytes;
}

// The version comes first because another one may have another checksum.
void check_version(const Bytes &bytes) {
    if (bytes.front() != link_version)
        refuse("has version " + std::to_string(bytes.front()) + ", this library reads version " +
               std::to_string(link_version) + "; upgrade libsafe, or copy the link again if it was changed");
}

[[noreturn]] void refuse_checksum(ByteView body, bool is_private) {
    Fields in(body);
    in.byte();
    read_fields(in, is_private);
    if (in.cut_off()) refuse("was cut off, or one of its characters was changed; copy the whole link again");
    refuse("was changed: its checksum does not match, so at least one of its characters is wrong; copy it again");
}

} // namespace

std::string to_text(const Link &link) {
    Bytes bytes = fields_of(link);
    const std::string_view kind = kind_of(link);
    append(bytes, checksum(kind, bytes));
    std::string text = std::string(scheme) + std::string(kind) + "-" + to_base32(bytes);
    if (text.size() > limits::max_link_text)
        throw Error(Errc::data_too_large, "the content does not fit into a link: it would have " +
                                              std::to_string(text.size()) + " characters, more than " +
                                              std::to_string(limits::max_link_text));
    return text;
}

Link parse_link(std::string_view text) {
    const Split parts = split(text);
    const bool is_private = parts.kind == private_kind;
    const Bytes bytes = decode(parts);
    check_version(bytes);
    if (bytes.size() <= checksum_size) refuse("was cut off; copy the whole link again");
    const ByteView body = ByteView(bytes).first(bytes.size() - checksum_size);
    const auto expected = checksum(parts.kind, body);
    if (!std::equal(expected.begin(), expected.end(), bytes.end() - checksum_size)) refuse_checksum(body, is_private);

    // From here on the text is as somebody made it, though not necessarily with this library.
    Fields in(body);
    in.byte();
    Link link = read_fields(in, is_private);
    if (in.cut_off() || in.is_malformed())
        refuse("was made by something newer or faulty: its checksum matches, but its fields make no sense; "
               "upgrade libsafe");
    Bytes again;
    try {
        again = fields_of(link);
    } catch (const Error &error) {
        refuse("holds what no link may hold: " + error.message());
    }
    if (!std::equal(again.begin(), again.end(), body.begin(), body.end()))
        refuse("is not in its canonical form, though its checksum matches; it was not made by libsafe");
    if (const auto implied = implied_size(link)) link.size = implied;
    return link;
}

} // namespace safe
