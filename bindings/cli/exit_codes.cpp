#include "exit_codes.hpp"

#include "safe/safe.h"

namespace safe::cli {

Exit exit_for(std::int32_t code) {
    switch (code) {
    case SAFE_OK: return exit_ok;
    case SAFE_INVALID_ARGUMENT:
    case SAFE_INVALID_RANGE:
    case SAFE_BAD_LINK:
    case SAFE_BAD_URL:
    case SAFE_URL_IS_CONTENT:
    case SAFE_BAD_KEY:
    case SAFE_DATA_TOO_LARGE:
    case SAFE_TOO_LARGE:
    case SAFE_UNSUPPORTED: return exit_usage;
    case SAFE_NO_SUCH_DATA:
    case SAFE_FILE_NOT_FOUND: return exit_not_found;
    case SAFE_STORE_IO:
    case SAFE_STORE_FULL:
    case SAFE_STORE_READ_ONLY:
    case SAFE_STORE_CORRUPT:
    case SAFE_STORE_VERSION:
    case SAFE_STORE_MISSING:
    case SAFE_CONNECTION_FAILED:
    case SAFE_VAULT_REFUSED: return exit_vault;
    case SAFE_CHUNK_CORRUPT:
    case SAFE_BAD_DATA_MAP:
    case SAFE_BAD_MESSAGE:
    case SAFE_BAD_SIGNATURE:
    case SAFE_VAULT_LIED:
    case SAFE_UNSUPPORTED_FORMAT:
    case SAFE_ENCODE_DECODE: return exit_corrupt;
    case SAFE_DATA_EXISTS:
    case SAFE_INVALID_SUCCESSOR:
    case SAFE_ACCESS_DENIED:
    case SAFE_OPERATION_FORBIDDEN: return exit_conflict;
    case SAFE_IO:
    case SAFE_SOURCE_CHANGED:
    case SAFE_SIZE_MISMATCH: return exit_local_io;
    case SAFE_STORE_BUSY:
    case SAFE_BUSY:
    case SAFE_TIMEOUT:
    case SAFE_OUT_OF_MEMORY: return exit_again;
    default: return exit_failed;
    }
}

std::string hint_for(std::int32_t code) {
    switch (code) {
    case SAFE_NO_SUCH_DATA:
        return "is it in this vault? `safe doctor` says which one is used; --vault URL or SAFE_VAULT choose another";
    case SAFE_BAD_LINK: return "copy the whole link, from \"safe:\" to its last letter";
    case SAFE_BAD_URL: return "a vault is written file:/path/to/directory, or as `safe vault serve` prints it";
    case SAFE_URL_IS_CONTENT: return "to read a link: safe get LINK";
    case SAFE_STORE_MISSING: return "the first `safe put` makes the vault; `safe doctor` says where it is looked for";
    case SAFE_STORE_FULL:
        return "free space on that disk (`safe vault gc` shows what is not needed), then run the same command again";
    case SAFE_STORE_READ_ONLY:
        return "check the directory's owner and mode (`safe doctor`), or choose another vault with --vault URL";
    case SAFE_STORE_CORRUPT:
    case SAFE_STORE_IO: return "`safe doctor` and `safe vault verify` say what is damaged";
    case SAFE_CHUNK_CORRUPT:
        return "putting the same content again mends it; `safe vault verify` lists what is damaged";
    case SAFE_STORE_BUSY:
    case SAFE_BUSY:
    case SAFE_TIMEOUT: return "run the same command again in a moment";
    case SAFE_CONNECTION_FAILED:
        return "is the vault served (`safe vault serve`), and is its address the one in --vault or SAFE_VAULT?";
    case SAFE_BAD_SIGNATURE:
        return "if another vault is served at this address now, take the URL that it prints, key included";
    case SAFE_SOURCE_CHANGED: return "put the file again when nothing writes to it";
    case SAFE_UNSUPPORTED_FORMAT:
        return "content of 2018-2019 is read with: safe get --format s1 --chunks DIR MAP-FILE";
    default: return "";
    }
}

const char *const exit_code_table =
    "   0  done\n"
    "   1  some of several inputs failed, or an error of no other class\n"
    "   2  wrong usage: the command line, a link, an address or a URL\n"
    "   3  not found: content, a record, a local file\n"
    "   4  the vault cannot be used: missing, not reached, full, read-only, damaged\n"
    "   5  corrupt: what came back fails verification; nothing wrong is ever written out\n"
    "   6  conflict: it exists already, has another version, or is forbidden\n"
    "   7  a local file or the output could not be read or written\n"
    "   8  busy or timed out: try again\n"
    "128+  ended by a signal; 130 after Ctrl-C\n";

} // namespace safe::cli
