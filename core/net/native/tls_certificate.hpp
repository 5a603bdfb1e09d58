// The certificate that a listener shows, which is renewed every now and then by whoever runs it.
#pragma once

#include "net/native/tls.hpp"

#include "base/runtime.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace safe::net {

// Not thread-safe: who uses it waits for the answer before the next question.
class TlsCertificate {
  public:
    // Throws what make_tls_server_context does. I/O thread.
    explicit TlsCertificate(TlsFiles files);

    // What its files hold now. While they are being replaced, or if what they hold is of no use, what they held before. Any thread.
    TlsContextRef now();

  private:
    struct Stamp {
        std::filesystem::file_time_type time;
        std::uintmax_t size = 0;
        bool operator==(const Stamp &) const = default;
    };
    using Stamps = std::array<Stamp, 2>;
    std::optional<Stamps> stamps() const; // none: a file is not there

    const TlsFiles files_;
    std::optional<Stamps> seen_;
    TlsContextRef context_;
};

} // namespace safe::net
