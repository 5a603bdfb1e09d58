#include "net/native/tls_certificate.hpp"

#include "base/error.hpp"

namespace safe::net {

TlsCertificate::TlsCertificate(TlsFiles files)
    : files_(std::move(files)), seen_(stamps()), context_(make_tls_server_context(files_)) {}

std::optional<TlsCertificate::Stamps> TlsCertificate::stamps() const {
    Stamps stamps;
    std::size_t at = 0;
    for (const std::string &file : {files_.certificate, files_.key}) {
        std::error_code missing;
        Stamp &stamp = stamps[at++];
        stamp.time = std::filesystem::last_write_time(file, missing);
        if (!missing) stamp.size = std::filesystem::file_size(file, missing);
        if (missing) return std::nullopt;
    }
    return stamps;
}

bool TlsCertificate::is_replaced() const {
    const auto found = stamps();
    return found && found != seen_;
}

void TlsCertificate::renew() {
    seen_ = stamps(); // before they are read: what changes meanwhile is read again
    try {
        context_ = make_tls_server_context(files_);
    } catch (const Error &) {
        // What is shown now is better than nothing. The files will change again.
    }
}

} // namespace safe::net
