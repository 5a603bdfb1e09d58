#include "selfencrypt/format.hpp"

#include "base/error.hpp"

#include <string>

namespace safe {
namespace {

struct Unsupported {
    std::string_view name, versions;
};
constexpr Unsupported unsupported[] = {
    {"s0", "0.12"},
    {"a0", "0.16 to 0.23"},
    {"a1", "0.24 to 0.34"},
};

} // namespace

ChunkFormat format_from_name(std::string_view name) {
    if (name == "c2") return ChunkFormat::c2;
    if (name == "s1") return ChunkFormat::s1;
    for (const Unsupported &format : unsupported)
        if (name == format.name)
            throw Error(Errc::unsupported_format, "chunk format " + std::string(name) + " (self_encryption " +
                                                      std::string(format.versions) +
                                                      ") is not supported: use c2 or s1, or read the content "
                                                      "with a client of that time and put "
                                                      "it again (UNSUPPORTED_FORMAT -3084)");
    throw Error(Errc::invalid_argument, "there is no chunk format \"" + std::string(name.substr(0, 32)) +
                                            "\": use c2 or s1 (INVALID_ARGUMENT -3000)");
}

} // namespace safe
