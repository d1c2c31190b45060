// The flags that every service has. docs/operations.md explains them to operators.
#pragma once

#include <string>
#include <vector>

#include "common/base/status.h"

namespace pingan::server {

struct Flags {
  std::string listen, metrics;    // address:port; port 0 = any free one
  std::string database;           // sqlite:PATH or postgresql://…
  std::string redis;              // host:port or socket path; empty = none
  std::string redis_credentials;  // file; empty = none
  bool sole_replica = false;      // PostgreSQL without Redis, and no other replica ever
  std::string state;              // folder
  std::string areas;              // file
  std::string limits;             // file; empty = the service's own
  std::string keyring;            // file; empty = <state>/keyring
  std::string policy;             // file; empty = built in
  bool dev = false;               // development keys and clock; loopback only
  std::string jwks, issuer, audience;
  std::vector<std::string> jwks_hosts;
  std::string revocations;
  int workers = 0, queue = 0, readers = 0, cache_mb = 0, sweep_seconds = 0, log_sample = 0;
  int retention_days = 0;  // of events; 0 = all are kept
  int trust_seconds = 0;   // between readings of keys and revocations
  int keyring_seconds = 0, rewrap_rate = 0;
  double quota_per_second = 0, quota_burst = 0;
  int drain_seconds = 0;
};

// INVALID_ARGUMENT, naming the flag, for a value or combination that cannot work or is not safe,
// such as development keys on an address that others reach; also for a word that is no flag.
StatusOr<Flags> ParseFlags(int argc, char** argv);

}  // namespace pingan::server
