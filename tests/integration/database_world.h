// For tests of a server whose database stops, stalls or loses the wire.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/clock.h"
#include "common/testing/elapse.h"
#include "common/testing/postgres.h"
#include "tests/integration/probes.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {

inline constexpr absl::Duration kLimit = absl::Seconds(30);

// Until `condition` holds; false after 30 s.
template <class Condition>
bool Await(const Condition& condition) {
  const absl::Time end = Clock::Real().Now() + kLimit;
  while (!condition()) {
    if (Clock::Real().Now() > end) return false;
    Elapse(absl::Milliseconds(10));
  }
  return true;
}

inline std::vector<std::string> On(const std::string& database) {
  return {"--sole_replica", "--sweep_seconds=3600", "--database=" + database};
}

inline rpc::Client Officer(const TestServer& server, absl::Duration timeout = kLimit) {
  const std::string token = server.Token({.roles = {"county_officer"}, .area = "411602"});
  return rpc::Client(server.target(), {.token = token, .timeout = timeout, .retries = 0});
}

inline disputes::v1::CreateDisputeRequest Create() {
  return NewDispute("411602001002");
}

class Database : public ::testing::Test {
 protected:
  // How often each record of a create is there; all the same if every create is whole.
  std::string Records() {
    return postgres_.Query(
        database_,
        "SELECT (SELECT count(*) FROM disputes), (SELECT count(*) FROM subject_keys), "
        "(SELECT count(*) FROM events), (SELECT count(*) FROM audit), "
        "(SELECT count(*) FROM replies), (SELECT sum(value) FROM sequences), "
        "(SELECT revision FROM revision)");
  }
  static std::string Whole(int creates) {
    return absl::StrReplaceAll("n|n|n|n|n|n|n\n", {{"n", absl::StrCat(creates)}});
  }

  // Whether the process is ready, as it says of itself.
  static bool IsServing(const TestServer& server) {
    const auto answer = Serving(server.target());
    return answer.ok() && *answer;
  }

  // Locks of PREPARE TRANSACTION 'held', which need no session that holds them.
  void AllowHeldLocks() {
    postgres_.Ask("ALTER SYSTEM SET max_prepared_transactions TO 1");
    postgres_.Kill9();
    postgres_.Start();
  }

  Postgres postgres_;
  const std::string database_ = postgres_.NewDatabase();
};

}  // namespace pingan::testing
