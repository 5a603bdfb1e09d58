#include "host/gateway.hpp"

#include "host/native/http_request.hpp"

#include "crypto/hash.hpp"
#include "encoding/text.hpp"
#include "net/deadline.hpp"

#include <algorithm>

namespace safe {
namespace {

// A client that takes longer to say what it wants is not waited for; one that wants nothing more is gone.
constexpr std::chrono::seconds to_ask{10}, between_requests{60};

struct Response {
    unsigned status = 200;
    std::string reason = "OK";
    std::string fields; // with their ends of line
    std::string text;   // a body that is at hand
    std::uint64_t size = 0;
};

std::string field(std::string_view name, std::string_view value) {
    std::string line(name);
    line += ": ";
    line += value;
    return line += "\r\n";
}

Response plain(unsigned status, std::string reason, std::string text, std::string fields = {}) {
    Response response{status, std::move(reason), std::move(fields), std::move(text) + "\n"};
    response.fields += field("Content-Type", "text/plain; charset=utf-8");
    response.size = response.text.size();
    return response;
}

Response refusal(const Error &error) {
    const std::string said = error.message() + " (" + std::string(name_of(error.code())) + ")";
    switch (error.code()) {
    case Errc::bad_link:
    case Errc::bad_message: return plain(400, "Bad Request", said);
    case Errc::no_such_data: return plain(404, "Not Found", said);
    case Errc::data_too_large: return plain(431, "Request Header Fields Too Large", said);
    case Errc::busy: return plain(503, "Service Unavailable", said, field("Retry-After", "1"));
    case Errc::timeout: return plain(504, "Gateway Timeout", said);
    case Errc::chunk_corrupt:
    case Errc::bad_data_map:
    case Errc::vault_lied: return plain(502, "Bad Gateway", said);
    default: return plain(500, "Internal Server Error", said);
    }
}

// RFC 8187, section 3.2.
std::string in_a_field(std::string_view name) {
    std::string coded;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                           c == '-' || c == '_';
        const auto byte = static_cast<Byte>(c);
        coded += plain ? std::string(1, c) : "%" + to_hex(ByteView(&byte, 1));
    }
    return coded;
}

// What a page gets from here has no rights and does not become another type: whoever put it in decides what it is.
std::string fields_of(const Link &link, const std::string &tag) {
    const bool good_type = !link.media_type.empty() && std::all_of(link.media_type.begin(), link.media_type.end(),
                                                                   [](char c) { return c >= ' ' && c <= '~'; });
    std::string fields = field("Content-Type", good_type ? link.media_type : "application/octet-stream");
    fields += field("X-Content-Type-Options", "nosniff");
    fields += field("Content-Security-Policy", "sandbox; default-src 'none'");
    fields += field("Accept-Ranges", "bytes");
    fields += field("ETag", tag);
    fields +=
        field("Cache-Control", std::string(link.is_private() ? "private" : "public") + ", max-age=31536000, immutable");
    if (!link.name.empty()) fields += field("Content-Disposition", "inline; filename*=UTF-8''" + in_a_field(link.name));
    return fields;
}

// Content never changes under its link. That of a private one is not told by the tag.
std::string tag_of(const Link &link) {
    if (const auto *address = std::get_if<Address>(&link.target)) return "\"" + to_hex(*address) + "\"";
    const std::string text = to_text(link);
    return "\"" + to_hex(crypto::blake3(ByteView(reinterpret_cast<const Byte *>(text.data()), text.size()))) + "\"";
}

class Gateway {
  public:
    Gateway(RuntimeRef runtime, JobRef job, std::shared_ptr<net::Stream> stream, GatewayPages pages)
        : runtime_(std::move(runtime)), job_(std::move(job)), stream_(std::move(stream)), pages_(std::move(pages)) {}

    static Awaitable<void> run(std::shared_ptr<Gateway> self) {
        for (;;) {
            std::optional<Error> bad;
            std::optional<HttpRequest> request;
            try {
                request = co_await ask(self);
            } catch (...) {
                bad = current_error();
                if (bad->code() != Errc::bad_message && bad->code() != Errc::data_too_large) throw;
            }
            if (bad) {
                Response response = refusal(*bad);
                co_await say(self, std::move(response), true, false);
                co_return;
            }
            if (!request) co_return;
            const bool last = !request->keep_alive || self->pages_.is_ending();
            co_await answer(self, std::move(*request), last);
            if (last) co_return;
        }
    }

  private:
    // None: the client has closed between requests.
    static Awaitable<std::optional<HttpRequest>> ask(std::shared_ptr<Gateway> self) {
        std::optional<net::Deadline> deadline;
        bool hurries = false;
        for (;;) {
            if (auto request = self->requests_.next()) co_return request;
            const bool begun = !self->requests_.between_requests() || !self->asked_;
            if (!deadline || begun != hurries)
                deadline.emplace(self->runtime_, self->job_, self->stream_, begun ? to_ask : between_requests);
            hurries = begun;
            const Blob piece = co_await self->stream_->receive();
            if (piece.size() == 0 && self->requests_.between_requests()) co_return std::nullopt;
            if (piece.size() == 0) throw Error(Errc::connection_failed, "the client ended in the middle of a request");
            self->requests_.feed({reinterpret_cast<const char *>(piece.view().data()), piece.size()});
        }
    }

