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

TlsContextRef TlsCertificate::now() {
    const auto found = stamps();
    if (!found || found == seen_) return context_;
    seen_ = found; // what is of no use is looked at again when it has changed
    try {
        context_ = make_tls_server_context(files_);
    } catch (const Error &) {
    }
    return context_;
}

} // namespace safe::net
