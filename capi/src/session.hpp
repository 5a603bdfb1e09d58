// A client as its handle sees it: the core's client, which lives on the loop, and what was made through it.
#pragma once

#include "op.hpp"

#include "base/async.hpp"
#include "client/client.hpp"
#include "host/process.hpp"

#include <list>
#include <set>
#include <string>

namespace safe {

// Objects of the core are destroyed on the loop, whoever lets go of them last. Keeps the process going until then.
template <class T>
std::shared_ptr<T> loop_owned(ProcessRef process, std::shared_ptr<T> object) {
    T *raw = object.get();
    return {raw, [process = std::move(process), object = std::move(object)](T *) mutable {
                const ProcessRef last = std::move(process); // weak references may keep this function for longer
                if (last->on_own_thread()) return object.reset();
                asio::post(last->loop(), [object = std::move(object)]() mutable { object.reset(); });
            }};
}

class Session : public std::enable_shared_from_this<Session> {
  public:
    // `client`: loop_owned.
    Session(ProcessRef process, std::shared_ptr<Client> client, std::string url)
        : url_(std::move(url)), process_(std::move(process)), client_(std::move(client)) {}

    const std::string &url() const { return url_; }

    // Throw CLOSED after close().
    ProcessRef process() const;
    std::shared_ptr<Client> client() const;

    // Writers and readers belong to the session, which drops them when it is closed: their handles then find nothing.
    void adopt(std::shared_ptr<void> child);
    void drop(const std::shared_ptr<void> &child);

    // Keeps the operation in the list of those that close() ends, until the token goes. Loop thread.
    [[nodiscard]] std::shared_ptr<void> list(const std::shared_ptr<Op> &op);

    // Ends the session's operations with CLOSED, and lets everything go.
    void close();

  private:
    void check_open() const;

    const std::string url_;
    mutable std::mutex mutex_;
    bool closed_ = false;
    ProcessRef process_;
    std::shared_ptr<Client> client_;
    std::set<std::shared_ptr<void>> children_;
    std::list<std::weak_ptr<Op>> running_; // loop thread only
};

// A handle's share in a child of a session.
template <class T>
class ChildOf {
  public:
    ChildOf(const std::shared_ptr<Session> &session, std::shared_ptr<T> child) : session_(session), child_(child) {
        session->adopt(std::move(child));
    }
    ~ChildOf() {
        const auto session = session_.lock();
        if (session) session->drop(child_.lock());
    }
    ChildOf(const ChildOf &) = delete;
    ChildOf &operator=(const ChildOf &) = delete;

    struct Held {
        std::shared_ptr<Session> session;
        std::shared_ptr<T> child;
    };
    // Throws CLOSED.
    Held hold() const {
        Held held{session_.lock(), child_.lock()};
        if (!held.session || !held.child) throw Error(Errc::closed, "the client that this was opened with was freed");
        return held;
    }

  private:
    const std::weak_ptr<Session> session_;
    const std::weak_ptr<T> child_;
};

} // namespace safe
