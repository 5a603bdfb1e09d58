#include "safe/put.h"

#include "entry.hpp"
#include "objects.hpp"
#include "start.hpp"
#include "streams.hpp"

#include "host/local_files.hpp"

#include <cstring>

namespace safe {

struct ReceiptObject {
    explicit ReceiptObject(Receipt r) : receipt(std::move(r)) {}
    const Receipt receipt;
};

} // namespace safe

using namespace safe;

namespace {

constexpr std::uint32_t put_flags = SAFE_PUT_PRIVATE | SAFE_PUT_DRY_RUN | SAFE_PUT_VERIFY;

PutOptions options_of(std::uint32_t flags) {
    PutOptions options;
    options.is_private = flags & SAFE_PUT_PRIVATE;
    options.dry_run = flags & SAFE_PUT_DRY_RUN;
    options.verify = flags & SAFE_PUT_VERIFY;
    return options;
}

Outcome result_of(Receipt receipt) {
    return Outcome::of<safe_receipt>(std::make_shared<ReceiptObject>(std::move(receipt)));
}

Awaitable<Outcome> put_bytes(std::shared_ptr<Client> client, JobRef job, std::shared_ptr<const Buffer> data,
                             PutOptions options) {
    Encoder::Options encoding;
    encoding.size = data->size();
    const auto writer = client->open_writer(std::move(job), encoding, std::move(options));
    const ByteView view = data->view();
    co_await writer->write(view);
    Receipt receipt = co_await writer->close();
    co_return result_of(std::move(receipt));
}

Awaitable<Outcome> put_path(ProcessRef process, JobRef job, std::shared_ptr<Client> client, std::string path,
                            PutOptions options) {
    Receipt receipt =
        co_await put_file(std::move(process), std::move(job), std::move(client), std::move(path), std::move(options));
    co_return result_of(std::move(receipt));
}

Awaitable<Outcome> open_writer(std::shared_ptr<Session> session, std::shared_ptr<Client> client, JobRef job,
                               Encoder::Options encoding, PutOptions options) {
    // The writer's own job: that of this operation ends with it.
    auto own = std::make_shared<Job>();
    job->cancel.check();
    auto writer = loop_owned(session->process(), client->open_writer(own, encoding, std::move(options)));
    co_return Outcome::of<safe_writer>(std::make_shared<WriterObject>(session, std::move(writer), std::move(own)));
}

// `turn` and `kept` last as long as the call.
Awaitable<Outcome> write(std::shared_ptr<Writer> writer, [[maybe_unused]] std::shared_ptr<void> turn,
                         [[maybe_unused]] std::shared_ptr<const Buffer> kept, ByteView data) {
    co_await writer->write(data);
    co_return Outcome();
}

Awaitable<Outcome> close(std::shared_ptr<Writer> writer, [[maybe_unused]] std::shared_ptr<void> turn) {
    Receipt receipt = co_await writer->close();
    co_return result_of(std::move(receipt));
}

std::shared_ptr<Op> start_write(const std::shared_ptr<WriterObject> &object, ChildOf<Writer>::Held held,
                                std::shared_ptr<void> turn, std::shared_ptr<const Buffer> kept, ByteView data) {
    return start_op(
        std::move(held.session),
        [writer = std::move(held.child), turn = std::move(turn), kept = std::move(kept), data](JobRef) mutable {
            return write(std::move(writer), std::move(turn), std::move(kept), data);
        },
        object->job);
}

} // namespace

safe_op *safe_put(safe_client *client, const uint8_t *data, size_t size, uint32_t flags) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        const ByteView view = call.bytes(data, size, "data");
        call.flags(flags, put_flags, "flags");
        auto copy = std::make_shared<Buffer>(user_buffer(size));
        if (size) std::memcpy(copy->data(), view.data(), size);
        return start_op(session, [core = session->client(), copy = std::move(copy), flags](JobRef job) mutable {
            return put_bytes(std::move(core), std::move(job), std::move(copy), options_of(flags));
        });
    });
}

safe_op *safe_put_file(safe_client *client, const char *path, uint32_t flags) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        call.pointer(path, "path");
        call.flags(flags, put_flags, "flags");
        // Paths are bytes, not UTF-8: a file system may have any.
        return start_op(session, [process = session->process(), core = session->client(), path = std::string(path),
                                  flags](JobRef job) mutable {
            return put_path(std::move(process), std::move(job), std::move(core), std::move(path), options_of(flags));
        });
    });
}

