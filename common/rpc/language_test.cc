#include "common/rpc/language.h"

#include <gtest/gtest.h>

namespace pingan::rpc {
namespace {

TEST(Language, IsTheFirstOfTheHighestWeightInAnyCase) {
  for (const char* english :
       {"en", "EN", "En-us", "en-GB,en;q=0.9", "fr, en", "de;q=1.0,en;q=0.1", "en,zh",
        "zh;q=0.5,en", "zh;q=0.5 , EN ;q=0.8", "zh;q=0, en;q=0.001"}) {
    EXPECT_TRUE(IsEnglish(english)) << english;
  }
  for (const char* chinese : {"", "zh", "ZH-cn", "zh-CN,en;q=0.1", "zh,en", "en;q=0.5,zh", "de",
                              "*", "enm", "e", ",;,", "en;q=0", "en;q=nan", "en;q=x", "-en"}) {
    EXPECT_FALSE(IsEnglish(chinese)) << chinese;
  }
}

}  // namespace
}  // namespace pingan::rpc
