#include "safe/ports.h"

#include "entry.hpp"
#include "port.hpp"

using namespace safe;

safe_status safe_port_create(int32_t kind, const char *scheme, safe_port **out, safe_error **error) {
    return make(__func__, out, error, [&](Call call) {
        if (kind != SAFE_PORT_STORE && kind != SAFE_PORT_TRANSPORT)
            call.refuse("kind", "is " + std::to_string(kind) + ", which is no kind of port of this version");
        return Port::open_scheme(call.text(scheme, "scheme"), kind == SAFE_PORT_TRANSPORT);
    });
}

safe_status safe_port_next(safe_port *port, int64_t timeout_ms, safe_request **out, safe_error **error) {
    if (out) *out = nullptr;
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(port, "port");
        call.pointer(out, "out");
        if (timeout_ms != 0 && on_loop_thread())
            throw Error(Errc::would_deadlock, "safe_port_next: called in a callback, on the thread that has to do the "
                                              "work; use a timeout of 0, or another thread");
        Port::Next next = object->next(deadline_after(timeout_ms));
        if (next.status == SAFE_TIMEOUT) throw Error(Errc::timeout, "no request came in the time given");
        if (next.status == SAFE_CLOSED) throw Error(Errc::closed, "the port was freed while safe_port_next waited");
        try {
            *out = new_handle<safe_request>(next.request);
        } catch (...) {
            object->put_back(std::move(next.request));
            throw;
        }
    });
}

safe_status safe_port_on_request(safe_port *port, safe_request_fn wake, void *user_data, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(port, "port");
        if (!wake) call.refuse("wake", "is NULL");
        object->call_back(wake, user_data, port);
    });
}

void safe_port_free(safe_port *port) {
    if (const auto object = release(port)) object->close();
}

int32_t safe_request_kind(const safe_request *request) {
    return ask(__func__, static_cast<int32_t>(forked() ? SAFE_FORKED : SAFE_INVALID_HANDLE),
               [&](Call call) { return static_cast<int32_t>(call.object(request, "request")->question.kind); });
}

const char *safe_request_url(const safe_request *request) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(request, "request")->url.c_str(); });
}

uint64_t safe_request_connection(const safe_request *request) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(request, "request")->connection; });
}

const char *safe_request_key(const safe_request *request) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(request, "request")->question.key.c_str(); });
}

const char *safe_request_after(const safe_request *request) {
    return ask(__func__, static_cast<const char *>(nullptr),
               [&](Call call) { return call.object(request, "request")->question.after.c_str(); });
}

uint64_t safe_request_offset(const safe_request *request) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(request, "request")->question.offset; });
}

uint64_t safe_request_length(const safe_request *request) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(request, "request")->question.length; });
}

uint64_t safe_request_limit(const safe_request *request) {
    return ask(__func__, uint64_t{0}, [&](Call call) { return call.object(request, "request")->question.limit; });
}

uint32_t safe_request_flags(const safe_request *request) {
    return ask(__func__, uint32_t{0}, [&](Call call) { return call.object(request, "request")->question.flags; });
}

size_t safe_request_size(const safe_request *request) {
    return ask(__func__, size_t{0}, [&](Call call) { return call.object(request, "request")->question.value.size(); });
}

const uint8_t *safe_request_data(const safe_request *request) {
    return ask(__func__, static_cast<const uint8_t *>(nullptr),
               [&](Call call) { return call.object(request, "request")->question.value.view().data(); });
}

safe_status safe_request_done(safe_request *request, int32_t yes, safe_error **error) {
    return guard(__func__, error, [&](Call call) { call.object(request, "request")->done(yes); });
}

safe_status safe_request_give(safe_request *request, const uint8_t *data, size_t size, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(request, "request");
        object->give(call.bytes(data, size, "data"));
    });
}

safe_status safe_request_none(safe_request *request, safe_error **error) {
    return guard(__func__, error, [&](Call call) { call.object(request, "request")->none(); });
}

safe_status safe_request_add(safe_request *request, const char *key, uint64_t size, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(request, "request");
        object->add(call.text(key, "key"), size);
    });
}

safe_status safe_request_figures(safe_request *request, uint64_t objects, uint64_t bytes, uint64_t used_bytes,
                                 uint64_t free_bytes, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        call.object(request, "request")->count(StoreFigures{objects, bytes}, StoreDisk{used_bytes, free_bytes});
    });
}

safe_status safe_request_fail(safe_request *request, int32_t code, const char *message, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        const auto object = call.object(request, "request");
        object->fail(static_cast<Errc>(code), call.text(message, "message"));
    });
}

void safe_request_free(safe_request *request) {
    if (const auto object = release(request)) object->drop();
}
