// Applies requests to a store under the rules; knows no socket. What it is sent it verifies, what it holds it may still
// get wrong: clients verify everything themselves (DESIGN 3.11).
#pragma once

#include "base/runtime.hpp"
#include "net/channel.hpp"
#include "protocol/messages.hpp"
#include "store/store.hpp"

#include <memory>

namespace safe {

// What the other side of a session may do.
enum class Access {
    full,
    read // whoever does not say who they are: what they know the address of, and no change of any kind (DETAILS D9)
};

// One request, from when it was let in until its reply is made.
class Visit {
  public:
    virtual ~Visit() = default;
    // Books what goes out with the reply, until it was sent. Throws BUSY.
    virtual Blob carry(Blob payload) = 0;
    virtual void ended(const protocol::Reply &reply) = 0;
};

// Who stands at the door of a session.
class Guard {
  public:
    virtual ~Guard() = default;
    // Throws what the request is refused with. `bytes`: of its payload.
    virtual std::shared_ptr<Visit> admit(const protocol::Request &request, std::size_t bytes) = 0;
};

class Vault : public std::enable_shared_from_this<Vault> {
  public:
    Vault(RuntimeRef runtime, StoreRef store) : runtime_(std::move(runtime)), store_(std::move(store)) {}

    // One for each connection. `guard`: null lets everything in.
    std::shared_ptr<net::Service> open_session(Access access = Access::full, std::shared_ptr<Guard> guard = nullptr);

    const StoreRef &store() const { return store_; }
    const RuntimeRef &runtime() const { return runtime_; }

    // Whether the bytes are those of the address. Large ones are hashed by a worker.
    Awaitable<bool> matches(Address address, Blob bytes);

    // True if the chunk was not there, or was there damaged (it is mended then).
    Awaitable<bool> put_chunk(Address address, Blob bytes);
    // Whether the chunk is there and sound. `use`: marks it as in use.
    Awaitable<bool> has_chunk(Address address, bool use = true);
    Awaitable<Blob> get_chunk(Address address);

    Awaitable<void> put_record(Blob stored);
    Awaitable<Blob> get_record(Address address, std::uint64_t version);
    struct Records {
        std::vector<Blob> stored;
        bool more = false;
    };
    Awaitable<Records> list_records(Address address, std::uint64_t before, std::uint32_t limit);

  private:
    Awaitable<std::optional<VerifiedRecord>> newest_record(Address address);
    Awaitable<bool> holds(std::string key, Blob value);

    RuntimeRef runtime_;
    StoreRef store_;
};

} // namespace safe
