#include "safe/get.h"

#include "entry.hpp"
#include "objects.hpp"
#include "start.hpp"
#include "streams.hpp"

#include "host/local_files.hpp"

#include <cstring>

using namespace safe;

namespace {

constexpr std::uint64_t most_read = 16 * limits::MiB;

template <class T>
Outcome result_of(T bytes) {
    return Outcome::of<safe_bytes>(bytes_object(std::move(bytes)));
}

Outcome reader_result(const std::shared_ptr<Session> &session, std::shared_ptr<Reader> reader) {
    auto owned = loop_owned(session->process(), std::move(reader));
    return Outcome::of<safe_reader>(std::make_shared<ReaderObject>(session, std::move(owned)));
}

Awaitable<Outcome> open_link(std::shared_ptr<Session> session, std::shared_ptr<Client> client, JobRef job, Link link) {
    auto reader = co_await client->open(std::move(job), std::move(link));
    co_return reader_result(session, std::move(reader));
}

Awaitable<Outcome> open_map(std::shared_ptr<Session> session, std::shared_ptr<Client> client, JobRef job,
                            Content content) {
    auto reader = co_await client->open_content(std::move(job), std::move(content));
    co_return reader_result(session, std::move(reader));
}

// Reads all of `out`, as far as there is content. In parts, so that progress is seen and cancelling is quick.
Awaitable<std::size_t> read_all(std::shared_ptr<Reader> reader, JobRef job, std::uint64_t offset, MutableView out) {
    constexpr std::size_t part_size = limits::chunk_memory;
    std::size_t done = 0;
    while (done < out.size()) {
        job->cancel.check();
        const MutableView part = out.subspan(done, std::min(part_size, out.size() - done));
        const std::size_t got = co_await reader->read(job, offset + done, part);
        if (got == 0) break;
        done += got;
        job->progress.done = done;
    }
    co_return done;
}

Awaitable<Outcome> read_bytes(std::shared_ptr<Reader> reader, JobRef job, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t there = offset < reader->size() ? reader->size() - offset : 0;
    Buffer buffer = user_buffer(static_cast<std::size_t>(std::min(length, there)));
    const MutableView out = buffer.room();
    const std::size_t done = co_await read_all(std::move(reader), std::move(job), offset, out);
    buffer.resize(done);
    co_return result_of(std::move(buffer));
}

Awaitable<Outcome> read_into(std::shared_ptr<Reader> reader, JobRef job, std::uint64_t offset, MutableView out) {
    const std::size_t done = co_await read_all(std::move(reader), std::move(job), offset, out);
    co_return Outcome(std::uint64_t{done});
}

Awaitable<Outcome> get_all(std::shared_ptr<Client> client, JobRef job, Link link, std::uint64_t limit) {
    auto reader = co_await client->open(job, std::move(link));
    const std::uint64_t size = reader->size();
    if (size > limit)
        throw Error(Errc::data_too_large,
                    "the content has " + std::to_string(size) + " bytes, more than the " + std::to_string(limit) +
                        " asked for; open it and read it in parts (safe_open)",
                    {{"limit", limit}, {"size", size}});
    job->progress.total = size;
    Outcome bytes = co_await read_bytes(std::move(reader), std::move(job), 0, size);
    co_return bytes;
}

Awaitable<Outcome> get_path(ProcessRef process, JobRef job, std::shared_ptr<Client> client, Link link,
                            std::string path) {
    const std::uint64_t size =
        co_await get_file(std::move(process), std::move(job), std::move(client), std::move(link), std::move(path));
    co_return Outcome(size);
}

Awaitable<Outcome> get_chunk(std::shared_ptr<Client> client, JobRef job, Address address) {
    Blob bytes = co_await client->chunk_get(std::move(job), address);
    co_return result_of(std::move(bytes));
}

Awaitable<Outcome> put_chunk(std::shared_ptr<Client> client, JobRef job, Blob bytes) {
    const Address address = co_await client->chunk_put(std::move(job), std::move(bytes));
    co_return result_of(address);
}

Awaitable<Outcome> ask_chunk(std::shared_ptr<Client> client, JobRef job, Address address) {
    const bool exists = co_await client->chunk_exists(std::move(job), address);
    co_return Outcome(std::uint64_t{exists});
}

} // namespace

