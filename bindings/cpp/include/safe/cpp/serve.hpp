// A vault of this process that is served to others.
#pragma once

#include "safe/cpp/future.hpp"
#include "safe/cpp/key.hpp"
#include "safe/serve.h"

#include <chrono>
#include <string>
#include <vector>

namespace safe {
inline namespace v1 {

// Freed with its last owner, it ends all listeners and connections at once; drain() waits for what runs before.
class Vault {
  public:
    Vault() noexcept = default;
    explicit Vault(safe_vault *raw) noexcept : handle_(raw) {}

    // flags: of safe_connect_flag.
    static Future<Vault> open(const std::string &url, std::uint32_t flags = 0) {
        return {safe_vault_open(nullptr, url.c_str(), flags), take};
    }
    // By a key of one's own, which is part of the URLs that clients connect to.
    static Future<Vault> open(const Key &key, const std::string &url, std::uint32_t flags = 0) {
        return {safe_vault_open(key.get(), url.c_str(), flags), take};
    }

    // As it stands behind the # of its URLs.
    std::string key() const {
        const char *key = safe_vault_key(get());
        return key ? key : "";
    }

    // What clients connect to: one for each listener.
    std::vector<std::string> urls() const {
        std::vector<std::string> urls;
        while (const char *url = safe_vault_url(get(), urls.size())) urls.emplace_back(url);
        return urls;
    }

    void set_limit(safe_vault_limit limit, std::uint64_t value) { call(safe_vault_set_limit, get(), limit, value); }
    // For listeners of wss: that follow: files in PEM form.
    void set_certificate(const std::string &certificate_file, const std::string &key_file) {
        call(safe_vault_set_certificate, get(), certificate_file.c_str(), key_file.c_str());
    }

    // "tcp://host:port", port 0: any. There is one more of urls() then.
    Future<void> listen(const std::string &url) {
        return {safe_vault_listen(get(), url.c_str()), v1::detail::take_nothing};
    }
    // Serves one connection over a transport (Port), until it ends.
    Future<void> accept(const std::string &transport_url) {
        return {safe_vault_accept(get(), transport_url.c_str()), v1::detail::take_nothing};
    }
    // As Prometheus reads it.
    Future<Bytes> metrics() { return {safe_vault_metrics(get()), take_bytes}; }
    // Takes nothing new, waits for what runs, and closes all connections.
    Future<void> drain(std::chrono::milliseconds time) {
        return {safe_vault_drain(get(), time.count()), v1::detail::take_nothing};
    }

    // For the C interface.
    safe_vault *get() const noexcept { return handle_.get(); }

  private:
    static Vault take(safe_op *op) { return v1::detail::take_object<Vault, safe_op_take_vault, safe_vault>(op); }
    static Bytes take_bytes(safe_op *op) { return v1::detail::take_object<Bytes, safe_op_take_bytes, safe_bytes>(op); }

    Handle<safe_vault, safe_vault_free> handle_;
};

} // namespace v1
} // namespace safe
