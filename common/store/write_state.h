// Whether the database takes writes, as its last answer to one says. Safe from any thread.
#pragma once

#include <mutex>
#include <utility>

#include "common/base/status.h"

namespace pingan::store {

class WriteState {
 public:
  void Taken() {
    std::lock_guard lock(mutex_);
    refusal_ = absl::OkStatus();
  }

  // The first word of many: that one waits to connect again says less.
  void Refused(Status why) {
    std::lock_guard lock(mutex_);
    if (refusal_.ok()) refusal_ = std::move(why);
  }

  // OK, or why not.
  Status Now() const {
    std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  mutable std::mutex mutex_;
  Status refusal_;
};

}  // namespace pingan::store