safe_op *safe_open(safe_client *client, const safe_link *link) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        const auto object = call.object(link, "link");
        return start_op(session, [session, core = session->client(), link = object->link](JobRef job) mutable {
            return open_link(std::move(session), std::move(core), std::move(job), std::move(link));
        });
    });
}

safe_op *safe_open_datamap(safe_client *client, const uint8_t *datamap, size_t size) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        Content content = decode_content(call.bytes(datamap, size, "datamap"));
        return start_op(session, [session, core = session->client(), content = std::move(content)](JobRef job) mutable {
            return open_map(std::move(session), std::move(core), std::move(job), std::move(content));
        });
    });
}

uint64_t safe_reader_size(const safe_reader *reader) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(reader, "reader")->size; });
}

safe_op *safe_reader_read(safe_reader *reader, uint64_t offset, uint64_t length) {
    return start(__func__, [&](Call call) {
        const auto object = call.object(reader, "reader");
        if (length > most_read)
            call.refuse("length", "is " + std::to_string(length) + "; one call reads at most " +
                                      std::to_string(most_read) + " bytes");
        auto held = object->hold();
        return start_op(std::move(held.session), [core = std::move(held.child), offset, length](JobRef job) mutable {
            return read_bytes(std::move(core), std::move(job), offset, length);
        });
    });
}

safe_op *safe_reader_read_into(safe_reader *reader, uint64_t offset, uint8_t *buffer, size_t size) {
    return start(__func__, [&](Call call) {
        const auto object = call.object(reader, "reader");
        if (size) call.pointer(buffer, "buffer");
        const MutableView out(buffer, size);
        auto held = object->hold();
        return start_op(std::move(held.session), [core = std::move(held.child), offset, out](JobRef job) mutable {
            return read_into(std::move(core), std::move(job), offset, out);
        });
    });
}

void safe_reader_free(safe_reader *reader) { release(reader); }

safe_op *safe_get_bytes(safe_client *client, const safe_link *link, uint64_t limit) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        const auto object = call.object(link, "link");
        return start_op(session, [core = session->client(), link = object->link, limit](JobRef job) mutable {
            return get_all(std::move(core), std::move(job), std::move(link), limit);
        });
    });
}

safe_op *safe_get_file(safe_client *client, const safe_link *link, const char *path) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        const auto object = call.object(link, "link");
        call.pointer(path, "path");
        return start_op(session, [process = session->process(), core = session->client(), link = object->link,
                                  path = std::string(path)](JobRef job) mutable {
            return get_path(std::move(process), std::move(job), std::move(core), std::move(link), std::move(path));
        });
    });
}

safe_op *safe_chunk_get(safe_client *client, const uint8_t address[32]) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        return start_op(session, [core = session->client(), at = call.array32(address, "address")](JobRef job) mutable {
            return get_chunk(std::move(core), std::move(job), at);
        });
    });
}

safe_op *safe_chunk_put(safe_client *client, const uint8_t *data, size_t size) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        const ByteView view = call.bytes(data, size, "data");
        if (size == 0) call.refuse("size", "is 0; a chunk has at least one byte");
        if (size > limits::max_stored_chunk) // before it is copied
            throw Error(Errc::data_too_large,
                        "safe_chunk_put: a chunk has at most " + std::to_string(limits::max_stored_chunk) +
                            " bytes, not " + std::to_string(size) + "; put it as content instead (safe_put)",
                        {{"limit", limits::max_stored_chunk}});
        Buffer copy = user_buffer(size);
        std::memcpy(copy.data(), view.data(), size);
        return start_op(session, [core = session->client(), bytes = Blob(std::move(copy))](JobRef job) mutable {
            return put_chunk(std::move(core), std::move(job), std::move(bytes));
        });
    });
}

safe_op *safe_chunk_exists(safe_client *client, const uint8_t address[32]) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        return start_op(session, [core = session->client(), at = call.array32(address, "address")](JobRef job) mutable {
            return ask_chunk(std::move(core), std::move(job), at);
        });
    });
}
