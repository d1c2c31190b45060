// L2: rows in Redis, shared by the replicas of a service. What is kept is version, area and the
// sealed body, never the index columns, so nothing there is plain text.
//
// An entry is written only if its key was not touched since before the database was read (WATCH),
// and writers touch it after each commit; so what is older than the last touch cannot come back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/cache/session.h"
#include "common/store/row.h"

namespace pingan::cache {

// "<generation> <version> <area>\n<body>".
std::string EncodeEntry(const store::Row& row, int64_t generation);
// The row, without key and columns. Nullopt for a tombstone, another generation or anything
// malformed.
std::optional<store::Row> DecodeEntry(std::string_view entry, int64_t generation);

class L2 {
 public:
  using Fetch = std::function<StatusOr<std::optional<store::Row>>()>;

  // `lost` is told the epoch of a connection that failed.
  L2(std::string prefix, absl::Duration ttl, EntryPool* pool, std::function<void(uint64_t)> lost)
      : prefix_(std::move(prefix)), ttl_(ttl), pool_(pool), lost_(std::move(lost)) {}

  struct Got {
    StatusOr<std::optional<store::Row>> row;
    bool hit = false;
  };
  // The entry if it is of the generation, else what `fetch` returns, which is then kept if it is a
  // row. Trouble with Redis is not an error: the answer is what `fetch` returns. `row.columns` is
  // empty.
  Got Get(const std::string& table, std::string_view key, int64_t generation, const Fetch& fetch);

 private:
  // Looks and begins to watch. An error when the connection is to be dropped.
  StatusOr<std::optional<store::Row>> Look(Redis& redis, const std::string& entry_key,
                                           int64_t generation);
  Status Keep(Redis& redis, const std::string& entry_key, const store::Row& row,
              int64_t generation);

  const std::string prefix_;
  const absl::Duration ttl_;
  EntryPool* const pool_;
  const std::function<void(uint64_t)> lost_;
};

}  // namespace pingan::cache
