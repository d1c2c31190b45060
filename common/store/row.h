// The plain data that the store keeps and that flows between the pipeline and a database.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pingan::store {

enum class Type { kText, kInteger, kBytes };

// Text and bytes are both std::string; the column's Type tells them apart. monostate is SQL NULL.
using Value = std::variant<std::monostate, int64_t, std::string>;

struct Column {
  std::string name;
  Type type = Type::kText;
};

// An order a list can be read in. `scoped` also keeps the order per county, township and village,
// so that a page costs the same for a village as for the city. The column holds no NULL, and no
// bytes.
struct Order {
  std::string column;
  bool scoped = false;
};

// TableSpec declares one table. Besides `columns` every table has
//   key TEXT PRIMARY KEY, area TEXT, version BIGINT (revision that wrote the row), body BYTES.
struct TableSpec {
  std::string name;
  std::vector<Column> columns;
  std::vector<Order> orders;
  // Further single-column indexes, for equality filters, of the rows where the column is not NULL.
  std::vector<std::string> indexed;
  bool short_rows = false;  // of some hundred bytes at most: they may be kept in the key's index
  // Keys are "<what is searched for>\n<name>", and writers may guard searches (store.h, Absence).
  bool searched = false;
  // Rows go with a record of another table, under its name. No event tells of them, and nobody
  // holds one that is new.
  bool beside = false;
};

struct Row {
  std::string key;
  std::string area;            // 12-digit code
  int64_t version = 0;         // set by the store's encoder from the revision given to it
  std::string body;            // serialised, sealed where the message has sensitive fields
  std::vector<Value> columns;  // in the order of TableSpec::columns
};

// One entry of the history, the feed and the outbox (they are the same thing).
struct Event {
  int64_t revision = 0;
  int64_t time_us = 0;  // Unix microseconds
  std::string actor;
  std::string request_id;
  std::string name;  // of the resource
  std::string area;
  std::string kind;     // "dispute.accepted"
  std::string subject;  // whose key seals `body`; empty = not sealed
  std::string body;     // after-image
  std::string deltas;   // serialised pingan.common.v1.Deltas; empty = counts nothing
  std::string also;     // further areas that it is told to, see common/events/sight.h; mostly empty
};

// Who did or saw what. Written with the rows, or before a revealing read is answered.
struct Audit {
  int64_t id = 0;  // given by the store, without gaps
  int64_t time_us = 0;
  std::string actor;
  std::string method;
  std::string name;
  std::string area;
  std::string purpose;
  std::string request_id;
  int64_t revision = 0;  // of the write; 0 for a read
  std::string link;      // given by the store, see common/store/chain.h
};

// An entry of the audit by which it can be told later that it and all before it are the same: its
// id, and the link of the chain there.
struct AuditMark {
  int64_t id = 0;    // 0 = before the first
  std::string link;  // 32 bytes; empty before the first
};

// How far the audit is as it was written.
struct AuditCheck {
  enum Fault {
    kNone,
    kMissing,  // there is no such entry
    kChanged,  // it says something else; of two that stand for each other, the first
    kExtra,    // nobody wrote such an entry
  };
  AuditMark through;  // the last entry found as it was written
  int64_t last = 0;   // the last one there is
  int64_t since =
      0;  // entries through this one are from before there were links, and not looked at
  Fault fault = kNone;
  int64_t wrong = 0;  // the first entry that is not as it was written
};

// Remembers that a request was carried out. The answer itself is the after-image of `revision`.
struct Reply {
  std::string key;          // of caller, method and request_id
  std::string fingerprint;  // of the request's bytes
  std::string name;
  int64_t revision = 0;
  int64_t time_us = 0;
};

}  // namespace pingan::store
