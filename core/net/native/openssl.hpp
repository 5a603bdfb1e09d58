// OpenSSL's functions, from the system's shared library, which is opened when TLS is first wanted (DETAILS D6): who has no
// wss: needs no OpenSSL. Types and numbers are those of its version 3, whose headers are not needed either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace safe::net {

struct OpenSsl {
    // Of OpenSSL, never looked into.
    struct Context;
    struct Session;
    struct Bio;
    struct Method;
    struct Verification;

    using Password = int (*)(char *buffer, int size, int writing, void *data);

    static constexpr int pem = 1;                                                      // SSL_FILETYPE_PEM
    static constexpr int verify_peer = 1;                                              // SSL_VERIFY_PEER
    static constexpr int set_minimum = 123;                                            // SSL_CTRL_SET_MIN_PROTO_VERSION
    static constexpr long tls_1_2 = 0x0303;                                            // TLS1_2_VERSION
    static constexpr int set_mode = 33;                                                // SSL_CTRL_MODE
    static constexpr long release_buffers = 0x10;                                      // SSL_MODE_RELEASE_BUFFERS
    static constexpr int set_cache = 44;                                               // SSL_CTRL_SET_SESS_CACHE_MODE
    static constexpr long no_cache = 0;                                                // SSL_SESS_CACHE_OFF
    static constexpr int set_host_name = 55;                                           // SSL_CTRL_SET_TLSEXT_HOSTNAME
    static constexpr long host_name = 0;                                               // TLSEXT_NAMETYPE_host_name
    static constexpr int wants_read = 2;                                               // SSL_ERROR_WANT_READ
    static constexpr int peer_closed = 6;                                              // SSL_ERROR_ZERO_RETURN
    static constexpr int pending = 10;                                                 // BIO_CTRL_PENDING
    static constexpr unsigned long no_tickets = 1u << 14, no_renegotiation = 1u << 30; // SSL_OP_NO_...

    const Method *(*client_method)();
    const Method *(*server_method)();
    Context *(*new_context)(const Method *);
    void (*free_context)(Context *);
    long (*control_context)(Context *, int command, long number, void *pointer);
    std::uint64_t (*set_options)(Context *, std::uint64_t options);
    int (*set_tickets)(Context *, std::size_t count);
    int (*trust_system)(Context *);
    void (*set_verify)(Context *, int mode, void *callback);
    void (*set_password)(Context *, Password);
    int (*use_certificate)(Context *, const char *file);
    int (*use_key)(Context *, const char *file, int type);
    int (*check_key)(const Context *);

    Session *(*new_session)(Context *);
    void (*free_session)(Session *);
    long (*control)(Session *, int command, long number, void *pointer);
    void (*set_bios)(Session *, Bio *in, Bio *out); // which it owns from then on
    void (*begin_as_client)(Session *);
    void (*begin_as_server)(Session *);
    int (*set_host)(Session *, const char *name);
    Verification *(*verification)(Session *);
    int (*set_address)(Verification *, const char *address);
    int (*shake_hands)(Session *);
    int (*read)(Session *, void *to, int size);
    int (*write)(Session *, const void *from, int size);
    int (*say_farewell)(Session *);
    int (*outcome)(const Session *, int result);
    long (*verified)(const Session *);

    const Method *(*memory_method)();
    Bio *(*new_bio)(const Method *);
    int (*put)(Bio *, const void *from, int size);
    int (*take)(Bio *, void *to, int size);
    long (*ask)(Bio *, int command, long number, void *pointer);

    unsigned long (*next_problem)();
    void (*forget_problems)();
    const char *(*reason)(unsigned long problem);
    const char *(*certificate_problem)(long code);

    // UNSUPPORTED if the machine has none. I/O thread.
    static std::shared_ptr<const OpenSsl> open();

    // What went wrong last on this thread, as a text; nothing is left of it.
    std::string problem() const;
};

} // namespace safe::net
