#include "common/rpc/trace.h"

#include <gtest/gtest.h>

#include <string>

namespace pingan::rpc {
namespace {

constexpr char kId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(Trace, IsTakenFromAWellFormedHeaderOnly) {
  const std::string id = kId, parent = "00f067aa0ba902b7";
  EXPECT_EQ(TraceOf("00-" + id + "-" + parent + "-01"), id);
  EXPECT_EQ(TraceOf("00-" + id + "-" + parent + "-00"), id);
  for (const std::string& bad :
       {std::string(), id, "01-" + id + "-" + parent + "-01", "ff-" + id + "-" + parent + "-01",
        "00-" + id + "-" + parent + "-01-more", "00-" + id + "-" + parent + "-0",
        "00_" + id + "-" + parent + "-01", "00-" + id + "_" + parent + "-01",
        "00-" + id + "-" + parent + "_01", "00-" + id + "-" + parent + "-0x",
        "00-" + id + "-00f067aa0ba902bG-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + parent + "-01",
        "00-" + std::string(32, '0') + "-" + parent + "-01",
        "00-" + id + "-" + std::string(16, '0') + "-01"}) {
    EXPECT_EQ(TraceOf(bad), "") << bad;
  }
}

}  // namespace
}  // namespace pingan::rpc
