#include "net/native/tls_context.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace safe::net {
namespace {

// OpenSSL says neither which file nor what is wrong with it.
void check_readable(const std::string &file) {
    std::FILE *const opened = std::fopen(file.c_str(), "re");
    const int problem = errno;
    if (!opened)
        throw Error(problem == ENOENT ? Errc::file_not_found : Errc::io,
                    "cannot read " + file + ": " + std::strerror(problem));
    std::fclose(opened);
}

// A vault that begins to serve has nobody who would type one.
int no_password(char *, int, int, void *) { return -1; }

} // namespace

TlsContext::TlsContext(std::shared_ptr<const OpenSsl> openssl, const OpenSsl::Method *method)
    : openssl_(std::move(openssl)), context_(openssl_->new_context(method)) {
    if (!context_) throw Error(Errc::out_of_memory, "OpenSSL: " + openssl_->problem());
    openssl_->control_context(context_, OpenSsl::set_minimum, OpenSsl::tls_1_2, nullptr);
    openssl_->control_context(context_, OpenSsl::set_mode, OpenSsl::release_buffers, nullptr);
    // Nothing of a session is kept for a later one.
    openssl_->control_context(context_, OpenSsl::set_cache, OpenSsl::no_cache, nullptr);
    openssl_->set_options(context_, OpenSsl::no_tickets | OpenSsl::no_renegotiation);
    openssl_->set_tickets(context_, 0);
}

TlsContextRef make_tls_client_context() {
    const auto openssl = OpenSsl::open();
    auto context = std::make_shared<TlsContext>(openssl, openssl->client_method());
    openssl->trust_system(context->get());
    openssl->set_verify(context->get(), OpenSsl::verify_peer, nullptr);
    openssl->forget_problems();
    return context;
}

TlsContextRef make_tls_server_context(const TlsFiles &files) {
    if (files.certificate.empty() || files.key.empty())
        throw Error(Errc::invalid_argument,
                    "wss: needs a certificate and its key; give their files (safe_vault_set_certificate; "
                    "safe vault serve --cert FILE --key-file FILE), or use ws:");
    check_readable(files.certificate);
    check_readable(files.key);
    const auto openssl = OpenSsl::open();
    auto context = std::make_shared<TlsContext>(openssl, openssl->server_method());
    openssl->forget_problems();
    openssl->set_password(context->get(), no_password);
    if (openssl->use_certificate(context->get(), files.certificate.c_str()) != 1)
        throw Error(Errc::invalid_argument,
                    files.certificate + " has no certificate in PEM form that can be used: " + openssl->problem());
    if (openssl->use_key(context->get(), files.key.c_str(), OpenSsl::pem) != 1)
        throw Error(Errc::invalid_argument,
                    files.key + " has no private key, in PEM form and without a password, that is the one of " +
                        files.certificate + ": " + openssl->problem());
    if (openssl->check_key(context->get()) != 1)
        throw Error(Errc::invalid_argument,
                    files.key + " is not the key of the certificate " + files.certificate + ": " + openssl->problem());
    return context;
}

} // namespace safe::net
