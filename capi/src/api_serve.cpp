#include "safe/serve.h"

#include "entry.hpp"
#include "objects.hpp"
#include "served_vault.hpp"
#include "shared_process.hpp"
#include "start.hpp"

#include "safe/client.h"

using namespace safe;

namespace {

Awaitable<Outcome> open_served(ProcessRef process, JobRef job, std::string url, std::optional<crypto::SigningKey> key,
                               bool create) {
    auto host = co_await VaultHost::open(process, std::move(job), std::move(url), std::move(key), create);
    auto owned = loop_owned(process, std::move(host));
    co_return Outcome::of<safe_vault>(std::make_shared<ServedVault>(std::move(process), std::move(owned)));
}

Awaitable<Outcome> accept_one(ProcessRef process, JobRef job, std::shared_ptr<VaultHost> host, std::string url) {
    co_await VaultHost::accept(std::move(host), std::move(process), std::move(job), std::move(url));
    co_return Outcome();
}

Awaitable<Outcome> listen(std::shared_ptr<ServedVault> vault, ServedVault::Held held, JobRef job, std::string url) {
    net::TlsFiles files = vault->certificate();
    std::string reached = co_await VaultHost::listen(std::move(held.host), std::move(held.process), std::move(job),
                                                     std::move(url), std::move(files));
    vault->add_url(std::move(reached));
    co_return Outcome();
}

Awaitable<Outcome> tell(std::shared_ptr<VaultHost> host) {
    std::string text = co_await host->metrics();
    co_return Outcome::of<safe_bytes>(bytes_object(Bytes(text.begin(), text.end())));
}

Awaitable<Outcome> drain(std::shared_ptr<VaultHost> host, std::chrono::milliseconds time) {
    co_await VaultHost::drain(std::move(host), time);
    co_return Outcome();
}

struct Limit {
    std::uint64_t VaultLimits::*field;
    bool may_be_zero;
};

Limit limit_of(const Call &call, std::int32_t limit) {
    switch (limit) {
    case SAFE_VAULT_LIMIT_CONNECTIONS: return {&VaultLimits::connections, false};
    case SAFE_VAULT_LIMIT_HANDSHAKES: return {&VaultLimits::handshakes, false};
    case SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT: return {&VaultLimits::bytes_in_flight, false};
    case SAFE_VAULT_LIMIT_REQUEST_SIZE: return {&VaultLimits::request_size, false};
    case SAFE_VAULT_LIMIT_IDLE_MS: return {&VaultLimits::idle_ms, true};
    case SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND: return {&VaultLimits::requests_per_second, true};
    case SAFE_VAULT_LIMIT_BYTES_PER_SECOND: return {&VaultLimits::bytes_per_second, true};
    case SAFE_VAULT_LIMIT_QUOTA: return {&VaultLimits::quota, true};
    default: call.refuse("limit", "is " + std::to_string(limit) + ", which is no limit of this version");
    }
}

} // namespace

safe_op *safe_vault_open(const safe_key *key, const char *url, uint32_t flags) {
    return start(__func__, [&](Call call) {
        std::string text = call.text(url, "url");
        std::optional<crypto::SigningKey> own;
        if (key) own = call.object(key, "key")->key;
        call.flags(flags, SAFE_CONNECT_NO_CREATE, "flags");
        ProcessRef process = shared_process();
        return start_op(process, [process, url = std::move(text), own = std::move(own),
                                  create = !(flags & SAFE_CONNECT_NO_CREATE)](JobRef job) mutable {
            return open_served(std::move(process), std::move(job), std::move(url), std::move(own), create);
        });
    });
}

safe_status safe_vault_set_limit(safe_vault *vault, int32_t limit, uint64_t value, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto held = call.object(vault, "vault")->hold();
        const Limit wanted = limit_of(call, limit);
        if (value == 0 && !wanted.may_be_zero) call.refuse("value", "is 0; this limit needs room for something");
        asio::post(held.process->loop(),
                   [host = held.host, field = wanted.field, value] { host->set_limit(field, value); });
    });
}

const char *safe_vault_key(const safe_vault *vault) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(vault, "vault")->key().c_str(); });
}

safe_op *safe_vault_listen(safe_vault *vault, const char *url) {
    return start(__func__, [&](Call call) {
        auto object = call.object(vault, "vault");
        auto held = object->hold();
        std::string text = call.text(url, "url");
        ProcessRef process = held.process;
        return start_op(std::move(process), [object, held, url = std::move(text)](JobRef job) mutable {
            return listen(std::move(object), std::move(held), std::move(job), std::move(url));
        });
    });
}

safe_status safe_vault_set_certificate(safe_vault *vault, const char *certificate_file, const char *key_file,
                                       safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(vault, "vault");
        std::string certificate = call.text(certificate_file, "certificate_file");
        object->set_certificate({std::move(certificate), call.text(key_file, "key_file")});
    });
}

uint64_t safe_vault_url_count(const safe_vault *vault) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return uint64_t{call.object(vault, "vault")->url_count()}; });
}

const char *safe_vault_url(const safe_vault *vault, uint64_t index) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(vault, "vault")->url(index); });
}

safe_op *safe_vault_accept(safe_vault *vault, const char *transport_url) {
    return start(__func__, [&](Call call) {
        auto held = call.object(vault, "vault")->hold();
        std::string url = call.text(transport_url, "transport_url");
        return start_op(held.process, [held, url = std::move(url)](JobRef job) mutable {
            return accept_one(std::move(held.process), std::move(job), std::move(held.host), std::move(url));
        });
    });
}

safe_op *safe_vault_metrics(safe_vault *vault) {
    return start(__func__, [&](Call call) {
        auto held = call.object(vault, "vault")->hold();
        return start_op(held.process, [host = held.host](JobRef) mutable { return tell(std::move(host)); });
    });
}

safe_op *safe_vault_drain(safe_vault *vault, int64_t timeout_ms) {
    return start(__func__, [&](Call call) {
        auto held = call.object(vault, "vault")->hold();
        constexpr std::int64_t day = 24 * 3600 * 1000;
        if (timeout_ms < 0 || timeout_ms > day)
            call.refuse("timeout_ms", "is " + std::to_string(timeout_ms) + "; it is from 0 to " + std::to_string(day));
        return start_op(held.process, [host = held.host, timeout_ms](JobRef) mutable {
            return drain(std::move(host), std::chrono::milliseconds(timeout_ms));
        });
    });
}

void safe_vault_free(safe_vault *vault) {
    if (const auto object = release(vault)) object->close();
}
