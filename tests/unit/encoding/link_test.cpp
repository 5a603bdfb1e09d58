#include "encoding/link.hpp"

#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "unit/encoding/support.hpp"

#include <algorithm>
#include <cctype>
#include <random>

namespace safe {
namespace {

using test::code_of;
using test::error_of;
using test::sample_map;

// link_vectors.py wrote these texts, from docs/formats.md and without our code.
constexpr const char *bare_public = "safe:public-aeaaaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4hylmfgrm";
constexpr const char *full_public =
    "safe:public-aedqaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4h6imufwo4wdxtbz6zjoor4hictumv4hil3qnrqws3utkn5i2";
constexpr const char *inline_private = "safe:private-aeaaaatinfj2i627";
constexpr const char *map_private =
    "safe:private-"
    "aebacayaaebagbafaydqqcikbmga2dqpcaireeyuculbogazdinryhi6d4qccirdeqssmjzifevcwlbnfyxtamjsgm2dknrxha4tuo"
    "z4hu7d6akaifbegrcfizduqskkjnge2tspkbiveu2ukvlfowczljnvyxk6l5qgcytdmrswmz3infvgw3dnnzxxa4lson2hk5txpb4xu634pv7h674a"
    "qgbihbefq2dyrcmkrogi3dupscizfe4uswljpgeztknzzhm6t6qkdivduss2nj5ivgvkxlfnv2x3bmnswo2llnvxxc43vo54xw7l7aha74aqgyjamk"
    "ej2w32";
constexpr const char *child_private =
    "safe:private-"
    "aeaqeaidaaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypsaijcemsckjrhfausukzmfuxc6mbrgiztinjwg44dso"
    "r3hq6t4p3oibaueq2eivdeoscjjjfuytkoj5ifcustkrkvmv2ylfnfwxc5lzpwaylcmnsgkzthnbuwu23mnvxg64drojzxi5lwo54hs6t3pr6x473o"
    "qcayfa4eqwdipcejrkfyzdmor6ijdeutsskznf4ytgnjxhe5t2p2bincuoskljvhvcu2vk5mvwxk7mfrwkz3jnnww64ltov3xs635p3oqgqp6bmsxx"
    "77s";

Address counting_address() {
    Address address;
    for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<Byte>(i);
    return address;
}

// Three chunks whose hashes count on from 0, as in link_vectors.py.
DataMap counting_map(std::array<std::uint64_t, 3> sizes, std::optional<std::uint64_t> child = std::nullopt) {
    DataMap map;
    map.child = child;
    Byte next = 0;
    for (std::uint64_t i = 0; i < 3; ++i) {
        ChunkInfo chunk{.index = i, .size = sizes[i]};
        for (Byte &byte : chunk.address) byte = next++;
        for (Byte &byte : chunk.content_hash) byte = next++;
        map.chunks.push_back(chunk);
    }
    return map;
}

bool equal(const Link &a, const Link &b) {
    return a.target == b.target && a.size == b.size && a.name == b.name && a.media_type == b.media_type;
}

const std::pair<const char *, Link> known_links[] = {
    {bare_public, {.target = counting_address()}},
    {full_public,
     {counting_address(), 13000,
      "gr\xc3\xbc\xc3\x9f"
      "e.txt",
      "text/plain"}},
    {inline_private, {Content(Bytes{'h', 'i'}), 2, "", ""}},
    {map_private, {Content(counting_map({1, 127, 4190208})), 4190336, "a b", ""}},
    {child_private, {Content(counting_map({110, 110, 110}, 1)), 12570625, "", ""}},
};

// A link whose fields are given as bytes, with a checksum that fits: what a hostile writer can make.
std::string forged(std::string_view kind, std::string_view fields) {
    Bytes body = test::hex(fields);
    Bytes hashed;
    for (const ByteView part : {view_of("safe-link-1"), view_of(kind), ByteView(body)})
        hashed.insert(hashed.end(), part.begin(), part.end());
    const Bytes32 digest = crypto::blake3(hashed);
    body.insert(body.end(), digest.begin(), digest.begin() + 4);
    return "safe:" + std::string(kind) + "-" + to_base32(body);
}

std::string refusal(std::string_view text) {
    const Error error = error_of([&] { parse_link(text); });
    EXPECT_EQ(Errc::bad_link, error.code()) << error.message();
    return error.message();
}

bool says(const std::string &message, std::string_view what) { return message.find(what) != std::string::npos; }

TEST(Link, IsWrittenAsDocumented) {
    for (const auto &[text, link] : known_links) EXPECT_EQ(text, to_text(link));
}

TEST(Link, IsReadAsDocumented) {
    for (const auto &[text, link] : known_links) EXPECT_TRUE(equal(link, parse_link(text))) << text;
}

TEST(Link, TheSizeIsReadOutOfAPrivateTargetThatTellsIt) {
    Link link{.target = Content(sample_map(3))};
    const std::string without = to_text(link);
    link.size = 3u * 4190208;
    EXPECT_EQ(without, to_text(link));
    EXPECT_EQ(3u * 4190208, parse_link(without).size);
}

TEST(Link, WhatWasReadIsWrittenAsTheSameText) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](std::uint64_t limit) {
        return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random);
    };
    for (int round = 0; round < 2000; ++round) {
        Link link;
        const std::uint64_t kind = below(4);
        if (kind == 0) {
            Address address;
            for (Byte &byte : address) byte = static_cast<Byte>(below(256));
            link.target = address;
        } else if (kind == 1) {
            link.target = Content(Bytes(below(100), static_cast<Byte>(below(256))));
        } else {
            DataMap map = sample_map(1 + below(3));
            for (ChunkInfo &chunk : map.chunks) {
                chunk.size = 1 + below(limits::max_stored_chunk);
                for (Byte &byte : chunk.address) byte = static_cast<Byte>(below(256));
            }
            if (kind == 3) map.child = below(limits::max_map_depth + 1);
            link.target = Content(map);
        }
        if ((kind == 0 || kind == 3) && below(2)) link.size = below(limits::max_file);
        if (below(2)) link.name = std::string(1 + below(limits::max_link_name), 'n');
        if (below(2)) link.media_type = std::string(1 + below(limits::max_media_type), 'm');
        const std::string text = to_text(link);
        EXPECT_LE(text.size(), limits::max_link_text);
        const Link read = parse_link(text);
        EXPECT_EQ(text, to_text(read));
        EXPECT_EQ(link.target, read.target);
        EXPECT_EQ(link.name, read.name);
        EXPECT_EQ(link.media_type, read.media_type);
        EXPECT_TRUE(kind == 1 || kind == 2 || link.size == read.size) << text;
    }
}

