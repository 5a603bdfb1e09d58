#include "key_file.hpp"

#include "files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace safe::cli {
namespace {

constexpr std::size_t max_key_file = 4096;
constexpr std::string_view header =
    "# Signing key of the safe tool (Ed25519 seed). Whoever has it can write your records.\n";

void wipe(void *data, std::size_t size) { ::explicit_bzero(data, size); }

[[noreturn]] void fail(const std::string &what, int error) {
    throw Failure(SAFE_IO, what + ": " + std::strerror(error));
}

void write_secret(const std::string &path, std::string_view text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        throw Failure(SAFE_DATA_EXISTS, path + " exists already; a key is never overwritten");
    if (fd < 0) fail("cannot write " + path, errno);
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (written) return;
    ::unlink(path.c_str());
    fail("cannot write " + path, error);
}

// The first line that is neither empty nor a comment.
std::string_view seed_line(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && line[0] != '#') return line;
    }
    return {};
}

} // namespace

Key generate_key_file(const std::string &path) {
    Key key;
    check([&](safe_error **error) { return safe_key_generate(key.out(), error); });
    Address seed{};
    check([&](safe_error **error) { return safe_key_export(key.get(), seed.data(), error); });
    std::string hex = to_hex(seed), text = std::string(header);
    text.reserve(header.size() + hex.size() + 1); // no copy of the seed is left behind by growing
    text += hex;
    text += '\n';
    wipe(seed.data(), seed.size());
    wipe(hex.data(), hex.size());
    try {
        write_secret(path, text);
    } catch (...) {
        wipe(text.data(), text.size());
        throw;
    }
    wipe(text.data(), text.size());
    return key;
}

Key read_key_file(const std::string &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        throw Failure(errno == ENOENT ? SAFE_FILE_NOT_FOUND : SAFE_IO,
                      "cannot read the key file " + path + ": " + std::strerror(errno));
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
        throw Failure(SAFE_ACCESS_DENIED, "the key file " + path + " is open to other users; type: chmod 600 " + path);
    }
    std::vector<std::uint8_t> bytes = read_file(path, max_key_file);
    std::optional<Address> seed =
        parse_address(seed_line({reinterpret_cast<const char *>(bytes.data()), bytes.size()}));
    wipe(bytes.data(), bytes.size());
    if (!seed)
        throw Failure(SAFE_BAD_KEY,
                      path + " holds no key: a line of 64 hex digits is wanted, as `safe key generate` writes it");
    Key key;
    const safe_status status_of_import = safe_key_import(seed->data(), key.out(), nullptr);
    wipe(seed->data(), seed->size());
    if (status_of_import != SAFE_OK) throw Failure(status_of_import, path + " holds no usable key");
    return key;
}

Address public_key(const Key &key) {
    Address out{};
    check([&](safe_error **error) { return safe_key_public(key.get(), out.data(), error); });
    return out;
}

} // namespace safe::cli
