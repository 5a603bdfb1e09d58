// Opens connection URLs (DESIGN section 4): "mem:", "file:/path", and those of schemes that were added.
#pragma once

#include "client/client.hpp"
#include "host/schemes.hpp"

namespace safe {

struct ConnectionUrl {
    enum class Scheme { memory, directory, added };
    Scheme scheme;
    std::string path;                          // directory: decoded; absolute or relative to the working directory
    std::string url = {};                      // added: as it was given
    std::shared_ptr<SchemeOpener> opener = {}; // added
};

// Throws BAD_URL, URL_IS_CONTENT, UNSUPPORTED with a message that says what was meant.
ConnectionUrl parse_connection_url(std::string_view text, const Schemes *added = nullptr);

// A connection of its own over the transport of an added scheme; CANCELLED as soon as that is asked for.
Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, JobRef job, ConnectionUrl url);

// `create`: make the directory's vault if there is none (else STORE_MISSING).
Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, bool create);

} // namespace safe
