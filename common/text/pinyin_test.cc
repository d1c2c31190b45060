#include "common/text/pinyin.h"

#include <gtest/gtest.h>

namespace pingan::text {
namespace {

TEST(Pinyin, IsReadInSyllables) {
  const struct {
    const char* word;
    const char* syllables;
  } kCases[] = {
      {"chen", "chen "},
      {"jianguo", "jian guo "},
      {"chenjianguo", "chen jian guo "},
      {"lina", "li na "},
      {"fangan", "fan gan "},
      {"xian", "xian "},
      {"aiguo", "ai guo "},
      {"haiou", "hai ou "},  // with the apostrophe forgotten
      {"zhuangshuang", "zhuang shuang "},
      {"lv", "lu "},
      {"lyu", "lu "},
      {"lyubu", "lu bu "},
      {"yu", "yu "},
      {"lanyu", "lan yu "},
      {"xueying", "xue ying "},
      {"", ""},
      {"john", ""},
      {"memet", ""},
      {"smith", ""},
      {"Ð¸", ""},
  };
  for (const auto& row : kCases) {
    std::string read;
    for (const auto& syllable : SyllablesOfPinyin(row.word)) read += syllable + " ";
    EXPECT_EQ(read, row.syllables) << row.word;
  }
}

// In no time, whatever somebody makes up.
TEST(Pinyin, LongWordsAreReadOnce) {
  std::string word;
  for (int i = 0; i < 500; ++i) word += "xiao";
  EXPECT_EQ(SyllablesOfPinyin(word).size(), 500u);
  EXPECT_EQ(SyllablesOfPinyin(word + "x").size(), 0u);
}

}  // namespace
}  // namespace pingan::text
