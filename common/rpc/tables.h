// Tables: the kinds of records that one service keeps, found by what the pipeline has at hand.
#pragma once

#include <string_view>
#include <vector>

#include "common/rpc/table.h"

namespace pingan::rpc {

class Tables {
 public:
  // The first is the service's main one, whose measures are counted. None is owned.
  explicit Tables(std::vector<const Table*> tables) : tables_(std::move(tables)) {}

  const Table& main() const { return *tables_.front(); }
  const std::vector<const Table*>& all() const { return tables_; }

  // The table whose stored message this is; null if there is none.
  const Table* OfRecord(const google::protobuf::Descriptor* record) const;
  // The table of a resource named `<table>/<id>`; null if there is none.
  const Table* OfName(std::string_view name) const;

 private:
  std::vector<const Table*> tables_;
};

}  // namespace pingan::rpc
