// Immutable bytes shared by reference: what moves between client, vault and store without being copied.
#pragma once

#include "base/budget.hpp"
#include "base/buffer.hpp"
#include "base/bytes.hpp"

#include <memory>
#include <utility>

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
    // The same bytes, and something else that lives as long as any reference to them.
    Blob with(std::shared_ptr<const void> companion) const {
        Blob both = *this;
        using Pair = std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>;
        both.holder_ = std::make_shared<const Pair>(holder_, std::move(companion));
        return both;
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
