// A vault that is served, as its handle sees it: the host lives on the loop.
#pragma once

#include "session.hpp"

#include "encoding/vault_key.hpp"
#include "host/vault_host.hpp"

#include <deque>

namespace safe {

class ServedVault {
  public:
    // `host`: loop_owned.
    ServedVault(ProcessRef process, std::shared_ptr<VaultHost> host)
        : key_(vault_key_text(host->key().public_key())), process_(std::move(process)), host_(std::move(host)) {}

    const std::string &key() const { return key_; }

    void add_url(std::string url) {
        const std::lock_guard lock(mutex_);
        urls_.push_back(std::move(url));
    }
    std::size_t url_count() const {
        const std::lock_guard lock(mutex_);
        return urls_.size();
    }
    // Stays where it is. NULL beyond the last one.
    const char *url(std::uint64_t index) const {
        const std::lock_guard lock(mutex_);
        return index < urls_.size() ? urls_[static_cast<std::size_t>(index)].c_str() : nullptr;
    }

    void set_certificate(net::TlsFiles files) {
        const std::lock_guard lock(mutex_);
        files_ = std::move(files);
    }
    net::TlsFiles certificate() const {
        const std::lock_guard lock(mutex_);
        return files_;
    }

    struct Held {
        ProcessRef process;
        std::shared_ptr<VaultHost> host;
    };
    // Throws CLOSED after close().
    Held hold() const {
        const std::lock_guard lock(mutex_);
        if (!host_) throw Error(Errc::closed, "the vault was freed");
        return {process_, host_};
    }

    // Ends its connections, and lets everything go.
    void close() {
        Held last;
        {
            const std::lock_guard lock(mutex_);
            last = {std::move(process_), std::move(host_)};
        }
        if (last.host) asio::post(last.process->loop(), [host = last.host->shared_from_this()] { host->close(); });
    }

  private:
    const std::string key_;
    mutable std::mutex mutex_;
    std::deque<std::string> urls_;
    net::TlsFiles files_;
    ProcessRef process_;
    std::shared_ptr<VaultHost> host_;
};

} // namespace safe
