// A few connections for reading, lent out to I/O threads.
#pragma once

#include "store/native/sqlite.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace safe {

class Readers {
  public:
    explicit Readers(sqlite::Connection::Options options) : options_(std::move(options)) {}

    // Back with its owner when it goes. Waits for one if all are out.
    using Lent = std::unique_ptr<sqlite::Connection, std::function<void(sqlite::Connection *)>>;
    Lent lend();

  private:
    void take_back(sqlite::Connection *connection) noexcept;

    static constexpr std::size_t limit = 3; // each keeps some 150 KiB

    const sqlite::Connection::Options options_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<sqlite::Connection>> idle_;
    std::size_t out_ = 0;
};

} // namespace safe
