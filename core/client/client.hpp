// The session: everything that a user can ask of a vault. Created, used and destroyed on the loop thread.
#pragma once

#include "client/receipt.hpp"
#include "client/seen_versions.hpp"
#include "data/record.hpp"
#include "net/lasting_channel.hpp"
#include "protocol/messages.hpp"
#include "selfencrypt/decoder.hpp"

#include <memory>
#include <optional>
#include <string>

namespace safe {

class Client;

// A stream of content into the vault. One call at a time.
class Writer {
  public:
    Writer(std::shared_ptr<Client> client, JobRef job, Encoder::Options options, PutOptions put);
    ~Writer();

    std::uint64_t replay_size() const { return encoder_.replay_size(); }
    // Returns when more can be taken. After a failure every call throws the same error.
    Awaitable<void> write(ByteView data);
    Awaitable<Receipt> close();
    // Ends what is under way with CANCELLED; later calls fail.
    void cancel() { job_->cancel.request(); }

  private:
    struct Upload;
    void check_usable() const;

    std::shared_ptr<Client> client_;
    JobRef job_;
    std::shared_ptr<Upload> upload_;
    Encoder encoder_;
    std::optional<Error> failure_;
    bool closed_ = false;
};

// Content opened for reading. Any number of reads at a time.
class Reader {
  public:
    Reader(std::shared_ptr<Client> client, std::shared_ptr<Decoder> decoder)
        : client_(std::move(client)), decoder_(std::move(decoder)) {}

    std::uint64_t size() const { return decoder_->size(); }
    Awaitable<std::size_t> read(JobRef job, std::uint64_t offset, MutableView out);

  private:
    std::shared_ptr<Client> client_;
    std::shared_ptr<Decoder> decoder_;
};

struct RecordPage {
    std::vector<VerifiedRecord> records; // newest first
    std::optional<std::uint64_t> next;   // the `before` of the next page
};

class Client : public std::enable_shared_from_this<Client> {
  public:
    // In one process with its vault.
    Client(RuntimeRef runtime, std::shared_ptr<net::Channel> channel, std::string url)
        : runtime_(std::move(runtime)), channel_(std::move(channel)), url_(std::move(url)) {}
    Client(RuntimeRef runtime, std::shared_ptr<net::LastingChannel> channel, std::string url)
        : runtime_(std::move(runtime)), channel_(channel), lasting_(std::move(channel)), url_(std::move(url)) {}

    const RuntimeRef &runtime() const { return runtime_; }
    const std::string &url() const { return url_; }

    // Later calls fail with CLOSED.
    void close() { closed_ = true; }

    // Whether there is a connection to the vault. Any thread.
    net::Link link() const { return lasting_ ? lasting_->link() : net::Link::up; }
    // Returns when that is another; never for a vault of this process.
    Awaitable<void> until_other_than(JobRef job, net::Link known);
    // How long a call waits for a connection before it fails; nothing to a vault of this process.
    void set_patience(std::chrono::milliseconds patience) {
        if (lasting_) lasting_->set_patience(patience);
    }
    void check_open() const;

    // The job of a writer lives as long as the writer; the writer's calls have none of their own.
    std::shared_ptr<Writer> open_writer(JobRef job, Encoder::Options options, PutOptions put);
    Awaitable<Receipt> put(JobRef job, Bytes data, PutOptions options);

    Awaitable<std::shared_ptr<Reader>> open(JobRef job, Link link);
    Awaitable<std::shared_ptr<Reader>> open_content(JobRef job, Content content);
    Awaitable<Bytes> get(JobRef job, Link link, std::uint64_t limit);

    // Verified bytes of one chunk.
    Awaitable<Blob> chunk_get(JobRef job, Address address);
    Awaitable<Address> chunk_put(JobRef job, Blob bytes);
    Awaitable<bool> chunk_exists(JobRef job, Address address);

    Awaitable<VerifiedRecord> record_create(JobRef job, crypto::SigningKey key, std::string label, Bytes value);
    Awaitable<VerifiedRecord> record_set(JobRef job, crypto::SigningKey key, std::string label, std::uint64_t version,
                                         Bytes value);
    Awaitable<VerifiedRecord> record_get(JobRef job, Address address, std::uint64_t version);
    Awaitable<RecordPage> record_list(JobRef job, Address address, std::uint64_t before, std::uint32_t limit);

  private:
    friend class Writer;

    struct Answer {
        protocol::Reply reply;
        Blob payload;
    };
    // Throws the vault's failures.
    Awaitable<Answer> ask(JobRef job, protocol::Request request, Blob payload);
    Awaitable<bool> put_chunk(JobRef job, Address address, Blob bytes);
    // True if the vault did not have it.
    Awaitable<bool> send_chunk(JobRef job, Address address, Blob bytes);
    Awaitable<bool> store_chunk(JobRef job, Address address, Blob bytes, bool verify);
    Awaitable<VerifiedRecord> store_record(JobRef job, Record record, crypto::SigningKey key);
    Awaitable<VerifiedRecord> check_record(Blob stored, Address address, std::optional<std::uint64_t> version);
    ChunkSource chunk_source();
    Awaitable<Blob> fetch_chunk(Address address, JobRef job);

    RuntimeRef runtime_;
    std::shared_ptr<net::Channel> channel_;
    const std::shared_ptr<net::LastingChannel> lasting_; // the same, or null
    std::string url_;
    SeenVersions seen_;
    bool closed_ = false;
};

} // namespace safe
