#include "common/text/name_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace pingan::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Sound(const char* name) {
  std::string sound;
  for (const auto& syllable : KeyOfName(name).syllables) sound += syllable + " ";
  return sound;
}

TEST(NameKey, SimplifiesAndReadsAloud) {
  const struct {
    const char* name;
    const char* simplified;
    const char* sound;
  } kCases[] = {
      {"张三", "张三", "zhang san "},
      {"陳小明", "陈小明", "chen xiao ming "},
      {"呂國華", "吕国华", "lu guo hua "},
      {"曾国藩", "曾国藩", "zeng guo fan "},  // ceng elsewhere
      {"单雄信", "单雄信", "shan xiong xin "},
      {"解珍", "解珍", "xie zhen "},
      {"王解", "王解", "wang jie "},  // only the first is a surname
      {"欧阳 修", "欧阳修", "ou yang xiu "},
      {"阿依古丽·买买提", "阿依古丽买买提", "a yi gu li mai mai ti "},
      {"John O'Neil", "johnoneil", "john o neil "},
      {"Ｌｉ　Ｗｅｉ", "liwei", "li wei "},
      {"Chen Jianguo", "chenjianguo", "chen jian guo "},
      {"CHÉN JIÀNGUÓ", "chenjianguo", "chen jian guo "},
      {"Che\xcc\x81n", "chen", "chen "},  // the tone as a mark of its own
      {"Xi'an Lǚ", "xianlu", "xi an lu "},
      {"陈Jianguo", "陈jianguo", "chen jian guo "},
      {"김", "김", "김 "},
      {"𠀀", "𠀀", "𠀀 "},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(KeyOfName(row.name).simplified, row.simplified);
    EXPECT_EQ(Sound(row.name), row.sound) << row.name;
  }
}

TEST(NameKey, OfNothingIsNothing) {
  for (const char* name : {"", " ", "·", "\xff\xfe", "张\xe4"}) {
    EXPECT_THAT(KeyOfName(name).simplified, IsEmpty());
    EXPECT_THAT(KeyOfName(name).syllables, IsEmpty());
  }
}

TEST(NearSound, MakesTheSameWhatSpeechDoesNotTellApart) {
  const struct {
    const char* one;
    const char* other;
  } kSame[] = {{"zhang", "zan"}, {"sheng", "sen"}, {"ling", "nin"}, {"chi", "ci"}, {"li", "ni"}};
  for (const auto& row : kSame) EXPECT_EQ(NearSound(row.one), NearSound(row.other));
  const struct {
    const char* one;
    const char* other;
  } kDifferent[] = {{"zhong", "zhon"}, {"a", "an"}, {"li", "lu"}, {"hu", "fu"}, {"ze", "zhen"}};
  for (const auto& row : kDifferent) EXPECT_NE(NearSound(row.one), NearSound(row.other));
}

TEST(BlockingSound, IsTheSameForNamesThatSoundAlike) {
  const auto sound = [](const char* name) { return BlockingSound(KeyOfName(name)); };
  EXPECT_EQ(sound("张建国"), "guo jian zan");
  for (const char* name : {"章建国", "張建國", "赞建国", "建国张", "张 建国"}) {
    EXPECT_EQ(sound(name), "guo jian zan") << name;
  }
  for (const char* name : {"张建", "张建军", "李建国"}) {
    EXPECT_NE(sound(name), "guo jian zan") << name;
  }
}

TEST(NameKey, ThreadsSeeTheSame) {
  std::vector<std::thread> threads;
  std::vector<std::string> sounds(4);
  for (std::string& sound : sounds) {
    threads.emplace_back([&sound] {
      for (char32_t c = 0x5000; c < 0x5100; ++c) {
        const char utf8[] = {static_cast<char>(0xE0 | c >> 12),
                             static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                             static_cast<char>(0x80 | (c & 0x3F)), 0};
        sound += Sound(utf8);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(sounds, ElementsAre(sounds[0], sounds[0], sounds[0], sounds[0]));
  EXPECT_GT(sounds[0].size(), 256u);
}

}  // namespace
}  // namespace pingan::text
