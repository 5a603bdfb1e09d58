#include "bench/stages.hpp"

#include "bench/clock.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "selfencrypt/brotli.hpp"
#include "selfencrypt/layout.hpp"
#include "selfencrypt/pad.hpp"

#include <algorithm>
#include <cstdlib>

namespace safe::bench {
namespace {

template <class Work>
double busy(Work work) {
    const double began = safe_bench_now();
    work();
    return safe_bench_now() - began;
}

} // namespace

Stages stages_of(const BufferPoolRef &pool, ByteView data, Count copied) {
    constexpr std::size_t most = 24;
    Stages out;
    const Layout layout = layout_of(data.size());
    const std::uint64_t step = std::max<std::uint64_t>(1, layout.count / most);
    const Bytes32 key{}, pad_bytes{};
    const Pad<32> pad(pad_bytes);
    const auto count = [copied] { return copied ? copied() : 0; };
    for (std::uint64_t i = 0; i < layout.count; i += step) {
        const ByteView plain = data.subspan(layout.start_of(i), layout.size_of(i));
        Buffer bytes(pool, brotli::bound(plain.size()) + crypto::tag_size);
        bytes.append(plain);
        const std::uint64_t before = count();
        const ByteView nonce = ByteView(key).first(crypto::chacha_nonce_size);
        out.encrypt["hash"] += busy([&] { crypto::blake3(plain); });
        out.encrypt["brotli"] += busy([&] { brotli::compress(pool, bytes); });
        bytes.resize(bytes.size() + crypto::tag_size);
        out.encrypt["cipher"] += busy([&] { crypto::chacha_seal(bytes.view(), key, nonce); });
        out.encrypt["xor"] += busy([&] { pad.apply(bytes.view(), bytes.data(), 0); });
        out.encrypt["hash of output"] += busy([&] { crypto::blake3(bytes.view()); });
        const std::uint64_t between = count();
        Buffer back(pool, plain.size()), sealed(pool, bytes.size());
        back.resize(plain.size());
        sealed.resize(bytes.size());
        out.decrypt["hash of chunk"] += busy([&] { crypto::blake3(bytes.view()); });
        out.decrypt["xor"] += busy([&] { pad.apply(bytes.view(), sealed.data(), 0); });
        out.decrypt["cipher"] += busy([&] {
            if (!crypto::chacha_open(sealed.view(), key, nonce)) std::abort();
        });
        out.decrypt["brotli"] +=
            busy([&] { brotli::expand(pool, sealed.view().first(sealed.size() - crypto::tag_size), back.view()); });
        out.decrypt["hash of content"] += busy([&] { crypto::blake3(back.view()); });
        out.bytes += plain.size();
        out.encrypt_copied += between - before;
        out.decrypt_copied += count() - between;
    }
    return out;
}

std::string json(const Seconds &stages) {
    std::string text;
    for (const auto &[name, seconds] : stages)
        text += (text.empty() ? "\"" : ", \"") + name + "\": " + std::to_string(seconds);
    return "{" + text + "}";
}

} // namespace safe::bench
