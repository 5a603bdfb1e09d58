#include "host/vault_key_file.hpp"

#include "base/error.hpp"
#include "base/native/descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace safe {
namespace {

constexpr std::size_t seed_size = 32;

Error failure(const std::string &what, const std::string &path, int error) {
    return {Errc::io, "cannot " + what + " " + path + ": " + std::strerror(error)};
}

struct Seed {
    ~Seed() { ::explicit_bzero(bytes.data(), bytes.size()); }
    std::array<Byte, seed_size> bytes{};
};

std::optional<crypto::SigningKey> load(const std::string &path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        throw failure("read the vault's key", path, errno);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) throw failure("read the vault's key", path, errno);
    if (!S_ISREG(status.st_mode) || status.st_size != static_cast<off_t>(seed_size))
        throw Error(Errc::bad_key, "the vault's key " + path +
                                       " is not a file of 32 bytes; restore it from a backup, or "
                                       "remove it: then the vault gets a new key, and its URLs change");
    if (status.st_mode & 077)
        throw Error(Errc::bad_key, "the vault's key " + path +
                                       " can be read by others; chmod 600 it, or remove it if "
                                       "somebody may have read it: then the vault gets a new key, and its URLs change");
    Seed seed;
    for (std::size_t at = 0; at < seed_size;) {
        const ssize_t got = ::read(file.get(), seed.bytes.data() + at, seed_size - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw failure("read the vault's key", path, got < 0 ? errno : EIO);
        at += static_cast<std::size_t>(got);
    }
    return crypto::SigningKey::from_seed(seed.bytes);
}

void write_all(int fd, ByteView bytes, const std::string &path) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw failure("write the vault's key", path, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    if (::fsync(fd) != 0) throw failure("write the vault's key", path, errno);
}

void sync_parent(const std::string &path) {
    const std::size_t slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) throw failure("write the vault's key", path, errno);
}

} // namespace

crypto::SigningKey keep_vault_key(const std::string &path, const crypto::SigningKey &fresh) {
    if (auto there = load(path)) return *there;
    // Under another name first: the key is whole or not there.
    std::string draft = path + ".XXXXXX";
    {
        const Descriptor file(::mkostemp(draft.data(), O_CLOEXEC)); // mode 0600, exclusively
        if (file.get() < 0) throw failure("write the vault's key", path, errno);
        const std::shared_ptr<void> gone(nullptr, [&draft](void *) { ::unlink(draft.c_str()); });
        Seed seed;
        fresh.export_seed(seed.bytes);
        write_all(file.get(), seed.bytes, path);
        if (::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST)
            throw failure("write the vault's key", path, errno);
    }
    sync_parent(path);
    if (auto there = load(path)) return *there;
    throw failure("read the vault's key", path, ENOENT);
}

} // namespace safe