    static Awaitable<void> answer(std::shared_ptr<Gateway> self, HttpRequest request, bool last) {
        self->asked_ = true;
        const bool head = request.method == HttpRequest::Method::head;
        std::optional<Response> response;
        std::shared_ptr<Reader> reader;
        ByteRange range;
        std::shared_ptr<void> entered;
        try {
            response = self->at_once(request);
            if (!response) entered = self->pages_.enter();
            if (!response && request.target == "/metrics") {
                response = plain(200, "OK", "");
                response->text = co_await self->pages_.metrics();
                response->fields = field("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                response->size = response->text.size();
            }
            if (!response) {
                Link link = link_of_target(request.target);
                const std::string tag = tag_of(link), fields = fields_of(link, tag);
                reader = co_await self->pages_.client->open(self->job_, std::move(link));
                response = content(request, tag, fields, reader->size(), range);
            }
        } catch (...) {
            const Error error = current_error();
            if (error.code() == Errc::cancelled || error.code() == Errc::closed) throw;
            response = refusal(error);
            range.size = 0;
        }
        co_await say(self, std::move(*response), last, head);
        if (!head) co_await send(self, std::move(reader), range);
    }

    // What needs nothing of the vault.
    std::optional<Response> at_once(const HttpRequest &request) const {
        if (!pages_.hosts.empty() &&
            std::find(pages_.hosts.begin(), pages_.hosts.end(), request.host) == pages_.hosts.end())
            return plain(421, "Misdirected Request",
                         "this gateway is of this machine alone: ask for it by its address");
        if (request.method == HttpRequest::Method::other)
            return plain(405, "Method Not Allowed", "this gateway is for reading: GET and HEAD",
                         field("Allow", "GET, HEAD"));
        if (request.target == "/")
            return plain(
                200, "OK",
                "A vault of the SAFE Network, for reading. GET /<link> gives its content, with ranges; a link is "
                "safe:public-... or safe:private-..., or 64 hexadecimal digits of an address. GET /metrics is for "
                "Prometheus.");
        return std::nullopt;
    }

    static Response content(const HttpRequest &request, const std::string &tag, const std::string &fields,
                            std::uint64_t size, ByteRange &range) {
        if (request.if_none_match == "*" || request.if_none_match.find(tag) != std::string::npos)
            return {304, "Not Modified", fields};
        const bool same = request.if_range.empty() || request.if_range == tag;
        const auto part = same ? range_of(request.range, size) : std::nullopt;
        if (!part) {
            range = {0, size};
            return {200, "OK", fields, "", size};
        }
        if (part->size == 0)
            return plain(416, "Range Not Satisfiable", "the content has " + std::to_string(size) + " bytes",
                         field("Content-Range", "bytes */" + std::to_string(size)));
        range = *part;
        const std::string place = "bytes " + std::to_string(range.first) + "-" +
                                  std::to_string(range.first + range.size - 1) + "/" + std::to_string(size);
        return {206, "Partial Content", fields + field("Content-Range", place), "", range.size};
    }

    static Awaitable<void> say(std::shared_ptr<Gateway> self, Response response, bool last, bool head) {
        std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " + response.reason + "\r\n";
        text += response.fields;
        if (response.status != 304) text += field("Content-Length", std::to_string(response.size));
        text += field("Connection", last ? "close" : "keep-alive");
        text += "\r\n";
        if (!head) text += response.text;
        while (!text.empty()) {
            const std::size_t size = std::min(text.size(), net::Stream::max_piece);
            Blob piece(Bytes(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size)));
            text.erase(0, size);
            co_await self->stream_->send(std::move(piece));
        }
    }

    // What fails from here on ends the connection before so many bytes as were announced, which the client notices.
    static Awaitable<void> send(std::shared_ptr<Gateway> self, std::shared_ptr<Reader> reader, ByteRange range) {
        while (range.size > 0) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(range.size, net::Stream::max_piece));
            Buffer buffer(self->runtime_->buffers(), size);
            const MutableView view(buffer.data(), size);
            const std::size_t count = co_await reader->read(self->job_, range.first, view);
            if (count == 0) throw Error(Errc::bad_data_map, "content is shorter than its size");
            buffer.resize(count);
            Blob piece(std::move(buffer));
            co_await self->stream_->send(std::move(piece));
            range.first += count;
            range.size -= count;
        }
    }

    const RuntimeRef runtime_;
    const JobRef job_;
    const std::shared_ptr<net::Stream> stream_;
    const GatewayPages pages_;
    HttpRequests requests_;
    bool asked_ = false;
};

} // namespace

Awaitable<void> serve_gateway(RuntimeRef runtime, JobRef job, std::shared_ptr<net::Stream> stream, GatewayPages pages) {
    const auto hook = job->cancel.on_request([stream] { stream->close(); });
    const std::shared_ptr<void> closing(nullptr, [stream](void *) { stream->close(); });
    const auto gateway =
        std::make_shared<Gateway>(std::move(runtime), std::move(job), std::move(stream), std::move(pages));
    co_await Gateway::run(gateway);
}

} // namespace safe
