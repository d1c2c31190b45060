// Run: a service under load to which a disaster happens again and again, and what is true in the
// end: nothing acknowledged is lost or done twice, what failed is not there, what was in doubt is
// settled, and no number is missing or given twice.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "tests/chaos/creators.h"
#include "tests/chaos/database.h"
#include "tests/integration/server_fixture.h"

namespace pingan::chaos {

struct Plan {
  std::string name;
  int disasters = 20;
  int creators = 64;
  uint64_t seed = 0;     // of the moments, the disasters and the clients
  std::string sabotage;  // SQL that breaks a promise, which the run should find; empty = none
};

// From the main thread.
class Run {
 public:
  Run(const Plan& plan, Database* database);

  // Lets `disaster` happen as often as planned, each time waiting until a write succeeds again.
  // Prints `chaos <name> seed <s> disasters <n> creators <n> <figure> <n> … ok|failed`, and to
  // standard error examples of what did not agree.
  Verdict Execute(const std::function<void()>& disaster);

  std::mt19937_64& random() { return random_; }
  // Goes on under load for a random time.
  void Linger();
  void KillService() { server_.Kill(); }
  // The clients hear of its new address.
  void StartService();

 private:
  bool Strike(const std::function<void()>& disaster);
  Observed ReadBack();
  int64_t WriteLast(const rpc::Client& client);
  int CountUnread(const rpc::Client& client);
  void Print(const Verdict& verdict) const;

  const Plan plan_;
  std::mt19937_64 random_;
  Database* const database_;
  testing::TestServer server_;
  Address address_;
  Ledger ledger_;
  int disasters_ = 0, unread_ = 0;
};

}  // namespace pingan::chaos
