// How long to wait before the next try.
#pragma once

#include "absl/time/time.h"

namespace pingan::ctl {

class Pauses {
 public:
  Pauses(absl::Duration first, absl::Duration longest) : next_(first), longest_(longest) {}

  // Each time twice as long, up to the longest, less a part by chance, so that those who were
  // refused together do not come back together; but not less than `asked`.
  absl::Duration Next(absl::Duration asked);

 private:
  absl::Duration next_;
  const absl::Duration longest_;
};

}  // namespace pingan::ctl
