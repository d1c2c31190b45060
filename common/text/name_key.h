// Chinese names as they are compared: in simplified characters, and by their sound.
//
// The sound is the pinyin without tones that ICU's Han-Latin transform gives, the first character
// read as a surname (曾 zeng, 单 shan, 解 xie). Characters are made simplified by OpenCC, one by
// one. A character that neither knows stands for itself.
//
// The first use of a character costs some dozen microseconds, every later one nothing to speak of;
// at most 21,000 characters are remembered. Safe to use from several threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pingan::text {

struct NameKey {
  // Simplified characters without spaces, dots and the like; Latin letters small, without marks.
  std::string simplified;
  // One a character: "zhang", "san". Other scripts: the letters between what is left out, and of
  // what is pinyin its syllables (pinyin.h): "Zhāng San" has those of 张三.
  std::vector<std::string> syllables;
};

// The key of a name in UTF-8. Of what is not UTF-8: empty.
NameKey KeyOfName(std::string_view name);

// What the region's speech does not tell apart is made the same: zh ch sh as z c s, ang eng ing as
// an en in, l as n at the beginning. "zhang" gives "zan".
std::string NearSound(std::string_view syllable);

// The near sounds in the order of the alphabet, joined: equal for names that sound alike, also with
// surname and given name swapped.
std::string BlockingSound(const NameKey& key);

}  // namespace pingan::text
