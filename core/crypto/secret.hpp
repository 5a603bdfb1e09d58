// 32 secret bytes that are wiped when they go: a key on its way from one function to another.
#pragma once

#include "base/bytes.hpp"

namespace safe::crypto {

class Secret {
  public:
    Secret() = default;
    ~Secret();
    Secret(const Secret &) = delete;
    Secret &operator=(const Secret &) = delete;
    MutableView room() { return bytes_; }
    ByteView view() const { return bytes_; }

  private:
    Bytes32 bytes_{};
};

} // namespace safe::crypto