// The arithmetic of docs/formats.md.
TEST(Link, TheLargestLinkToADataMapHas676Characters) {
    DataMap map = sample_map(3, limits::max_map_depth);
    for (ChunkInfo &chunk : map.chunks) chunk.size = limits::max_stored_chunk;
    const Link link{Content(map), limits::max_chunks * limits::max_stored_chunk,
                    std::string(limits::max_link_name, 'n'), std::string(limits::max_media_type, 'm')};
    EXPECT_EQ(676u, to_text(link).size());
    EXPECT_TRUE(equal(link, parse_link(to_text(link))));
}

TEST(Link, UsesOnlyCharactersThatUrlsAndShellsLeaveAlone) {
    for (const auto &[text, link] : known_links)
        for (const char c : std::string_view(text))
            EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) ||
                        c == ':' || c == '-')
                << c;
}

TEST(Link, TargetsThatDoNotFitAreTooLarge) {
    const Error error = error_of([] { to_text({.target = Content(sample_map(4))}); });
    EXPECT_EQ(Errc::data_too_large, error.code());
    EXPECT_TRUE(says(error.message(), "a data map of 4 chunks does not fit into a link, which holds three"));
    EXPECT_EQ(Errc::data_too_large, code_of([] { to_text({.target = Content(Bytes(1024))}); }));
    EXPECT_EQ(Errc::bad_data_map, code_of([] { to_text({.target = Content(DataMap{})}); }));
}

