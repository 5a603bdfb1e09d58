// SQLite as the directory store uses it: one connection, its statements, its errors as ours.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace safe::sqlite {

// One run of a statement. Parameters count from 1, columns from 0. Views live until the next step.
class Query {
  public:
    Query(sqlite3_stmt *statement, class Connection &connection) : statement_(statement), connection_(connection) {}
    ~Query(); // ready for the next run
    Query(const Query &) = delete;
    Query &operator=(const Query &) = delete;

    Query &bind(int parameter, std::uint64_t value);
    Query &bind(int parameter, std::string_view text); // must outlive the run
    Query &bind(int parameter, ByteView bytes);        // likewise

    bool step(); // true: there is a row
    void run();  // to the end, rows ignored

    bool is_null(int column) const;
    std::uint64_t number(int column) const;
    std::string_view text(int column) const;
    ByteView bytes(int column) const;

  private:
    sqlite3_stmt *statement_;
    Connection &connection_;
};

// Used by one thread at a time.
class Connection {
  public:
    struct Options {
        std::string path;  // of the database file
        std::string shown; // how messages name the vault
        std::string vfs;   // empty: the system's
        unsigned cache_kib = 256;
        bool write = true;
        bool immutable = false; // nobody writes: no locks, no WAL
        std::chrono::milliseconds patience{10'000};
    };
    explicit Connection(const Options &options);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    // `sql` is a literal: its statement is prepared once.
    Query query(const char *sql);
    void run(const char *sql) { query(sql).run(); }
    // Several statements, or a PRAGMA: many of those act when they are prepared, so that a kept one acts only once.
    void execute(const char *sql);
    std::uint64_t number(const char *sql);

    std::uint64_t last_row() const;
    std::uint64_t changes() const;
    bool in_transaction() const;

    // What the last failure means to the user of a vault.
    Error failure(int code) const;

  private:
    void configure(const Options &options);

    std::unique_ptr<sqlite3, int (*)(sqlite3 *)> db_;
    std::string shown_;
    struct Finalize {
        void operator()(sqlite3_stmt *statement) const;
    };
    std::unordered_map<const char *, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

// Takes the write lock of the database; rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Connection &connection) : connection_(connection) { connection_.run("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    void commit() { connection_.run("COMMIT"); }

  private:
    Connection &connection_;
};

} // namespace safe::sqlite
