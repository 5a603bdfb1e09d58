// Group commit: changes that come while a transaction is being written go together into the next one, so that any number
// of callers share one sync of the disk.
#pragma once

#include "base/runtime.hpp"
#include "store/native/index.hpp"
#include "store/native/objects.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace safe {

struct Change {
    // Runs inside the transaction; may run again, in another one, if the first could not be written. Appends the names
    // of files that rows gave up. True if a row names `file` now.
    std::function<bool(sqlite::Connection &db, std::vector<std::string> &freed)> apply;
    std::string file;      // an object file that is written but not yet in place, if the change has one
    std::size_t bytes = 0; // that it adds to the index
    bool lasting = true;   // false: no harm if a power cut undoes it
};

class IndexWriter : public std::enable_shared_from_this<IndexWriter> {
  public:
    IndexWriter(RuntimeRef runtime, std::unique_ptr<sqlite::Connection> db, std::shared_ptr<Objects> objects)
        : runtime_(std::move(runtime)), db_(std::move(db)), objects_(std::move(objects)) {}

    // Loop thread. Returns when the change is on the disk; throws if it is not.
    Awaitable<void> submit(Change change);

  private:
    struct Pending {
        Pending(Change c, Loop &loop) : change(std::move(c)), done(loop) {}
        Change change;
        Gate done;
        std::exception_ptr error;
        bool named = false;     // a row has the file
        bool uncertain = false; // a commit failed half-way: it may yet turn out to have happened
    };
    using Batch = std::vector<std::shared_ptr<Pending>>;

    static Awaitable<void> drain(std::shared_ptr<IndexWriter> self);
    Batch next_batch();

    // On an I/O thread, one at a time:
    void write(const Batch &batch) noexcept;
    Batch publish(const Batch &batch) noexcept;
    void transact(const Batch &batch);
    void settle(const Batch &batch) noexcept;

    RuntimeRef runtime_;
    std::unique_ptr<sqlite::Connection> db_;
    std::shared_ptr<Objects> objects_;
    std::deque<std::shared_ptr<Pending>> queue_;
    bool draining_ = false;
    std::vector<std::string> removed_; // files that are gone; the next transaction forgets them
    bool syncs_ = true;                // as the connection is set
};

} // namespace safe