TEST(Link, NamesAndMediaTypesAreShortPlainUtf8) {
    const auto with = [](std::string name, std::string type) {
        return [link = Link{counting_address(), std::nullopt, std::move(name), std::move(type)}] { to_text(link); };
    };
    with(std::string(128, 'n'), std::string(64, 'm'))();
    EXPECT_EQ(Errc::invalid_argument, code_of(with(std::string(129, 'n'), "")));
    EXPECT_EQ(Errc::invalid_argument, code_of(with("", std::string(65, 'm'))));
    EXPECT_EQ(Errc::invalid_argument, code_of(with("\xff", "")));
    EXPECT_EQ(Errc::invalid_argument, code_of(with("a\nb", "")));
    EXPECT_EQ(Errc::invalid_argument, code_of(with("", std::string("a\0b", 3))));
    EXPECT_EQ("a link's name must not have control characters", error_of(with("\x1b[31m", "")).message());
}

TEST(Link, ASizeThatContradictsTheTargetIsRefused) {
    EXPECT_EQ(Errc::invalid_argument, code_of([] { to_text({Content(Bytes{1}), 2, "", ""}); }));
    EXPECT_EQ(Errc::invalid_argument, code_of([] { to_text({counting_address(), UINT64_MAX, "", ""}); }));
}

TEST(BadLink, UpperCaseIsNamed) {
    std::string shouted = full_public;
    for (char &c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ("the link has upper-case letters (character 1); links are lower case: write it as it was given",
              refusal(shouted));
    for (std::size_t i = 0; i < std::string_view(full_public).size(); ++i) {
        std::string mixed = full_public;
        const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(mixed[i])));
        if (upper == mixed[i]) continue;
        mixed[i] = upper;
        EXPECT_TRUE(says(refusal(mixed), "has upper-case letters (character " + std::to_string(i + 1) + ")"));
    }
}

TEST(BadLink, BlanksAreNamedWhereverTheyAre) {
    const std::string text = map_private;
    for (const char *blank : {" ", "\n", "\r\n", "\t"})
        for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{80}, text.size()}) {
            std::string broken = text;
            broken.insert(at, blank);
            EXPECT_TRUE(
                says(refusal(broken), "has a blank or line break in it (character " + std::to_string(at + 1) + ")"));
        }
}

TEST(BadLink, EveryCutIsSaidToBeOne) {
    for (const auto &[text, link] : known_links) {
        const std::string_view whole = text;
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const std::string message = refusal(whole.substr(0, size));
            EXPECT_TRUE(says(message, "was cut off")) << size << ": " << message;
        }
    }
    EXPECT_EQ("the link is empty", refusal(""));
}

TEST(BadLink, EveryChangedCharacterIsSaidToBeOne) {
    const std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    for (const auto &[text, link] : known_links) {
        const std::string whole = text;
        for (std::size_t i = whole.find('-') + 1; i < whole.size(); ++i)
            for (const char digit : digits) {
                std::string changed = whole;
                if (changed[i] == digit) continue;
                changed[i] = digit;
                const std::string message = refusal(changed);
                EXPECT_TRUE(says(message, "was changed") || says(message, "were changed")) << i << message;
            }
    }
}

TEST(BadLink, TransposedCharactersAreFound) {
    for (const auto &[text, link] : known_links) {
        const std::string whole = text;
        for (std::size_t i = whole.find('-') + 1; i + 1 < whole.size(); ++i) {
            std::string changed = whole;
            std::swap(changed[i], changed[i + 1]);
            if (changed != whole) refusal(changed);
        }
    }
}

TEST(BadLink, APublicLinkIsNotAPrivateOneWithAnotherWord) {
    std::string text = inline_private;
    text.replace(0, 12, "safe:public");
    EXPECT_TRUE(says(refusal(text), "was cut off"));
    text = full_public;
    text.replace(0, 11, "safe:private");
    refusal(text);
}

TEST(BadLink, WhatFollowsALinkIsNamed) {
    EXPECT_TRUE(says(refusal(std::string(bare_public) + "."), "has a character that no link has (character 74)"));
    EXPECT_TRUE(says(refusal(std::string(bare_public) + "?x=1"), "was something appended to it?"));
    EXPECT_TRUE(says(refusal(std::string(bare_public) + std::string(700, 'a')), "is too long: 773 characters"));
    refusal(std::string(bare_public) + "a");
    refusal(std::string(bare_public) + "aaaaaaaa");
}

