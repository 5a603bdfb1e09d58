// What stands behind the handles of plain values. None of them changes after it was made.
#pragma once

#include "base/bytes.hpp"
#include "crypto/sign.hpp"
#include "encoding/link.hpp"

#include <memory>
#include <string>

namespace safe {

struct BytesObject {
    BytesObject(std::shared_ptr<const void> bytes_holder, ByteView bytes)
        : holder(std::move(bytes_holder)), view(bytes) {}
    const std::shared_ptr<const void> holder;
    const ByteView view;
};

// T: what has a view() of its bytes or is one, and is moved in.
template <class T>
std::shared_ptr<BytesObject> bytes_object(T bytes) {
    auto holder = std::make_shared<const T>(std::move(bytes));
    ByteView view;
    if constexpr (std::is_convertible_v<const T &, ByteView>)
        view = *holder;
    else
        view = holder->view();
    return std::make_shared<BytesObject>(std::move(holder), view);
}

struct LinkObject {
    explicit LinkObject(Link l) : link(std::move(l)), text(to_text(link)) {}
    const Link link;
    const std::string text;
};

struct KeyObject {
    explicit KeyObject(crypto::SigningKey k) : key(std::move(k)) {}
    const crypto::SigningKey key;
};

} // namespace safe
