// URLs of vaults: to connect to, and to listen at.
#include "host/connect.hpp"
#include "host/listen_url.hpp"

#include "encoding/vault_key.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace safe;

void expect_refusal(const Error &error) {
    const Errc code = error.code();
    fuzz::expect(code == Errc::bad_url || code == Errc::url_is_content || code == Errc::unsupported ||
                     code == Errc::access_denied,
                 "a refusal says that the URL is wrong");
}

void connect_to(std::string_view text) {
    for (const ConnectionUrl &url : parse_connection_urls(text, nullptr)) {
        if (url.scheme != ConnectionUrl::Scheme::network) continue;
        fuzz::expect(url.key.has_value(), "who is connected to over a network has a key");
        const std::string again = url.endpoint.text() + "#" + vault_key_text(*url.key);
        const auto same = parse_connection_url(again, nullptr);
        fuzz::expect(same.endpoint.text() == url.endpoint.text() && same.key == url.key,
                     "a URL that is written again is the same");
    }
}

void listen_at(const std::string &text) {
    const ListenUrl url = parse_listen_url(text);
    fuzz::expect(!url.endpoint.host.empty(), "one listens somewhere");
    fuzz::expect(url.door == ListenUrl::Door::gateway || !url.here_only, "sessions are for everybody");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string text(reinterpret_cast<const char *>(data), size);
    try {
        connect_to(text);
    } catch (const Error &error) {
        expect_refusal(error);
    }
    try {
        listen_at(text);
    } catch (const Error &error) {
        expect_refusal(error);
    }
    return 0;
}
