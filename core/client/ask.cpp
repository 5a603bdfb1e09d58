// Requests and their answers; what every other part of the client is made of.
#include "client/client.hpp"

#include "crypto/hash.hpp"
#include "encoding/text.hpp"

namespace safe {

void Client::check_open() const {
    if (closed_) throw Error(Errc::closed, "the client of " + url_ + " was closed");
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

Error wrong_kind() { return {Errc::vault_lied, "the vault's answer is not one to the request"}; }

} // namespace

Awaitable<Blob> Client::chunk_get(JobRef job, Address address) {
    protocol::Request request = protocol::GetChunk{address};
    Blob nothing;
    Answer answer = co_await ask(job, std::move(request), std::move(nothing));
    if (!std::holds_alternative<protocol::Data>(answer.reply)) throw wrong_kind();
    if (answer.payload.size() > limits::max_stored_chunk || crypto::blake3(answer.payload.view()) != address)
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

Awaitable<bool> Client::store_chunk(JobRef job, Address address, Blob bytes, bool verify) {
    const bool there = co_await chunk_exists(job, address);
    if (!there) {
        protocol::Request request = protocol::PutChunk{address};
        Blob payload = bytes;
        Answer answer = co_await ask(job, std::move(request), std::move(payload));
        if (!std::holds_alternative<protocol::Flag>(answer.reply)) throw wrong_kind();
    }
    if (verify) co_await chunk_get(job, address);
    co_return !there;
}

Awaitable<Address> Client::chunk_put(JobRef job, Blob bytes) {
    if (bytes.size() == 0) throw Error(Errc::invalid_argument, "a chunk cannot be empty");
    if (bytes.size() > limits::max_stored_chunk)
        throw Error(Errc::data_too_large,
                    "a chunk has at most " + std::to_string(limits::max_stored_chunk) + " bytes, not " +
                        std::to_string(bytes.size()) + "; put it as content instead",
                    {{"limit", limits::max_stored_chunk}});
    const Address address = crypto::blake3(bytes.view());
    co_await store_chunk(std::move(job), address, std::move(bytes), false);
    co_return address;
}

} // namespace safe
