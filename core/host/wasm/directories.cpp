#include "host/open_vault.hpp"

namespace safe {

const std::vector<std::string_view> &built_in_schemes() {
    static const std::vector<std::string_view> schemes{"mem"};
    return schemes;
}

std::string canonical_directory(const std::string &path) { return path; }

// The host's JavaScript brings along a port for file: (safe/ports.h).
Awaitable<StoreRef> open_directory(RuntimeRef, std::string path, bool) {
    throw Error(Errc::unsupported,
                "cannot connect to \"file:" + path +
                    "\": this build has no files of its own, and no port was made for file:; use mem:");
    co_return nullptr;
}

} // namespace safe
