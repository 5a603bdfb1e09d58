#include "store/native/sqlite.hpp"

#include "store/failure.hpp"

#include <cerrno>
#include <sqlite3.h>
#include <system_error>

namespace safe::sqlite {

Query::~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Query &Query::bind(int parameter, std::uint64_t value) {
    sqlite3_bind_int64(statement_, parameter, static_cast<sqlite3_int64>(value));
    return *this;
}

Query &Query::bind(int parameter, std::string_view text) {
    sqlite3_bind_text64(statement_, parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Query &Query::bind(int parameter, ByteView bytes) {
    // A null pointer would bind NULL.
    const void *data = bytes.empty() ? static_cast<const void *>("") : bytes.data();
    sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_STATIC);
    return *this;
}

bool Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw connection_.failure(code);
}

void Query::run() {
    while (step()) {
    }
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::uint64_t Query::number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

std::string_view Query::text(int column) const {
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement_, column));
    return {text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

ByteView Query::bytes(int column) const {
    const auto *bytes = static_cast<const Byte *>(sqlite3_column_blob(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Connection::Finalize::operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }

namespace {

// The path as a file: URI (https://www.sqlite.org/uri.html section 3.1).
std::string uri_of(const std::string &path, bool immutable) {
    constexpr char hex[] = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != '%' && c != '?' && c != '#')
            uri += c;
        else
            (((uri += '%') += hex[byte >> 4]) += hex[byte & 15]);
    }
    return immutable ? uri + "?immutable=1" : uri;
}

} // namespace

Connection::Connection(const Options &options) : db_(nullptr, sqlite3_close), shown_(options.shown) {
    const int access = options.write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3 *opened = nullptr;
    const std::string uri = uri_of(options.path, options.immutable);
    const int code =
        sqlite3_open_v2(uri.c_str(), &opened, access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        options.vfs.empty() ? nullptr : options.vfs.c_str());
    db_.reset(opened);
    if (code != SQLITE_OK) throw failure(code);
    configure(options);
}

void Connection::configure(const Options &options) {
    // The defences of https://www.sqlite.org/security.html: a damaged or hostile database file must not lead SQLite astray.
    for (const int off : {SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                          SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW})
        sqlite3_db_config(db_.get(), off, 0, nullptr);
    sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_limit(db_.get(), SQLITE_LIMIT_LENGTH, 8 * 1024 * 1024);
    sqlite3_busy_timeout(db_.get(), static_cast<int>(options.patience.count()));
    execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
            "PRAGMA secure_delete=OFF"); // what is kept is encrypted already
    const std::string cache = "PRAGMA cache_size=-" + std::to_string(options.cache_kib);
    execute(cache.c_str());
}

// Statements go before their connection (they are declared after it).
Connection::~Connection() = default;

Query Connection::query(const char *sql) {
    auto &kept = statements_[sql];
    if (!kept) {
        sqlite3_stmt *statement = nullptr;
        const int code = sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) throw failure(code);
        kept.reset(statement);
    }
    return {kept.get(), *this};
}

void Connection::execute(const char *sql) {
    const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw failure(code);
}

std::uint64_t Connection::number(const char *sql) {
    Query asked = query(sql);
    return asked.step() ? asked.number(0) : 0;
}

std::uint64_t Connection::last_row() const { return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(db_.get())); }

std::uint64_t Connection::changes() const { return static_cast<std::uint64_t>(sqlite3_changes64(db_.get())); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

Error Connection::failure(int code) const {
    const std::string what = "cannot use the index of vault " + shown_;
    std::string why = db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code);
    const int system = db_ ? sqlite3_system_errno(db_.get()) : 0;
    const bool system_failed = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    if (system_failed && system != 0) why += ", " + std::generic_category().message(system);
    if (code == SQLITE_FULL || (system_failed && (system == ENOSPC || system == EDQUOT || system == EFBIG)))
        return store_failure(Errc::store_full, what, why, "free some space, or raise the quota");
    if (system_failed && (system == EACCES || system == EROFS || system == EPERM))
        return store_failure(Errc::store_read_only, what, why, "check who may write there");
    if (system_failed && (system == EMFILE || system == ENFILE))
        return store_failure(Errc::store_busy, what, why, "raise the limit of open files (ulimit -n)");
    switch (code & 0xff) {
    case SQLITE_NOMEM: return {Errc::out_of_memory, what + ": " + why};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return store_failure(Errc::store_busy, what, why, "another process holds it for too long; try again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return store_failure(Errc::store_read_only, what, why, "check who may write there");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: // our SQL is right, so what it meets is not our schema
        return store_failure(Errc::store_corrupt, what, why, "restore the directory from a backup");
    default: return store_failure(Errc::store_io, what, why, "check the disk and the system log");
    }
}

Transaction::~Transaction() {
    if (!connection_.in_transaction()) return;
    try {
        connection_.run("ROLLBACK");
    } catch (const Error &) {
        // SQLite rolls back by itself what it could not: the next BEGIN tells.
    }
}

} // namespace safe::sqlite
