// Requests and their answers; what every other part of the client is made of.
#include "client/client.hpp"

#include "encoding/text.hpp"
#include "net/payload_hash.hpp"

namespace safe {

void Client::check_open() const {
    if (closed_) throw Error(Errc::closed, "the client of " + url_ + " was closed");
}

Awaitable<void> Client::until_other_than(JobRef job, net::Link known) {
    check_open();
    if (lasting_) {
        co_await lasting_->until_other_than(known, std::move(job));
        co_return;
    }
    if (known != net::Link::up) co_return;
    const auto never = std::make_shared<Gate>(runtime_->loop());
    const auto hook = job->cancel.on_request([never] { never->open(); });
    co_await never->wait();
    job->cancel.check();
}

Awaitable<Client::Answer> Client::ask(JobRef job, protocol::Request request, Blob payload) {
    check_open();
    net::Frame frame{protocol::encode(request), std::move(payload)};
    net::Frame answer = co_await channel_->call(std::move(frame), std::move(job));
    Answer decoded{protocol::decode_reply(answer.header), std::move(answer.payload)};
    if (const auto *failure = std::get_if<protocol::Failure>(&decoded.reply))
        throw Error(failure->code, failure->message, failure->details);
    co_return decoded;
}

namespace {

// Chunks up to here are sent without the question whether they are there: it would take as long.
constexpr std::size_t sent_unasked = 4 * 1024;

// Whether a vault that takes nothing may have what it was sent.
bool may_be_there(const Error &refusal) {
    switch (refusal.code()) {
    case Errc::access_denied:
    case Errc::vault_refused:
    case Errc::store_full:
    case Errc::store_read_only: return true;
    default: return false;
    }
}

Error wrong_kind() { return {Errc::vault_lied, "the vault's answer is not one to the request"}; }

} // namespace

Awaitable<Blob> Client::chunk_get(JobRef job, Address address) {
    protocol::Request request = protocol::GetChunk{address};
    Blob nothing;
    Answer answer = co_await ask(job, std::move(request), std::move(nothing));
    if (!std::holds_alternative<protocol::Data>(answer.reply)) throw wrong_kind();
    bool sound = answer.payload.size() <= limits::max_stored_chunk;
    if (sound) {
        const Bytes32 hash = co_await net::payload_hash(runtime_, answer.payload);
        sound = hash == address;
    }
    if (!sound)
        throw Error(Errc::chunk_corrupt, "chunk " + to_hex(address) +
                                             " is damaged: its bytes have another hash; putting "
                                             "the same content again mends it");
    co_return std::move(answer.payload);
}

// The decoder verifies what it is given, on a worker; so this does not.
ChunkSource Client::chunk_source() {
    return
        [self = shared_from_this()](Address address, JobRef job) { return self->fetch_chunk(address, std::move(job)); };
}

Awaitable<Blob> Client::fetch_chunk(Address address, JobRef job) {
    protocol::Request request = protocol::GetChunk{address};
    Blob nothing;
    Answer answer = co_await ask(std::move(job), std::move(request), std::move(nothing));
    if (!std::holds_alternative<protocol::Data>(answer.reply)) throw wrong_kind();
    co_return std::move(answer.payload);
}

Awaitable<bool> Client::chunk_exists(JobRef job, Address address) {
    protocol::Request request = protocol::HasChunk{address};
    Blob nothing;
    Answer answer = co_await ask(std::move(job), std::move(request), std::move(nothing));
    const auto *flag = std::get_if<protocol::Flag>(&answer.reply);
    if (!flag) throw wrong_kind();
    co_return flag->value;
}

Awaitable<bool> Client::put_chunk(JobRef job, Address address, Blob bytes) {
    protocol::Request request = protocol::PutChunk{address};
    Answer answer = co_await ask(std::move(job), std::move(request), std::move(bytes));
    const auto *flag = std::get_if<protocol::Flag>(&answer.reply);
    if (!flag) throw wrong_kind();
    co_return flag->value;
}

Awaitable<bool> Client::send_chunk(JobRef job, Address address, Blob bytes) {
    std::optional<Error> refusal;
    if (bytes.size() <= sent_unasked) {
        try {
            const bool is_new = co_await put_chunk(job, address, bytes);
            co_return is_new;
        } catch (const Error &error) {
            if (!may_be_there(error)) throw;
            refusal = error;
        }
    }
    const bool there = co_await chunk_exists(job, address);
    if (there) co_return false;
    if (refusal) throw *refusal;
    co_await put_chunk(job, address, std::move(bytes));
    co_return true;
}

Awaitable<bool> Client::store_chunk(JobRef job, Address address, Blob bytes, bool verify) {
    const bool is_new = co_await send_chunk(job, address, std::move(bytes));
    if (verify) co_await chunk_get(job, address);
    co_return is_new;
}

Awaitable<Address> Client::chunk_put(JobRef job, Blob bytes) {
    if (bytes.size() == 0) throw Error(Errc::invalid_argument, "a chunk cannot be empty");
    if (bytes.size() > limits::max_stored_chunk)
        throw Error(Errc::data_too_large,
                    "a chunk has at most " + std::to_string(limits::max_stored_chunk) + " bytes, not " +
                        std::to_string(bytes.size()) + "; put it as content instead",
                    {{"limit", limits::max_stored_chunk}});
    const Address address = co_await net::payload_hash(runtime_, bytes);
    co_await store_chunk(std::move(job), address, std::move(bytes), false);
    co_return address;
}

} // namespace safe
