// Opens connection URLs (DESIGN section 4): "mem:" and "file:/path".
#pragma once

#include "client/client.hpp"
#include "host/process.hpp"

namespace safe {

struct ConnectionUrl {
    enum class Scheme { memory, directory };
    Scheme scheme;
    std::string path; // decoded; absolute or relative to the working directory
};

// Throws BAD_URL, URL_IS_CONTENT, UNSUPPORTED with a message that says what was meant.
ConnectionUrl parse_connection_url(std::string_view text);

// `create`: make the directory's vault if there is none (else STORE_MISSING).
Awaitable<std::shared_ptr<Client>> connect(ProcessRef process, JobRef job, std::string url, bool create);

} // namespace safe
