#include "net/native/openssl.hpp"

#include "base/error.hpp"

#include <dlfcn.h>

namespace safe::net {
namespace {

constexpr const char *library_name = "libssl.so.3";

// Its symbols stay its own, and it sees its own: programs have other copies in them, as Node has. A sanitizer wants to see all.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int way = RTLD_NOW | RTLD_LOCAL;
#else
constexpr int way = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

Error missing(const char *what) {
    return {Errc::unsupported, std::string("wss: needs OpenSSL 3, which this machine does not have (") +
                                   (what ? what : library_name) + "); install it (Debian: libssl3), or use ws:"};
}

template <class Function>
void find(void *library, const char *name, Function &function) {
    void *const found = ::dlsym(library, name); // also in libcrypto, which it brings along
    if (!found) throw missing(::dlerror());
    function = reinterpret_cast<Function>(found);
}

} // namespace

// It stays open: it has handlers of its own for the end of the program.
std::shared_ptr<const OpenSsl> OpenSsl::open() {
    void *const library = ::dlopen(library_name, way);
    if (!library) throw missing(::dlerror());
    auto all = std::make_shared<OpenSsl>();
    find(library, "TLS_client_method", all->client_method);
    find(library, "TLS_server_method", all->server_method);
    find(library, "SSL_CTX_new", all->new_context);
    find(library, "SSL_CTX_free", all->free_context);
    find(library, "SSL_CTX_ctrl", all->control_context);
    find(library, "SSL_CTX_set_options", all->set_options);
    find(library, "SSL_CTX_set_num_tickets", all->set_tickets);
    find(library, "SSL_CTX_set_default_verify_paths", all->trust_system);
    find(library, "SSL_CTX_set_verify", all->set_verify);
    find(library, "SSL_CTX_set_default_passwd_cb", all->set_password);
    find(library, "SSL_CTX_use_certificate_chain_file", all->use_certificate);
    find(library, "SSL_CTX_use_PrivateKey_file", all->use_key);
    find(library, "SSL_CTX_check_private_key", all->check_key);
    find(library, "SSL_new", all->new_session);
    find(library, "SSL_free", all->free_session);
    find(library, "SSL_ctrl", all->control);
    find(library, "SSL_set_bio", all->set_bios);
    find(library, "SSL_set_connect_state", all->begin_as_client);
    find(library, "SSL_set_accept_state", all->begin_as_server);
    find(library, "SSL_set1_host", all->set_host);
    find(library, "SSL_get0_param", all->verification);
    find(library, "X509_VERIFY_PARAM_set1_ip_asc", all->set_address);
    find(library, "SSL_do_handshake", all->shake_hands);
    find(library, "SSL_read", all->read);
    find(library, "SSL_write", all->write);
    find(library, "SSL_shutdown", all->say_farewell);
    find(library, "SSL_get_error", all->outcome);
    find(library, "SSL_get_verify_result", all->verified);
    find(library, "BIO_s_mem", all->memory_method);
    find(library, "BIO_new", all->new_bio);
    find(library, "BIO_write", all->put);
    find(library, "BIO_read", all->take);
    find(library, "BIO_ctrl", all->ask);
    find(library, "ERR_get_error", all->next_problem);
    find(library, "ERR_clear_error", all->forget_problems);
    find(library, "ERR_reason_error_string", all->reason);
    find(library, "X509_verify_cert_error_string", all->certificate_problem);
    return all;
}

std::string OpenSsl::problem() const {
    const unsigned long first = next_problem();
    const char *const text = first ? reason(first) : nullptr;
    const std::string said = text ? text : "no reason was given";
    forget_problems();
    return said;
}

} // namespace safe::net
