// Content from and to local files, for platforms that have them.
#pragma once

#include "client/client.hpp"
#include "host/process.hpp"

namespace safe {

// The file's last path component becomes the link's name unless options.name is set.
Awaitable<Receipt> put_file(ProcessRef process, JobRef job, std::shared_ptr<Client> client, std::string path,
                            PutOptions options);

// Writes to a temporary file beside `path`, makes it durable and renames it over `path`. Gives the bytes written.
Awaitable<std::uint64_t> get_file(ProcessRef process, JobRef job, std::shared_ptr<Client> client, Link link,
                                  std::string path);

} // namespace safe
