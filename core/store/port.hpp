// A store that somebody else keeps: a program's own, in whatever language, behind the C interface (safe/ports.h, which
// says what each request means). Here is what it is asked, what it may answer, and the Store that is made of it. What a
// transport is asked stands beside it, since requests of both come and go the same way.
//
// Answers are checked while they are given (PortAnswer), so that whoever gave a wrong one is told, and none gets further.
#pragma once

#include "base/error.hpp"
#include "base/runtime.hpp"
#include "store/store.hpp"

#include <memory>
#include <string>

namespace safe {

struct PortQuestion {
    // The numbers are those of safe_request_kind_code.
    enum class Kind { open = 1, close, create, replace, get, exists, list, remove, figures, send, receive };
    Kind kind = Kind::open;
    bool of_transport = false; // asked of a transport, not of a store
    std::string key;           // list, figures: a prefix
    std::string after;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t limit = 0;
    std::uint32_t flags = 0;
    Blob value;
};

// Built up by checks that throw, and change nothing then: WRONG_RESULT if the kind takes another answer; INVALID_ARGUMENT,
// INVALID_RANGE, DATA_TOO_LARGE for what cannot be one.
struct PortAnswer {
    bool yes = false;
    std::optional<Blob> value;
    Store::Page page;
    StoreFigures figures;
    StoreDisk disk;

    void done(const PortQuestion &question, std::int32_t number);
    // To be followed by setting the value.
    static void check_value(const PortQuestion &question, std::uint64_t size);
    static void check_none(const PortQuestion &question);
    void add(const PortQuestion &question, std::string key, std::uint64_t size);
    void count(const PortQuestion &question, StoreFigures objects, StoreDisk space);
};

// What a port's failure says to whoever waits: what failed, on what, why, its code. Throws INVALID_ARGUMENT for a code
// that is not a store's to use, or a transport's.
Error port_failure(const PortQuestion &question, const std::string &url, Errc code, const std::string &why);

// A request that was freed without an answer.
Error port_silence(const PortQuestion &question, const std::string &url);

// One connection to whoever keeps the values. Loop thread.
class StorePort {
  public:
    virtual ~StorePort() = default;
    // Takes as long as it takes. Throws port_failure, or CLOSED.
    virtual Awaitable<PortAnswer> ask(PortQuestion question) = 0;
};

// `name`: for messages. Which chunks were touched by other processes such a store cannot tell, so sweep() is UNSUPPORTED
// and a hold holds nothing.
StoreRef make_port_store(std::shared_ptr<StorePort> port, std::string name);

} // namespace safe
