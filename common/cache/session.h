// Session: all connections of a replica to one Redis process, opened together and lost together.
//
// A session ends with the first trouble on any of them. Entries read through a session are
// therefore of the very process that tells this replica what to drop, even while Redis restarts or
// fails over.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/cache/redis.h"

namespace pingan::cache {

struct Session {
  std::unique_ptr<Redis> control;  // owns the tracking, sends acknowledgements
  std::unique_ptr<Redis> feed;     // hears invalidations and acknowledgements
  std::unique_ptr<Redis> tell;     // announces own batches
  std::vector<std::unique_ptr<Redis>> entries;
};

// Connects all, checks that they reached the same process, and subscribes `feed` to what other
// replicas announce under `prefix` and to the acknowledgements for `replica`. Any error means: try
// again later.
StatusOr<Session> OpenSession(const RedisOptions& options, const std::string& prefix,
                              const std::string& replica, int entry_connections);

// Lends the entry connections of the session that is on.
class EntryPool {
 public:
  struct Lent {
    std::unique_ptr<Redis> redis;  // null if none is free
    uint64_t epoch = 0;
  };

  // Replaces all connections; those lent out are dropped when they come back.
  void Fill(std::vector<std::unique_ptr<Redis>> connections, uint64_t epoch);
  Lent Borrow();
  void Return(Lent lent);

 private:
  std::mutex mutex_;
  uint64_t epoch_ = 0;
  std::vector<std::unique_ptr<Redis>> free_;
};

}  // namespace pingan::cache
