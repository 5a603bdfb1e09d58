// What sessions of TLS have in common: a side, its certificate, whom it trusts.
#pragma once

#include "net/native/openssl.hpp"
#include "net/native/tls.hpp"

namespace safe::net {

class TlsContext {
  public:
    TlsContext(std::shared_ptr<const OpenSsl> openssl, const OpenSsl::Method *method);
    ~TlsContext() { openssl_->free_context(context_); }
    TlsContext(const TlsContext &) = delete;
    TlsContext &operator=(const TlsContext &) = delete;

    const OpenSsl &openssl() const { return *openssl_; }
    OpenSsl::Context *get() const { return context_; }

  private:
    const std::shared_ptr<const OpenSsl> openssl_;
    OpenSsl::Context *const context_;
};

} // namespace safe::net
