// Sweep: what the clock does by itself. Takes the records whose next_due_time has come and lets
// their table's `tick` write what fell due, through the same writer as every other write; then
// forgets the events that are older than they are to be kept.
//
// When the process counts days by another calendar or other limits than the database was last
// reviewed by, it also looks once at every record that waits for its day: that may be an earlier
// one now. How far this is stands in the database, so it goes on after a restart, and replicas
// share the work.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/rpc/parts.h"
#include "common/rpc/review.h"

namespace pingan::rpc {

class Sweep {
 public:
  struct Options {
    absl::Duration interval;
    absl::Duration keep = absl::InfiniteDuration();  // events
    // From the start until a review begins: replicas that count as before are gone by then, and
    // write no more days of theirs behind it.
    absl::Duration settle = absl::Hours(1);
  };
  // Sweeps every `interval` until Stop. Two replicas may sweep: one of them wins each record, the
  // other finds nothing left to do.
  Sweep(const Parts& parts, const Options& options);
  ~Sweep() { Stop(); }

  // Everything that is due at `now`; returns when it is written. Some pages of a review come after
  // it, then events are compacted, no further than the counts are saved, and not for longer than
  // until Stop.
  void Run(absl::Time now);

  void Stop();

 private:
  Status Due(const Table& table, absl::Time now);
  // UNAVAILABLE or UNKNOWN if for some of them the database was away; what else fails is noted.
  Status Tick(const Table& table, const std::vector<store::Row>& rows, absl::Time now);
  void GoOnReviewing(absl::Time now);
  Status Look(Review* review, absl::Time now);
  void Compact(absl::Time now);
  bool Going();
  void Loop();

  const Parts& parts_;
  const Options options_;
  const auth::Caller system_{.subject = auth::kSystemSubject};
  const int64_t start_us_ = MonotonicMicros();
  std::mutex reviewing_;         // guards reviews_
  std::vector<Review> reviews_;  // of the tables that recount
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pingan::rpc