TEST(BadLink, AnUnknownVersionSaysWhatToDo) {
    EXPECT_EQ("the link has version 2, this library reads version 1; upgrade libsafe, or copy the link again if it was "
              "changed",
              refusal(forged("public", "0200" + std::string(64, '1'))));
}

TEST(BadLink, WhatIsNoLinkAtAllSaysHowOneBegins) {
    for (const char *text : {"hello", "http://example.org/", "safe:", "safe:publik-aeaa", "file:dir",
                             "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"}) {
        const std::string message = refusal(text);
        EXPECT_TRUE(says(message, "this is not a link: one begins with safe:public- or safe:private-") ||
                    says(message, "was cut off"))
            << message;
    }
    EXPECT_TRUE(says(refusal("safe://example/index.html"), "is the name of a site"));
}

// The checksum fits in all of these: only the fields themselves tell.
TEST(BadLink, OneLinkHasOneTextAlsoWhenTheWriterIsHostile) {
    const std::string address(64, '1');
    const std::string chunk = std::string(128, '1') + "05";
    const char *newer = "was made by something newer or faulty", *forbidden = "holds what no link may hold",
               *second = "is not in its canonical form";
    struct Fault {
        const char *what, *message;
        std::string text;
    };
    const Fault faults[] = {
        {"an unknown flag", newer, forged("public", "0108" + address)},
        {"a longer number", second, forged("public", "0101" + address + "8000")},
        {"a number of 65 bits", forbidden, forged("public", "0101" + address + "ffffffffffffffffff02")},
        {"a number without end", newer, forged("public", "0101" + address + "ffffffffffffffffffffff")},
        {"a size above all content", forbidden, forged("public", "0101" + address + "ffffffffffffffffff01")},
        {"an empty name", second, forged("public", "0102" + address + "00")},
        {"an empty media type", second, forged("public", "0104" + address + "00")},
        {"a name that is not UTF-8", forbidden, forged("public", "0102" + address + "01ff")},
        {"a name with a line break", forbidden, forged("public", "0102" + address + "010a")},
        {"a name of 129 bytes", forbidden, forged("public", "0102" + address + "8101" + std::string(258, '6'))},
        {"a media type of 65 bytes", forbidden, forged("public", "0104" + address + "41" + std::string(130, '6'))},
        {"more after the end", newer, forged("public", "0100" + address + "00")},
        {"an address that is too short", newer, forged("public", "0100" + std::string(62, '1'))},
        {"an unknown target", newer, forged("private", "01000301" + chunk)},
        {"a size beside inline bytes", second, forged("private", "010100016101")},
        {"a size beside a map", second, forged("private", "01010101" + chunk + "05")},
        {"a map without chunks", forbidden, forged("private", "01000100")},
        {"a map of four chunks", newer, forged("private", "01000104" + chunk + chunk + chunk + chunk)},
        {"a chunk of no bytes", forbidden, forged("private", "01000101" + std::string(128, '1') + "00")},
        {"a chunk above 4 MiB", forbidden, forged("private", "01000101" + std::string(128, '1') + "81808002")},
        {"a map 101 levels deep", forbidden, forged("private", "0100026501" + chunk)},
        {"inline bytes that are not there", newer, forged("private", "01000005616263")},
        {"nothing", newer, forged("public", "01")},
    };
    for (const Fault &fault : faults) {
        const std::string message = refusal(fault.text);
        EXPECT_TRUE(says(message, fault.message)) << fault.what << ": " << message;
    }
    // The same with nothing wrong is taken.
    EXPECT_EQ(5u, parse_link(forged("private", "01000101" + chunk)).size);
    EXPECT_EQ("fff", parse_link(forged("public", "0102" + address + "03666666")).name);
}

TEST(BadLink, MessagesDoNotRepeatASecret) {
    std::string changed = map_private;
    std::swap(changed[100], changed[101]);
    const std::string message = refusal(changed);
    for (std::size_t at = changed.find('-') + 1; at + 12 < changed.size(); ++at)
        EXPECT_FALSE(says(message, changed.substr(at, 12)));
}

} // namespace
} // namespace safe
