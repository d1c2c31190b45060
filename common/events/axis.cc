#include "common/events/axis.h"

#include <algorithm>
#include <cstdio>

namespace pingan::events {

StatusOr<uint16_t> Axis::Intern(std::string_view value) {
  if (const auto id = Find(value)) return *id;
  if (values_.size() == kValuesMax) {
    return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
                 "a dimension has too many values");
  }
  const auto id = static_cast<uint16_t>(values_.size());
  values_.emplace_back(value);
  ids_.emplace(value, id);
  return id;
}

std::optional<uint16_t> Axis::Find(std::string_view value) const {
  const auto it = ids_.find(value);
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

std::optional<uint16_t> ParseMonth(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  for (size_t i : {0, 1, 2, 3, 5, 6}) {
    if (!digit(i)) return std::nullopt;
  }
  const int year =
      (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
  const int month = (text[5] - '0') * 10 + text[6] - '0';
  if (month < 1 || month > 12 || year > 5000) return std::nullopt;
  return static_cast<uint16_t>(year * 12 + month - 1);
}

std::string MonthText(uint16_t month) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d", month / 12, month % 12 + 1);
  return text;
}

}  // namespace pingan::events
