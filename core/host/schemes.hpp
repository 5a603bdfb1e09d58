// The schemes of connection URLs: those that this build has itself, and those that its user has added (safe/ports.h).
#pragma once

#include "host/process.hpp"
#include "net/stream.hpp"
#include "store/store.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace safe {

// Opens what one scheme's URLs name: stores, or connections to where a vault is served.
class SchemeOpener {
  public:
    virtual ~SchemeOpener() = default;
    virtual bool is_transport() const = 0;
    // On the loop of the process, which goes on at least until the store has gone. Takes as long as it takes.
    // `create`: make it if there is none (else STORE_MISSING).
    virtual Awaitable<StoreRef> open_store(ProcessRef process, std::string url, bool create) = 0;
    // The same for a transport. The stream is closed before the process goes.
    virtual Awaitable<std::shared_ptr<net::Stream>> open_stream(ProcessRef process, std::string url) = 0;
};

// Those of this build, in the order in which messages name them.
const std::vector<std::string_view> &built_in_schemes();

// Those that were added. Thread-safe.
class Schemes {
  public:
    // Throws INVALID_ARGUMENT (no scheme, or one of this build), BUSY (somebody else has added it).
    void add(const std::string &scheme, std::shared_ptr<SchemeOpener> opener);
    void remove(const std::string &scheme);

    // Null if there is none.
    std::shared_ptr<SchemeOpener> find(std::string_view scheme) const;
    std::vector<std::string> names() const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<SchemeOpener>, std::less<>> openers_;
};

} // namespace safe
