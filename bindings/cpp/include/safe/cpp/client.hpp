// The client: a connection to a vault.
#pragma once

#include "safe/client.h"
#include "safe/cpp/put.hpp"
#include "safe/cpp/reader.hpp"
#include "safe/cpp/record.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace safe {
inline namespace v1 {

// May be used from any thread. When it is gone, what it still does is cancelled, and its readers and writers fail with
// SAFE_CLOSED.
class Client {
  public:
    // Content above this size is not fetched at once unless that is asked for: 256 MiB.
    static constexpr std::uint64_t default_limit = std::uint64_t{1} << 28;

    Client() noexcept = default;
    explicit Client(safe_client *raw) noexcept : handle_(raw) {}

    std::string url() const {
        const char *url = safe_client_url(get());
        return url ? url : "";
    }

    // --- the connection ---

    // A safe_client_state_code.
    std::int32_t state() const { return safe_client_state(get()); }

    // Ends as soon as the state is another than `known`.
    Future<void> next_state(std::int32_t known) { return {safe_client_next_state(get(), known), detail::take_nothing}; }

    // How long operations wait for the network before they fail; zero restores what is usual.
    void set_timeout(std::chrono::milliseconds time) {
        call(safe_client_set_timeout, get(), static_cast<std::uint64_t>(time.count()));
    }

    // --- put. flags: of safe_put_flag ---

    // Stores bytes, which are copied before this returns. Progress in bytes.
    Future<Receipt> put(View data, std::uint32_t flags = 0) {
        return {safe_put(get(), data.data(), data.size(), flags), detail::take_receipt};
    }

    // Stores a local file, whose name goes into the link. Progress in bytes.
    Future<Receipt> put_file(const std::string &path, std::uint32_t flags = 0) {
        return {safe_put_file(get(), path.c_str(), flags), detail::take_receipt};
    }

    // Opens content to push in; its size, if that is known.
    Future<Writer> writer(std::optional<std::uint64_t> size = std::nullopt, std::uint32_t flags = 0) {
        return {safe_writer_open(get(), size.value_or(SAFE_SIZE_UNKNOWN), flags),
                detail::take_object<Writer, safe_op_take_writer, safe_writer>};
    }

    // --- get ---

    // The whole content, at most `limit` bytes (else SAFE_DATA_TOO_LARGE).
    Future<Bytes> get(const Link &link, std::uint64_t limit = default_limit) {
        return {safe_get_bytes(get(), link.get(), limit), detail::take_bytes};
    }

    // Writes the whole content to a file, which takes its name only when it is complete. Gives its size.
    Future<std::uint64_t> get_file(const Link &link, const std::string &path) {
        return {safe_get_file(get(), link.get(), path.c_str()), detail::take_number};
    }

    Future<Reader> open(const Link &link) { return {safe_open(get(), link.get()), take_reader}; }

    // By its data map: MessagePack, as in a .datamap file.
    Future<Reader> open_datamap(View datamap) {
        return {safe_open_datamap(get(), datamap.data(), datamap.size()), take_reader};
    }

    // --- chunks ---

    Future<Bytes> chunk_get(const Address &address) {
        return {safe_chunk_get(get(), address.data()), detail::take_bytes};
    }

    // Stores bytes as they are, unencrypted, as one chunk. Gives its address.
    Future<Address> chunk_put(View data) {
        return {safe_chunk_put(get(), data.data(), data.size()),
                [](safe_op *op) { return detail::address_of(detail::take_bytes(op)); }};
    }

    Future<bool> chunk_exists(const Address &address) {
        return {safe_chunk_exists(get(), address.data()), detail::take_truth};
    }

    // --- records ---

    // Makes version 0. SAFE_DATA_EXISTS, with the detail current_version, if there is one.
    Future<Record> create_record(const Key &key, const std::string &label, View value) {
        return {safe_record_create(get(), key.get(), label.c_str(), value.data(), value.size()), detail::take_record};
    }

    // Makes the version given, which must follow the newest: else SAFE_INVALID_SUCCESSOR, with current_version.
    Future<Record> set_record(const Key &key, const std::string &label, std::uint64_t version, View value) {
        return {safe_record_set(get(), key.get(), label.c_str(), version, value.data(), value.size()),
                detail::take_record};
    }

    // One version; the newest without one.
    Future<Record> get_record(const Address &address, std::optional<std::uint64_t> version = std::nullopt) {
        return {safe_record_get(get(), address.data(), version.value_or(SAFE_VERSION_NEWEST)), detail::take_record};
    }

    // Versions from the newest down, or from below `before`; at most `limit` (1 to 1000).
    Future<RecordPage> list_records(const Address &address, std::optional<std::uint64_t> before = std::nullopt,
                                    std::uint32_t limit = 100) {
        return {safe_record_list(get(), address.data(), before.value_or(SAFE_VERSION_NEWEST), limit),
                detail::take_record_page};
    }

    // For the C interface.
    safe_client *get() const noexcept { return handle_.get(); }

  private:
    static Reader take_reader(safe_op *op) { return detail::take_object<Reader, safe_op_take_reader, safe_reader>(op); }

    Handle<safe_client, safe_client_free> handle_;
};

// Connects to a vault: "mem:" (a new one in memory), "file:/path/to/dir" (in a directory that any number of programs may use at
// once; made if it is missing, without SAFE_CONNECT_NO_CREATE), or the URL of a Port.
inline Future<Client> connect(const std::string &url, std::uint32_t flags = 0) {
    return {safe_connect(url.c_str(), flags), detail::take_object<Client, safe_op_take_client, safe_client>};
}
// As whoever has the key: a vault elsewhere knows the client by it when it comes again.
inline Future<Client> connect(const Key &key, const std::string &url, std::uint32_t flags = 0) {
    return {safe_connect_as(key.get(), url.c_str(), flags),
            detail::take_object<Client, safe_op_take_client, safe_client>};
}

} // namespace v1
} // namespace safe
