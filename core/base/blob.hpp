// Immutable bytes shared by reference: what moves between client, vault and store without being copied.
#pragma once

#include "base/budget.hpp"
#include "base/buffer.hpp"
#include "base/bytes.hpp"

#include <memory>

namespace safe {

class Blob {
  public:
    Blob() = default;
    explicit Blob(Bytes bytes) {
        auto held = std::make_shared<const Bytes>(std::move(bytes));
        view_ = *held;
        holder_ = std::move(held);
    }
    // The share of the budget that pays for the buffer, if any, goes with the last reference.
    explicit Blob(Buffer buffer, Share share = {}) {
        auto held = std::make_shared<const Paid>(std::move(buffer), std::move(share));
        view_ = held->buffer.view();
        holder_ = std::move(held);
    }

    ByteView view() const { return view_; }
    std::size_t size() const { return view_.size(); }
    // A part of the same bytes; holds the whole alive. offset + size <= this->size().
    Blob part(std::size_t offset, std::size_t size) const {
        Blob part = *this;
        part.view_ = view_.subspan(offset, size);
        return part;
    }

  private:
    struct Paid {
        Paid(Buffer b, Share s) : share(std::move(s)), buffer(std::move(b)) {}
        Share share; // given back after the buffer
        Buffer buffer;
    };
    std::shared_ptr<const void> holder_;
    ByteView view_;
};

} // namespace safe
