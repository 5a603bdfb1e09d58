#include "net/secure.hpp"

#include "base/error.hpp"
#include "crypto/blake2b.hpp"
#include "crypto/exchange.hpp"
#include "encoding/msgpack.hpp"
#include "encoding/text.hpp"
#include "net/deadline.hpp"

#include <algorithm>
#include <string>

namespace safe::net {
namespace {

// All messages of the handshake have a fixed size, filled up with zeros: nothing is made room for, nothing tells who is
// anonymous, and what was altered on the way is seen at once.
constexpr std::size_t hello_size = 64, answer_size = 64, signature_size = 64, proof_size = 256;
constexpr std::size_t header_size = std::tuple_size_v<crypto::SealHeader>;
constexpr std::uint64_t session_version = 1;
constexpr std::size_t most_versions = 8, most_reason = 200;
constexpr Byte first_byte = 0x92; // an array of two: as all of them begin

constexpr std::string_view domain = "safe-session-1";
constexpr std::string_view server_domain = "safe-session-1 server", client_domain = "safe-session-1 client";
constexpr std::string_view to_server_label = "client to server", to_client_label = "server to client";

using Transcript = std::array<Byte, 64>;

Error not_a_vault(const char *what) {
    return {Errc::bad_message, std::string("what is on the other side speaks another protocol: ") + what};
}

Error not_genuine() {
    return {Errc::bad_signature, "whoever answers does not have the vault key of the URL (what stands after #): it is "
                                 "another vault, or somebody is in between; nothing was sent"};
}

Error other_client() {
    return {Errc::bad_signature, "the client's part of the handshake is not its own, or was altered on the way"};
}

Bytes filled_up(Bytes bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
}

Transcript transcript_of(ByteView so_far, const crypto::PublicKey &vault) {
    Transcript out;
    crypto::Blake2b hash(out.size());
    hash.update(view_of(domain)).update(so_far).update(vault).digest(out);
    return out;
}

Bytes to_sign(std::string_view who, const Transcript &transcript) {
    Bytes out(who.begin(), who.end());
    out.insert(out.end(), transcript.begin(), transcript.end());
    return out;
}

// The key of one direction.
void mix(const crypto::Secret &shared, const Transcript &transcript, std::string_view label, crypto::Secret &key) {
    crypto::Blake2b hash(key.view().size(), shared.view());
    hash.update(transcript).update(view_of(label)).digest(key.room());
}

crypto::SealHeader new_header(Runtime &runtime) {
    crypto::SealHeader header;
    runtime.random().fill(header);
    return header;
}

// What both sides do: the stream, what was said on it so far, and what comes.
struct Talk {
    Talk(RuntimeRef runtime_, std::shared_ptr<Stream> stream_)
        : runtime(std::move(runtime_)), stream(std::move(stream_)), source(stream) {}

    RuntimeRef runtime;
    std::shared_ptr<Stream> stream;
    ByteSource source;
    Bytes said;
    crypto::Secret outgoing, incoming; // keys
    std::unique_ptr<crypto::Sealer> sealer;
    std::unique_ptr<crypto::Opener> opener;

    void note(ByteView bytes) { said.insert(said.end(), bytes.begin(), bytes.end()); }

    // A message that begins as they all do; if not, nobody waits for the rest of it.
    Awaitable<Bytes> message(std::size_t size) {
        Bytes first = co_await source.exactly(1);
        if (first[0] != first_byte) throw not_a_vault("its first byte is not one of a secure session");
        Bytes rest = co_await source.exactly(size - 1);
        first.insert(first.end(), rest.begin(), rest.end());
        co_return first;
    }

    // The header of our direction and the first sealed record.
    Blob proof(Bytes plain) {
        const crypto::SealHeader header = new_header(*runtime);
        sealer = std::make_unique<crypto::Sealer>(outgoing.view(), header);
        const Blob record = sealed_record(*sealer, filled_up(std::move(plain), proof_size), crypto::SealTag::message);
        Bytes out(header.begin(), header.end());
        out.insert(out.end(), record.view().begin(), record.view().end());
        return Blob(std::move(out));
    }

