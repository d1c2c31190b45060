// Review: one look at each record of a table that waits for its day, after a change of the rules by
// which days are counted. That it has begun, and how far it is, stands in the database, a page at
// a time: it goes on after a restart, and replicas with the same rules share it. Two that are at
// the same page do it twice, which changes nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/rpc/table.h"
#include "common/store/store.h"

namespace pingan::rpc {

class Review {
 public:
  // `rules` tells those of this process apart from others. Neither pointer is owned.
  Review(store::Store* store, const Table* table, std::string rules)
      : store_(store), table_(table), rules_(std::move(rules)) {}

  const Table& table() const { return *table_; }

  // True from when all have been looked at by these rules. Also once a replica with other rules has
  // begun after this one: it is the newer, or an older one that is wanted back.
  bool over() const { return over_; }

  // The rows to look at next, at most `limit`. None = it is over.
  StatusOr<std::vector<store::Row>> Next(int limit);

  // They have been looked at, through `last`.
  Status Done(const store::Row& last);

 private:
  // Through which of the table's order next_due_time.
  struct Mark {
    int64_t saves = 0;
    std::string rules;
    int64_t due = 0;
    std::string key;
  };

  std::string Name() const { return "review:" + table_->spec.name; }
  StatusOr<Mark> Load() const;
  Status Save();

  store::Store* store_;
  const Table* table_;
  std::string rules_;
  Mark mark_;
  bool begun_ = false, over_ = false;
};

}  // namespace pingan::rpc
