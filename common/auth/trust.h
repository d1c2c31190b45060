// What tokens are believed by at this moment: the issuer's keys and the list of what was revoked,
// kept up to date from where they are published.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/time/time.h"
#include "common/auth/fetch.h"
#include "common/auth/jwks.h"
#include "common/auth/revocations.h"
#include "common/base/clock.h"

namespace pingan::auth {

// One state of it; never changes.
struct Trust {
  std::shared_ptr<const KeySet> keys;
  Revocations revoked;
  uint64_t generation;  // grows with every change, from 1
};

// Thread-safe.
class TrustStore {
 public:
  struct Options {
    // File or URL of the JWKS; see Fetch.
    std::string jwks;
    FetchLimits limits;

    // See Revocations::Read; empty = none revoked.
    std::string revocations_file;

    // How often both are read again, hence how long a revocation may take; zero = only by Refresh.
    absl::Duration interval = absl::Minutes(1);

    // A token with an unknown key id asks for an early reading, but not more often than this.
    absl::Duration early_interval = absl::Seconds(10);

    // Told of every later reading that failed, of the "keys" or the "revocations": what was read
    // before goes on being used. Also, once, of lines of the revocations that say nothing.
    std::function<void(std::string_view what, std::string_view why)> on_failure =
        [](std::string_view, std::string_view) {};
  };

  // Reads once, so that a service without keys does not start: errors of Revocations::Read, Fetch
  // and KeySet::Parse. `clock` outlives the store.
  static StatusOr<std::unique_ptr<TrustStore>> Open(Options options, const Clock* clock);
  ~TrustStore();

  std::shared_ptr<const Trust> Current() const;

  // Current()->generation, without a lock.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // Reads both again, each whatever becomes of the other. A new generation if anything changed;
  // what cannot be read stays as it was, and its error is answered. Blocks as Fetch.
  Status Refresh();

  // How the last reading went.
  bool keys_read() const { return keys_read_; }
  bool revocations_read() const { return revocations_read_; }
  int revocations_unread() const { return revocations_unread_; }  // lines that say nothing

  // Says that a token named a key that is not known. Returns at once; the reading is done by the
  // store's own thread, so the caller's next attempt may succeed. Does nothing without an interval.
  void ReportUnknownKey();

 private:
  TrustStore(Options options, const Clock* clock) : options_(std::move(options)), clock_(*clock) {}
  // Under refreshing_.
  Status ReadRevocations();
  Status ReadKeys();
  void Publish();

  void Run();

  const Options options_;
  const Clock& clock_;
  std::atomic<uint64_t> generation_ = 0;
  std::atomic<bool> keys_read_{true}, revocations_read_{true};
  std::atomic<int> revocations_unread_{0};
  std::mutex refreshing_;  // held through a reading, over what follows; before mutex_
  std::string jwks_;
  std::shared_ptr<const KeySet> keys_;
  Revocations revoked_;
  mutable std::mutex mutex_;  // over what follows
  std::condition_variable due_;
  std::shared_ptr<const Trust> current_;
  absl::Time last_reading_ = absl::InfinitePast();
  bool early_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pingan::auth