    // The other side's; nothing if it was not sealed with the key, or is no such thing.
    Awaitable<std::optional<Bytes>> proof_of_other() {
        const Bytes start = co_await source.exactly(header_size);
        crypto::SealHeader header;
        std::copy_n(start.begin(), header.size(), header.begin());
        opener = std::make_unique<crypto::Opener>(incoming.view(), header);
        const Bytes record = co_await source.exactly(record_head_size + proof_size + crypto::seal_overhead);
        if (sealed_size(record) != proof_size + crypto::seal_overhead) co_return std::nullopt;
        Bytes plain(proof_size);
        const auto tag = opener->open(ByteView(record).subspan(record_head_size), plain);
        if (tag != crypto::SealTag::message) co_return std::nullopt;
        co_return std::move(plain);
    }

    std::shared_ptr<Stream> sealed(const SecureLimits &limits) {
        return std::make_shared<SealedStream>(runtime, stream, std::move(sealer), std::move(opener), std::move(source),
                                              limits.records);
    }
};
using TalkRef = std::shared_ptr<Talk>;

Bytes encode_hello(const Bytes32 &key) {
    return msgpack::Writer().array(2).array(1).uint(session_version).bin(key).take();
}

// The client's key, if this version is among those that it offers.
Bytes32 decode_hello(ByteView bytes) {
    msgpack::Reader reader(bytes, "the client's hello");
    reader.array_of(2);
    bool known = false;
    for (std::size_t left = reader.array(most_versions); left > 0; --left)
        known = reader.uint() == session_version || known;
    if (!known) throw not_a_vault("the client offers no version of secure sessions that this vault knows");
    return reader.fixed<32>();
}

Bytes encode_answer(const Bytes32 &key) { return msgpack::Writer().array(2).uint(session_version).bin(key).take(); }

Bytes32 decode_answer(ByteView bytes) {
    msgpack::Reader reader(bytes, "the vault's answer", Errc::bad_signature);
    reader.array_of(2);
    if (reader.uint() != session_version) throw not_genuine();
    return reader.fixed<32>();
}

Bytes encode_identity(const std::optional<crypto::SigningKey> &me, const Transcript &transcript) {
    msgpack::Writer out;
    out.array(2);
    if (!me) return out.nil().nil().take();
    return out.bin(me->public_key()).bin(me->sign(to_sign(client_domain, transcript))).take();
}

Peer decode_identity(ByteView bytes, const Transcript &transcript) {
    msgpack::Reader reader(bytes, "the client's identity");
    reader.array_of(2);
    if (reader.is_nil()) {
        reader.nil();
        reader.nil();
        return {};
    }
    const auto key = reader.fixed<32>();
    const auto signature = reader.fixed<64>();
    if (!crypto::verify(key, to_sign(client_domain, transcript), signature)) throw other_client();
    return {key};
}

Bytes encode_verdict(const std::optional<Error> &refusal) {
    msgpack::Writer out;
    out.array(2);
    if (!refusal) return out.uint(0).str("").take();
    std::string reason = refusal->message();
    while (reason.size() > most_reason || !is_utf8(reason)) reason.pop_back();
    return out.uint(static_cast<std::uint64_t>(-static_cast<std::int64_t>(refusal->code()))).str(reason).take();
}

void check_verdict(ByteView bytes) {
    msgpack::Reader reader(bytes, "the vault's verdict");
    reader.array_of(2);
    const std::uint64_t number = reader.uint(INT32_MAX);
    const std::string reason(reader.str(most_reason));
    if (number == 0) return;
    const Errc code = static_cast<Errc>(-static_cast<std::int32_t>(number));
    throw Error(name_of(code) == "UNKNOWN" ? Errc::vault_refused : code, reason);
}

Awaitable<std::shared_ptr<Stream>> greet(TalkRef talk, crypto::PublicKey vault, std::optional<crypto::SigningKey> me,
                                         SecureLimits limits) {
    Transcript proven; // the whole exchange, the vault's signature included
    {
        const crypto::ExchangeKey mine(talk->runtime->random());
        Bytes hello = filled_up(encode_hello(mine.public_key()), hello_size);
        talk->note(hello);
        Blob said(std::move(hello));
        co_await talk->stream->send(std::move(said));

        const Bytes answer = co_await talk->message(answer_size);
        talk->note(answer);
        const Transcript transcript = transcript_of(talk->said, vault);
        const Bytes proof = co_await talk->source.exactly(signature_size);
        talk->note(proof);
        proven = transcript_of(talk->said, vault);
        crypto::Signature signature;
        std::copy_n(proof.begin(), signature.size(), signature.begin());
        const Bytes32 theirs = decode_answer(answer);
        if (!crypto::verify(vault, to_sign(server_domain, transcript), signature)) throw not_genuine();
        crypto::Secret to_server, to_client;
        if (!mine.as_client(theirs, to_server, to_client)) throw not_genuine();
        mix(to_server, transcript, to_server_label, talk->outgoing);
        mix(to_client, transcript, to_client_label, talk->incoming);
    }
    Blob identity = talk->proof(encode_identity(me, proven));
    co_await talk->stream->send(std::move(identity));
    const std::optional<Bytes> verdict = co_await talk->proof_of_other();
    if (!verdict) throw not_genuine();
    check_verdict(*verdict);
    co_return talk->sealed(limits);
}

Awaitable<Secured> welcome(TalkRef talk, crypto::SigningKey vault, Admit admit, SecureLimits limits) {
    Transcript proven;
    {
        const Bytes hello = co_await talk->message(hello_size);
        talk->note(hello);
        const Bytes32 theirs = decode_hello(hello);
        const crypto::ExchangeKey mine(talk->runtime->random());
        Bytes answer = filled_up(encode_answer(mine.public_key()), answer_size);
        talk->note(answer);
        const Transcript transcript = transcript_of(talk->said, vault.public_key());
        crypto::Secret to_server, to_client;
        if (!mine.as_server(theirs, to_server, to_client)) throw other_client();
        mix(to_server, transcript, to_server_label, talk->incoming);
        mix(to_client, transcript, to_client_label, talk->outgoing);
        const crypto::Signature signature = vault.sign(to_sign(server_domain, transcript));
        talk->note(signature);
        proven = transcript_of(talk->said, vault.public_key());
        answer.insert(answer.end(), signature.begin(), signature.end());
        Blob said(std::move(answer));
        co_await talk->stream->send(std::move(said));
    }
    const std::optional<Bytes> identity = co_await talk->proof_of_other();
    if (!identity) throw other_client();
    Secured secured;
    std::optional<Error> refusal;
    try {
        secured.peer = decode_identity(*identity, proven);
        if (admit) refusal = admit(secured.peer);
    } catch (...) {
        refusal = current_error();
    }
    Blob verdict = talk->proof(encode_verdict(refusal));
    co_await talk->stream->send(std::move(verdict));
    if (refusal) throw *refusal;
    secured.stream = talk->sealed(limits);
    co_return secured;
}

const char *const too_slow =
    "no secure session came about in the time given for it: the other side is too slow, or not "
    "what it is taken for";

} // namespace

Awaitable<std::shared_ptr<Stream>> secure_client(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                                 crypto::PublicKey vault, std::optional<crypto::SigningKey> me,
                                                 SecureLimits limits) {
    std::optional<Error> failure;
    {
        const Deadline deadline(runtime, job, stream, limits.client_handshake);
        try {
            job->cancel.check();
            Awaitable<std::shared_ptr<Stream>> talking =
                greet(std::make_shared<Talk>(runtime, stream), vault, std::move(me), limits);
            auto sealed = co_await std::move(talking);
            if (!deadline.passed()) co_return sealed;
            failure = Error(Errc::timeout, too_slow);
        } catch (...) {
            failure = deadline.reason(current_error(), too_slow);
        }
    }
    stream->close();
    throw *failure;
}

Awaitable<Secured> secure_server(RuntimeRef runtime, JobRef job, std::shared_ptr<Stream> stream,
                                 crypto::SigningKey vault, Admit admit, SecureLimits limits) {
    std::optional<Error> failure;
    {
        const Deadline deadline(runtime, job, stream, limits.server_handshake);
        try {
            job->cancel.check();
            Awaitable<Secured> talking =
                welcome(std::make_shared<Talk>(runtime, stream), std::move(vault), std::move(admit), limits);
            Secured secured = co_await std::move(talking);
            if (!deadline.passed()) co_return secured;
            failure = Error(Errc::timeout, too_slow);
        } catch (...) {
            failure = deadline.reason(current_error(), too_slow);
        }
    }
    stream->close();
    throw *failure;
}

} // namespace safe::net
