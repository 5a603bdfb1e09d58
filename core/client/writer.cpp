// Content into the vault: the encoder's chunks become requests.
#include "client/client.hpp"

#include "crypto/hash.hpp"

namespace safe {

// What the sinks of one stream share. Outlives the writer while chunks are under way.
struct Writer::Upload {
    std::shared_ptr<Client> client;
    JobRef job;
    PutOptions options;
    Receipt receipt;
    std::optional<std::uint64_t> hold;
    std::uint64_t held_by = 0; // the generation of the connection that holds
    bool lapsed = false;       // a connection that held has gone, and with it its hold

    // Nothing that the upload sends or finds in place may be swept before somebody can refer to it.
    Awaitable<void> take_hold() {
        if (options.dry_run) co_return;
        while (!hold || held_by != client->channel_->generation()) {
            if (hold) lapsed = true;
            hold = 0;
            held_by = client->channel_->generation();
            protocol::Request request = protocol::Hold{};
            Blob nothing;
            Client::Answer answer = co_await client->ask(job, std::move(request), std::move(nothing));
            if (const auto *held = std::get_if<protocol::Held>(&answer.reply)) hold = held->id;
        }
    }

    // Without a gap in what held it, all that was sent is there. Else it is asked for, under a new hold.
    Awaitable<void> confirm() {
        co_await take_hold();
        while (std::exchange(lapsed, false)) {
            for (const StoredChunk &chunk : receipt.chunks) {
                const bool there = co_await client->chunk_exists(job, chunk.address);
                if (!there)
                    throw Error(Errc::connection_failed,
                                "the connection to " + client->url_ +
                                    " broke during the put, and the vault was swept before it was back; put the same "
                                    "content again: what is there is not sent twice");
            }
            co_await take_hold();
        }
    }

    // The vault lets go by itself when the connection ends; this only does it sooner, so failures do not matter.
    static Awaitable<void> release(std::shared_ptr<net::Channel> channel, std::uint64_t id) {
        const protocol::Request request = protocol::Release{id};
        net::Frame frame{protocol::encode(request), Blob()};
        auto job = std::make_shared<Job>();
        co_await channel->call(std::move(frame), std::move(job));
    }

    ~Upload() {
        if (!hold || *hold == 0 || held_by != client->channel_->generation()) return;
        asio::co_spawn(client->runtime_->loop(), release(client->channel_, *hold), asio::detached);
    }

    static Awaitable<void> send(std::shared_ptr<Upload> self, Address address, Blob bytes) {
        self->job->cancel.check();
        if (self->options.dry_run) co_return;
        const std::uint64_t size = bytes.size();
        const bool is_new =
            co_await self->client->store_chunk(self->job, address, std::move(bytes), self->options.verify);
        if (!is_new) co_return;
        ++self->receipt.new_chunks;
        self->receipt.new_bytes += size;
    }
};

Writer::Writer(std::shared_ptr<Client> client, JobRef job, Encoder::Options options, PutOptions put)
    : client_(std::move(client)), job_(std::move(job)),
      upload_(new Upload{client_, job_, std::move(put), Receipt{}, std::nullopt}),
      encoder_(client_->runtime(), job_, options, [upload = upload_](Address address, Blob bytes) {
          return Upload::send(upload, address, std::move(bytes));
      }) {}

Writer::~Writer() = default;

void Writer::check_usable() const {
    if (failure_) throw *failure_;
    client_->check_open();
    if (closed_) throw Error(Errc::closed, "the writer was closed");
}

Awaitable<void> Writer::write(ByteView data) {
    check_usable();
    try {
        co_await upload_->take_hold();
        co_await encoder_.write(data);
        job_->cancel.check();
    } catch (...) {
        failure_ = current_error();
        throw *failure_;
    }
}

Awaitable<Receipt> Writer::close() {
    check_usable();
    closed_ = true;
    try {
        co_await upload_->take_hold();
        Content content = co_await encoder_.finish();
        Receipt &receipt = upload_->receipt;
        receipt.chunks = encoder_.chunks();
        receipt.size = job_->progress.done;
        receipt.link.size = receipt.size;
        receipt.link.name = upload_->options.name;
        receipt.link.media_type = upload_->options.media_type;
        if (upload_->options.is_private) {
            receipt.link.target = std::move(content);
        } else {
            Blob map(encode(content));
            const Address address = crypto::blake3(map.view());
            receipt.chunks.push_back({address, map.size()});
            receipt.link.target = address;
            co_await Upload::send(upload_, address, std::move(map));
        }
        co_await upload_->confirm();
        co_return std::move(receipt);
    } catch (...) {
        failure_ = current_error();
        throw *failure_;
    }
}

std::shared_ptr<Writer> Client::open_writer(JobRef job, Encoder::Options options, PutOptions put) {
    check_open();
    return std::make_shared<Writer>(shared_from_this(), std::move(job), options, std::move(put));
}

Awaitable<Receipt> Client::put(JobRef job, Bytes data, PutOptions options) {
    Encoder::Options encoding;
    encoding.size = data.size();
    auto writer = open_writer(std::move(job), encoding, std::move(options));
    co_await writer->write(data);
    co_return co_await writer->close();
}

} // namespace safe
