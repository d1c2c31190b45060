#include "common/rpc/trace.h"

#include <gtest/gtest.h>

#include <string>

namespace pingan::rpc {
namespace {

// The vectors are those of the W3C's own tests of the header.
const std::string kId = "12345678901234567890123456789012", kParent = "1234567890123456";
const std::string kFields = "-" + kId + "-" + kParent + "-01";

TEST(Trace, IsTakenFromAWellFormedHeader) {
  for (const std::string& good :
       {"00" + kFields, "00-" + kId + "-" + kParent + "-00", "00-" + kId + "-" + kParent + "-ff"}) {
    EXPECT_EQ(TraceOf(good), kId) << good;
    EXPECT_EQ(RepeatedOf(good), good);
  }
}

TEST(Trace, IsTakenFromTheFirstFieldsOfALaterVersionAndRepeatedInOurs) {
  for (const std::string& later :
       {"cc" + kFields, "01" + kFields, "cc" + kFields + "-what-the-future-will-be-like",
        "cc" + kFields + "-"}) {
    EXPECT_EQ(TraceOf(later), kId) << later;
    EXPECT_EQ(RepeatedOf(later), "00" + kFields) << later;
  }
}

TEST(Trace, IsNotTakenFromABrokenHeader) {
  const std::string zeros(32, '0');
  for (const std::string& bad :
       {std::string(), kId,
        // version
        "ff" + kFields, "ff" + kFields + "-more", ".0" + kFields, "0." + kFields, "CC" + kFields,
        "000" + kFields, "0000" + kFields, "0" + kFields, kFields,
        // length and dashes
        "00" + kFields + ".", "00" + kFields + "-", "00" + kFields + "-more",
        "cc" + kFields + ".what-the-future-will-not-be-like", "cc" + kFields + "0",
        "00-" + kId + "-" + kParent + "-1", "cc-" + kId + "-" + kParent + "-1",
        "00_" + kId + "-" + kParent + "-01", "00-" + kId + "_" + kParent + "-01",
        "00-" + kId + "-" + kParent + "_01", "00-" + kId + "-" + kParent + "-001",
        "00-" + kId + "1-" + kParent + "-01", "00-" + kId + "-" + kParent + "1-01",
        // digits
        "00-.2345678901234567890123456789012-" + kParent + "-01",
        "00-1234567890123456789012345678901A-" + kParent + "-01",
        "00-" + kId + "-123456789012345G-01", "00-" + kId + "-" + kParent + "-.0",
        "00-" + kId + "-" + kParent + "-0x", "cc-" + kId + "-" + kParent + "-0G",
        // nothing
        "00-" + zeros + "-" + kParent + "-01", "00-" + kId + "-" + zeros.substr(16) + "-01"}) {
    EXPECT_EQ(TraceOf(bad), "") << bad;
  }
}

}  // namespace
}  // namespace pingan::rpc
