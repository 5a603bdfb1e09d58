// The index of a directory store: which keys there are, and the values that are small (docs/formats.md, "Vault directory").
// A value is there when its row is committed. All functions run on an I/O thread.
#pragma once

#include "base/buffer.hpp"
#include "store/native/sqlite.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace safe::index {

// What a row says of a value that is kept in a file, or of any value without its bytes.
struct Row {
    std::uint64_t size = 0;
    std::uint64_t used = 0; // when it was created or last touched, milliseconds of the wall clock
    std::string file;       // empty: the bytes are in the index
};

// The tables of a new index, in a transaction that is open. Throws STORE_CORRUPT if `was_whole` (the vault had an index
// before), STORE_VERSION.
void prepare(sqlite::Connection &db, const std::string &shown, bool was_whole);
// The same for a directory that cannot be written: only checks.
void check(sqlite::Connection &db, const std::string &shown);

std::optional<Row> find(sqlite::Connection &db, const std::string &key);

// The row, and in `out` the bytes [offset, offset + length) if they are in the index. Verifies the checksum.
std::optional<Row> read(sqlite::Connection &db, const std::string &key, std::uint64_t offset, std::uint64_t length,
                        const BufferPoolRef &pool, Buffer &out);

// False: the key is there. `file` empty: `value` becomes part of the index.
bool insert(sqlite::Connection &db, const std::string &key, ByteView value, const std::string &file, std::uint64_t now);
// The file that belonged to the row, or nothing if there was no row.
std::optional<std::string> erase(sqlite::Connection &db, const std::string &key);
bool touch(sqlite::Connection &db, const std::string &key, std::uint64_t now);

Store::Page list(sqlite::Connection &db, const std::string &prefix, const std::string &after, std::size_t limit);
StoreFigures figures(sqlite::Connection &db, const std::string &prefix);
// Bytes of the index itself and of all files.
std::uint64_t bytes(sqlite::Connection &db);

// Files that no row names any more and that are still to be removed.
void add_garbage(sqlite::Connection &db, const std::string &file);
void drop_garbage(sqlite::Connection &db, const std::string &file);
std::vector<std::string> garbage(sqlite::Connection &db);
bool names(sqlite::Connection &db, const std::string &file);

} // namespace safe::index
