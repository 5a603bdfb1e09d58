// The certificate that a listener shows, which is renewed every now and then by whoever runs it.
#pragma once

#include "net/native/tls.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace safe::net {

// One question at a time.
class TlsCertificate {
  public:
    // Throws what make_tls_server_context does. I/O thread.
    explicit TlsCertificate(TlsFiles files);

    // Whether its files are others than those it has looked at last. Costs a few calls of the system, and reads nothing.
    bool is_replaced() const;
    // Takes what the files hold now. While they are being replaced, or if it is of no use, what they held before stays. I/O thread.
    void renew();
    const TlsContextRef &context() const { return context_; }

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
