// The limits that are a city's own to set: how long things may take, how often. The defaults of a
// service are built into it; a city's file says what it wants otherwise. What a statute says is not
// among them.
//
//   # version: zhoukou-2026
//   # a comment
//   move.days	10             a row: a name of the defaults, and as many numbers as they have
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace pingan {

// Immutable; safe to read from several threads.
class Limits {
 public:
  // None at all.
  Limits() = default;

  // Every number from 1 to 3650. INVALID_ARGUMENT in one line naming `origin`, line and limit:
  // empty, malformed, a limit twice, or no version.
  static StatusOr<Limits> Parse(std::string_view text, std::string_view origin);

  // These with a city's own in place of the defaults. As Parse; also for a limit that there is not
  // or that has another count of numbers, and for other numbers under the version of these: what is
  // told by its version is told apart by it.
  StatusOr<Limits> With(std::string_view text, std::string_view origin) const;

  // A number of a limit; 0 if there is none.
  int Of(std::string_view name, size_t place = 0) const;

  std::vector<std::string> names() const;
  const std::string& version() const { return version_; }

 private:
  std::string version_;
  std::map<std::string, std::vector<int>, std::less<>> limits_;
};

}  // namespace pingan
