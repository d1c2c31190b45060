// Parts: what one server process is made of, as the pipeline sees it. Filled once by common/server;
// nothing here is owned.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <string>

#include "common/area/tree.h"
#include "common/auth/authenticator.h"
#include "common/auth/policy.h"
#include "common/base/clock.h"
#include "common/base/decision.h"
#include "common/base/limits.h"
#include "common/cache/coherence.h"
#include "common/cache/l1.h"
#include "common/calendar/working_days.h"
#include "common/crypto/keyring.h"
#include "common/events/feed.h"
#include "common/events/fold.h"
#include "common/rpc/dev_clock.h"
#include "common/rpc/log.h"
#include "common/rpc/metrics.h"
#include "common/rpc/quota.h"
#include "common/rpc/records.h"
#include "common/rpc/worker_pool.h"
#include "common/rpc/writer.h"

namespace pingan::rpc {

// An answer of Get as it goes over the wire, masked, with what decides who may have it.
struct CachedReply {
  std::string area;
  std::string shared_area;
  grpc::ByteBuffer bytes;
};
using ReplyCache = cache::L1<CachedReply>;

struct Parts {
  const std::atomic<bool>* draining = nullptr;  // new calls are sent elsewhere
  std::atomic<int>* open = nullptr;  // calls between Admit and Ended; whoever waits for 0 is told
  std::atomic<bool>* database_up = nullptr;  // as it was last looked at
  const Clock* clock = nullptr;
  DevClock* dev_clock = nullptr;  // only of a development server on loopback
  auth::Authenticator* authenticator = nullptr;
  const auth::Policy* policy = nullptr;
  const area::Tree* areas = nullptr;
  const calendar::Calendar* calendar = nullptr;
  const Limits* limits = nullptr;
  const crypto::Keyring* keyring = nullptr;
  store::Store* store = nullptr;
  const Tables* tables = nullptr;
  Records* records = nullptr;
  Writer* writer = nullptr;
  WorkerPool* workers = nullptr;
  Quota* quota = nullptr;
  Metrics* metrics = nullptr;
  Log* log = nullptr;
  events::Feed* feed = nullptr;
  events::Fold* fold = nullptr;
  cache::Coherence* coherence = nullptr;
  ReplyCache* replies = nullptr;
};

}  // namespace pingan::rpc
