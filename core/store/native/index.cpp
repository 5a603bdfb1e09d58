#include "store/native/index.hpp"

#include "store/failure.hpp"
#include "store/limits.hpp"
#include "store/native/marker.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <limits>

namespace safe::index {
namespace {

constexpr std::uint64_t application = 0x73616665; // "safe"

// Rows about values are apart from the values: listing and touching them reads and writes no value.
constexpr const char *schema = R"(
CREATE TABLE objects(
    key TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    used INTEGER NOT NULL,
    content INTEGER,         -- contents.id, or
    file TEXT,               -- name of a file
    check_sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE contents(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE garbage(file TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
PRAGMA application_id=0x73616665;
PRAGMA user_version=1;
)";

// CRC-32C of the key, a zero byte, and the value or the name of its file: SQLite itself has no checksums.
std::uint32_t check_sum(const std::string &key, ByteView value, std::string_view file) {
    boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> crc;
    crc.process_bytes(key.c_str(), key.size() + 1);
    if (file.empty())
        crc.process_bytes(value.data(), value.size());
    else
        crc.process_bytes(file.data(), file.size());
    return crc.checksum();
}

Error damaged(const std::string &key) {
    return store_failure(Errc::store_corrupt, "cannot read " + key, "its row in the index is damaged",
                         "put it again, or restore the directory from a backup");
}

// Keys are printable ASCII, so this is above all that begin with the prefix and below all others that are greater.
std::string end_of(const std::string &prefix) { return prefix + '\x7f'; }

bool is_name(std::string_view file) {
    return file.size() == 30 && std::all_of(file.begin(), file.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

constexpr const char *find_sql = "SELECT size, used, content, file, check_sum, NULL FROM objects WHERE key = ?1";
constexpr const char *read_sql = "SELECT o.size, o.used, o.content, o.file, o.check_sum, c.bytes "
                                 "FROM objects o LEFT JOIN contents c ON c.id = o.content WHERE o.key = ?1";

// The row at which `found` stands.
Row row_of(const sqlite::Query &found, const std::string &key) {
    Row row{found.number(0), found.number(1), std::string(found.text(3))};
    const bool in_index = !found.is_null(2), in_file = !row.file.empty();
    if (in_index == in_file || row.size > max_store_value) throw damaged(key);
    if (in_file && (!is_name(row.file) || check_sum(key, {}, row.file) != found.number(4))) throw damaged(key);
    return row;
}

} // namespace

void check(sqlite::Connection &db, const std::string &shown) {
    const std::string what = "cannot open vault " + shown;
    const std::uint64_t version = db.number("PRAGMA user_version");
    if (db.number("PRAGMA application_id") != application || version == 0)
        throw store_failure(Errc::store_corrupt, what, "its index.db is damaged or not its own",
                            "restore the directory from a backup");
    if (version > directory_format)
        throw store_failure(Errc::store_version, what,
                            "written by format " + std::to_string(version) + ", this library reads 1-" +
                                std::to_string(directory_format),
                            "upgrade libsafe or choose another directory");
    // Reads the schema, and so finds out that there is one.
    find(db, "x");
}

void prepare(sqlite::Connection &db, const std::string &shown, bool was_whole) {
    const bool is_new = db.number("PRAGMA user_version") == 0 && db.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (is_new && was_whole)
        throw store_failure(Errc::store_corrupt, "cannot open vault " + shown, "its index.db has been emptied",
                            "restore the directory from a backup");
    if (is_new) db.execute(schema);
    check(db, shown);
}

std::optional<Row> find(sqlite::Connection &db, const std::string &key) {
    sqlite::Query found = db.query(find_sql);
    if (!found.bind(1, key).step()) return std::nullopt;
    return row_of(found, key);
}

std::optional<Row> read(sqlite::Connection &db, const std::string &key, std::uint64_t offset, std::uint64_t length,
                        const BufferPoolRef &pool, Buffer &out) {
    sqlite::Query found = db.query(read_sql);
    if (!found.bind(1, key).step()) return std::nullopt;
    Row row = row_of(found, key);
    if (!row.file.empty()) return row;
    const ByteView value = found.bytes(5);
    if (found.is_null(5) || value.size() != row.size || check_sum(key, value, {}) != found.number(4))
        throw damaged(key);
    const StoreRange range = cut_range(row.size, offset, length);
    out = Buffer(pool, range.length);
    out.append(value.subspan(static_cast<std::size_t>(range.offset), range.length));
    return row;
}

bool insert(sqlite::Connection &db, const std::string &key, ByteView value, const std::string &file,
            std::uint64_t now) {
    {
        sqlite::Query there = db.query("SELECT 1 FROM objects WHERE key = ?1");
        if (there.bind(1, key).step()) return false;
    }
    std::uint64_t content = 0;
    if (file.empty()) {
        db.query("INSERT INTO contents(bytes) VALUES(?1)").bind(1, value).run();
        content = db.last_row();
    }
    sqlite::Query row =
        db.query("INSERT INTO objects(key, size, used, content, file, check_sum) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    row.bind(1, key).bind(2, std::uint64_t{value.size()}).bind(3, now);
    file.empty() ? row.bind(4, content) : row.bind(5, file);
    row.bind(6, std::uint64_t{check_sum(key, value, file)}).run();
    return true;
}

// Takes the row as it is, damaged or not: this is also how a damaged value gives way to a good one.
std::optional<std::string> erase(sqlite::Connection &db, const std::string &key) {
    std::string file;
    {
        sqlite::Query found = db.query("SELECT content, file FROM objects WHERE key = ?1");
        if (!found.bind(1, key).step()) return std::nullopt;
        if (is_name(found.text(1))) file = found.text(1);
        if (!found.is_null(0)) db.query("DELETE FROM contents WHERE id = ?1").bind(1, found.number(0)).run();
    }
    db.query("DELETE FROM objects WHERE key = ?1").bind(1, key).run();
    return file;
}

bool touch(sqlite::Connection &db, const std::string &key, std::uint64_t now) {
    db.query("UPDATE objects SET used = max(used, ?2) WHERE key = ?1").bind(1, key).bind(2, now).run();
    return db.changes() > 0;
}

Store::Page list(sqlite::Connection &db, const std::string &prefix, const std::string &after, std::size_t limit) {
    const bool from_start = after < prefix;
    const std::string end = end_of(prefix);
    sqlite::Query rows =
        db.query(from_start ? "SELECT key, size FROM objects WHERE key >= ?1 AND key < ?2 ORDER BY key"
                            : "SELECT key, size FROM objects WHERE key > ?1 AND key < ?2 ORDER BY key");
    rows.bind(1, from_start ? prefix : after).bind(2, end);
    Store::Page page;
    while (rows.step()) {
        if (page.entries.size() == limit) {
            page.more = true;
            break;
        }
        page.entries.push_back({std::string(rows.text(0)), rows.number(1)});
    }
    return page;
}

StoreFigures figures(sqlite::Connection &db, const std::string &prefix) {
    const std::string end = end_of(prefix);
    sqlite::Query sum = db.query("SELECT count(*), ifnull(sum(size), 0) FROM objects WHERE key >= ?1 AND key < ?2");
    sum.bind(1, prefix).bind(2, end).step();
    return {sum.number(0), sum.number(1)};
}

std::uint64_t bytes(sqlite::Connection &db) {
    return db.number("PRAGMA page_count") * db.number("PRAGMA page_size") +
           db.number("SELECT ifnull(sum(size), 0) FROM objects WHERE file IS NOT NULL");
}

void add_garbage(sqlite::Connection &db, const std::string &file) {
    db.query("INSERT OR IGNORE INTO garbage(file) VALUES(?1)").bind(1, file).run();
}

void drop_garbage(sqlite::Connection &db, const std::string &file) {
    db.query("DELETE FROM garbage WHERE file = ?1").bind(1, file).run();
}

std::vector<std::string> garbage(sqlite::Connection &db) {
    std::vector<std::string> files;
    sqlite::Query rows = db.query("SELECT file FROM garbage");
    while (rows.step())
        if (is_name(rows.text(0))) files.emplace_back(rows.text(0));
    return files;
}

bool names(sqlite::Connection &db, const std::string &file) {
    sqlite::Query found = db.query("SELECT 1 FROM objects WHERE file = ?1");
    return found.bind(1, file).step();
}

} // namespace safe::index
