// Content out of the vault.
#include "client/client.hpp"

namespace safe {

Awaitable<std::size_t> Reader::read(JobRef job, std::uint64_t offset, MutableView out) {
    client_->check_open();
    co_return co_await decoder_->read(std::move(job), offset, out);
}

Awaitable<std::shared_ptr<Reader>> Client::open(JobRef job, Link link) {
    Content content;
    if (link.is_private()) {
        content = std::get<Content>(std::move(link.target));
    } else {
        const Address address = std::get<Address>(link.target);
        Blob map = co_await chunk_get(job, address);
        content = decode_content(map.view());
    }
    auto reader = co_await open_content(std::move(job), std::move(content));
    if (link.size && *link.size != reader->size())
        throw Error(Errc::bad_data_map, "the link speaks of " + std::to_string(*link.size) +
                                            " bytes, its data map of " + std::to_string(reader->size()));
    co_return reader;
}

Awaitable<std::shared_ptr<Reader>> Client::open_content(JobRef job, Content content) {
    check_open();
    ChunkSource source = chunk_source();
    auto decoder = co_await Decoder::open(runtime_, std::move(job), std::move(content), std::move(source));
    co_return std::make_shared<Reader>(shared_from_this(), std::move(decoder));
}

Awaitable<Bytes> Client::get(JobRef job, Link link, std::uint64_t limit) {
    auto reader = co_await open(job, std::move(link));
    if (reader->size() > limit)
        throw Error(Errc::data_too_large,
                    "the content has " + std::to_string(reader->size()) + " bytes, more than the " +
                        std::to_string(limit) + " asked for; open it and read it in parts",
                    {{"limit", limit}, {"size", reader->size()}});
    Bytes all(reader->size());
    job->progress.total = all.size();
    std::uint64_t done = 0;
    while (done < all.size()) {
        const MutableView rest = MutableView(all).subspan(done);
        const MutableView part = rest.first(std::min<std::size_t>(rest.size(), limits::chunk_memory));
        done += co_await reader->read(job, done, part);
        job->progress.done = done;
    }
    co_return all;
}

} // namespace safe
