// The numbers a city lives by, of rows of counts, as a table.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pingan/common/v1/resource.pb.h"

namespace pingan::ctl {

// Registered, resolved, major resolved, on time and where resolved, as columns after `heads`; each
// row begins with as many cells of its own.
class Rates {
 public:
  explicit Rates(std::vector<std::string> heads);
  void Add(std::vector<std::string> cells, const common::v1::StatisticsRow& row);
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace pingan::ctl
