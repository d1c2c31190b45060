// What tokens are believed by at this moment: the issuer's keys and the list of what was revoked,
// kept up to date from where they are published.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/fetch.h"
#include "common/auth/jwks.h"
#include "common/base/clock.h"

namespace pingan::auth {

// One state of it; never changes.
struct Trust {
  KeySet keys;
  std::set<std::string, std::less<>> revoked;  // "sub <subject>" and "jti <token id>"
  uint64_t generation;                         // grows with every change, from 1
};

// Thread-safe.
class TrustStore {
 public:
  struct Options {
    // File or URL of the JWKS; see Fetch.
    std::string jwks;
    FetchLimits limits;

    // File, up to 1 MiB, with one "sub <subject>" or "jti <token id>" a line; empty = none revoked.
    std::string revocations_file;

    // How often both are read again, hence how long a revocation may take; zero = only by Refresh.
    absl::Duration interval = absl::Minutes(1);

    // A token with an unknown key id asks for an early reading, but not more often than this.
    absl::Duration early_interval = absl::Seconds(10);

    // Told of every later reading that failed; what was read before goes on being used.
    std::function<void(const Status&)> on_failure = [](const Status&) {};
  };

  // Reads once, so that a service without keys does not start: as Fetch, KeySet::Parse, and
  // INVALID_ARGUMENT for a line of the revocations that is neither. `clock` outlives the store.
  static StatusOr<std::unique_ptr<TrustStore>> Open(Options options, const Clock* clock);
  ~TrustStore();

  std::shared_ptr<const Trust> Current() const;

  // Current()->generation, without a lock.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // Reads again. A new generation if anything changed; on failure all stays. Blocks as Fetch.
  Status Refresh();

  // Says that a token named a key that is not known. Returns at once; the reading is done by the
  // store's own thread, so the caller's next attempt may succeed. Does nothing without an interval.
  void ReportUnknownKey();

 private:
  TrustStore(Options options, const Clock* clock) : options_(std::move(options)), clock_(*clock) {}
  Status Reload();
  void Run();

  const Options options_;
  const Clock& clock_;
  std::atomic<uint64_t> generation_ = 0;
  absl::Mutex refreshing_;  // held through a reading; before mutex_
  std::string read_ ABSL_GUARDED_BY(refreshing_);
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Trust> current_ ABSL_GUARDED_BY(mutex_);
  absl::Time last_reading_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool early_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace pingan::auth