safe_op *safe_writer_open(safe_client *client, uint64_t size, uint32_t flags) {
    return start(__func__, [&](Call call) {
        const auto session = call.object(client, "client");
        call.flags(flags, put_flags | SAFE_PUT_REPLAY, "flags");
        Encoder::Options encoding;
        if (size != SAFE_SIZE_UNKNOWN) encoding.size = size;
        encoding.replay = flags & SAFE_PUT_REPLAY;
        if (encoding.replay && !encoding.size)
            call.refuse("size", "is SAFE_SIZE_UNKNOWN, but SAFE_PUT_REPLAY needs to know it");
        return start_op(session, [session, core = session->client(), encoding, flags](JobRef job) mutable {
            return open_writer(std::move(session), std::move(core), std::move(job), encoding, options_of(flags));
        });
    });
}

uint64_t safe_writer_replay_size(const safe_writer *writer) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(writer, "writer")->replay_size; });
}

safe_op *safe_writer_write(safe_writer *writer, const uint8_t *data, size_t size) {
    return start(__func__, [&](Call call) {
        const auto object = call.object(writer, "writer");
        const ByteView view = call.bytes(data, size, "data");
        auto held = object->hold();
        auto turn = object->take_turn();
        return start_write(object, std::move(held), std::move(turn), nullptr, view);
    });
}

safe_status safe_writer_reserve(safe_writer *writer, size_t size, uint8_t **memory, safe_error **error) {
    if (memory) *memory = nullptr;
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(writer, "writer");
        call.pointer(memory, "memory");
        constexpr std::size_t most = 4 * limits::MiB;
        if (size == 0 || size > most)
            call.refuse("size", "is " + std::to_string(size) + "; it must be from 1 to " + std::to_string(most));
        object->hold();
        *memory = object->reserve(size);
    });
}

safe_op *safe_writer_commit(safe_writer *writer, size_t size) {
    return start(__func__, [&](Call call) {
        const auto object = call.object(writer, "writer");
        auto held = object->hold();
        auto turn = object->take_turn();
        auto kept = object->commit(size);
        const ByteView view = kept->view();
        return start_write(object, std::move(held), std::move(turn), std::move(kept), view);
    });
}

safe_op *safe_writer_close(safe_writer *writer) {
    return start(__func__, [&](Call call) {
        const auto object = call.object(writer, "writer");
        auto held = object->hold();
        auto turn = object->take_turn();
        return start_op(
            std::move(held.session),
            [core = std::move(held.child), turn = std::move(turn)](JobRef) mutable {
                return close(std::move(core), std::move(turn));
            },
            object->job);
    });
}

void safe_writer_free(safe_writer *writer) { release(writer); }

safe_status safe_receipt_link(const safe_receipt *receipt, safe_link **out, safe_error **error) {
    return make(__func__, out, error,
                [&](Call call) { return std::make_shared<LinkObject>(call.object(receipt, "receipt")->receipt.link); });
}

uint64_t safe_receipt_size(const safe_receipt *receipt) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(receipt, "receipt")->receipt.size; });
}

uint64_t safe_receipt_chunk_count(const safe_receipt *receipt) {
    return ask(__func__, uint64_t{0},
               [&](Call call) { return uint64_t{call.object(receipt, "receipt")->receipt.chunks.size()}; });
}

safe_status safe_receipt_chunk(const safe_receipt *receipt, uint64_t index, uint8_t address[32], uint64_t *size,
                               safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(receipt, "receipt");
        call.pointer(address, "address");
        call.pointer(size, "size");
        const auto &chunks = object->receipt.chunks;
        call.index(index, chunks.size(), "index");
        copy_out(chunks[index].address, address);
        *size = chunks[index].size;
    });
}

uint64_t safe_receipt_new_chunks(const safe_receipt *receipt) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(receipt, "receipt")->receipt.new_chunks; });
}

uint64_t safe_receipt_new_bytes(const safe_receipt *receipt) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(receipt, "receipt")->receipt.new_bytes; });
}

void safe_receipt_free(safe_receipt *receipt) { release(receipt); }
