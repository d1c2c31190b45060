// Small numbers for the values of one dimension, and months as numbers, so that a cell of a cube is
// found by integers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace pingan::events {

// The values of a dimension in the order in which they were first met. Not synchronised.
class Axis {
 public:
  // At most 65,536 values of a dimension are counted.
  static constexpr size_t kValuesMax = 1 << 16;

  // The number of `value`, given to it when it is new. INTERNAL (INTERNAL_FAULT) when there are too
  // many.
  StatusOr<uint16_t> Intern(std::string_view value);

  // The number of a value that was met.
  std::optional<uint16_t> Find(std::string_view value) const;

  const std::string& Value(uint16_t id) const { return values_[id]; }

 private:
  std::map<std::string, uint16_t, std::less<>> ids_;
  std::vector<std::string> values_;
};

// "2026-11" as a number that grows by one each month; none if malformed.
std::optional<uint16_t> ParseMonth(std::string_view text);
std::string MonthText(uint16_t month);

}  // namespace pingan::events
