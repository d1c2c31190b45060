#include "common/auth/scope.h"

#include <gtest/gtest.h>

namespace pingan::auth {
namespace {

TEST(Scope, IsTheCallersAreaAndNeverAPartys) {
  const struct {
    const char *own, *party, *area;
    bool reached;
  } kCases[] = {
      {"", "", "411602001002", true},
      {"", "", "411602", true},
      {"411602", "", "411602001002", true},
      {"411602", "", "411602", true},
      {"411602", "", "4116", false},
      {"411602", "", "411603001002", false},
      {"411602", "", "", false},
      {"411602", "", "4116020010", false},
      {"411602", "disputes/x/parties/1", "411602001002", false},
      {"", "disputes/x/parties/1", "411602001002", false},
  };
  for (const auto& c : kCases) {
    const Caller caller{.area = c.own, .party = c.party};
    EXPECT_EQ(AreaReaches(caller, c.area), c.reached) << c.own << " " << c.party << " " << c.area;
  }
}

}  // namespace
}  // namespace pingan::auth
