#include "base/error.hpp"

#include <new>

namespace safe {

std::string_view name_of(Errc code) {
    switch (code) {
    case Errc::ok: return "OK";
    case Errc::encode_decode: return "ENCODE_DECODE";
    case Errc::random_failed: return "RANDOM_FAILED";
    case Errc::operation_forbidden: return "OPERATION_FORBIDDEN";
    case Errc::access_denied: return "ACCESS_DENIED";
    case Errc::no_such_data: return "NO_SUCH_DATA";
    case Errc::data_exists: return "DATA_EXISTS";
    case Errc::data_too_large: return "DATA_TOO_LARGE";
    case Errc::invalid_successor: return "INVALID_SUCCESSOR";
    case Errc::file_not_found: return "FILE_NOT_FOUND";
    case Errc::invalid_range: return "INVALID_RANGE";
    case Errc::unexpected: return "UNEXPECTED";
    case Errc::invalid_argument: return "INVALID_ARGUMENT";
    case Errc::out_of_memory: return "OUT_OF_MEMORY";
    case Errc::cancelled: return "CANCELLED";
    case Errc::timeout: return "TIMEOUT";
    case Errc::busy: return "BUSY";
    case Errc::unsupported: return "UNSUPPORTED";
    case Errc::io: return "IO";
    case Errc::invalid_handle: return "INVALID_HANDLE";
    case Errc::wrong_handle_type: return "WRONG_HANDLE_TYPE";
    case Errc::closed: return "CLOSED";
    case Errc::forked: return "FORKED";
    case Errc::would_deadlock: return "WOULD_DEADLOCK";
    case Errc::pending: return "PENDING";
    case Errc::already_taken: return "ALREADY_TAKEN";
    case Errc::too_many_handles: return "TOO_MANY_HANDLES";
    case Errc::wrong_result: return "WRONG_RESULT";
    case Errc::woken: return "WOKEN";
    case Errc::bad_signature: return "BAD_SIGNATURE";
    case Errc::bad_key: return "BAD_KEY";
    case Errc::bad_link: return "BAD_LINK";
    case Errc::bad_data_map: return "BAD_DATA_MAP";
    case Errc::bad_message: return "BAD_MESSAGE";
    case Errc::too_large: return "TOO_LARGE";
    case Errc::source_changed: return "SOURCE_CHANGED";
    case Errc::size_mismatch: return "SIZE_MISMATCH";
    case Errc::chunk_corrupt: return "CHUNK_CORRUPT";
    case Errc::unsupported_format: return "UNSUPPORTED_FORMAT";
    case Errc::store_io: return "STORE_IO";
    case Errc::store_full: return "STORE_FULL";
    case Errc::store_read_only: return "STORE_READ_ONLY";
    case Errc::store_corrupt: return "STORE_CORRUPT";
    case Errc::store_version: return "STORE_VERSION";
    case Errc::store_busy: return "STORE_BUSY";
    case Errc::store_missing: return "STORE_MISSING";
    case Errc::vault_refused: return "VAULT_REFUSED";
    case Errc::vault_lied: return "VAULT_LIED";
    case Errc::connection_failed: return "CONNECTION_FAILED";
    case Errc::bad_url: return "BAD_URL";
    case Errc::url_is_content: return "URL_IS_CONTENT";
    }
    return "UNKNOWN";
}

bool is_retryable(Errc code) {
    switch (code) {
    case Errc::timeout:
    case Errc::busy:
    case Errc::would_deadlock:
    case Errc::pending:
    case Errc::store_busy:
    case Errc::store_full:
    case Errc::too_many_handles:
    case Errc::out_of_memory:
    case Errc::connection_failed: return true;
    default: return false;
    }
}

const std::uint64_t *Error::number(std::string_view name) const {
    for (const Detail &detail : details_)
        if (detail.name == name) return std::get_if<std::uint64_t>(&detail.value);
    return nullptr;
}

Error current_error() {
    try {
        throw;
    } catch (const Error &error) {
        return error;
    } catch (const std::bad_alloc &) {
        return {Errc::out_of_memory, "out of memory"};
    } catch (const std::exception &error) {
        return {Errc::unexpected, std::string("unexpected: ") + error.what()};
    } catch (...) {
        return {Errc::unexpected, "unexpected: an exception of unknown type"};
    }
}

} // namespace safe
