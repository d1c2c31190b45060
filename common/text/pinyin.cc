#include "common/text/pinyin.h"

#include <algorithm>
#include <iterator>

namespace pingan::text {
namespace {

constexpr size_t kLongest = 6;  // zhuang

template <size_t n>
bool IsOneOf(std::string_view text, const std::string_view (&list)[n]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// An initial with any final: some that nobody says are taken too, which tells no name apart.
bool IsSyllable(std::string_view text, bool vowel_may_begin) {
  static constexpr std::string_view kInitials = "bpmfdtnlgkhjqxrzcsyw";
  static constexpr std::string_view kAlone[] = {"a",  "o",  "e",  "ai", "ei",  "ao",
                                                "ou", "an", "en", "er", "ang", "eng"};
  static constexpr std::string_view kFinals[] = {
      "a",   "o",  "e",  "ai",  "ei",  "ao",  "ou",  "an",   "en",   "ang", "eng",
      "ong", "i",  "ia", "ie",  "iao", "iu",  "ian", "in",   "iang", "ing", "iong",
      "u",   "ua", "uo", "uai", "ui",  "uan", "un",  "uang", "ue"};
  if (vowel_may_begin && IsOneOf(text, kAlone)) return true;
  if (text.empty() || kInitials.find(text[0]) == std::string_view::npos) return false;
  const bool retroflex = text.size() > 1 && text[1] == 'h' &&
                         std::string_view("zcs").find(text[0]) != std::string_view::npos;
  return IsOneOf(text.substr(retroflex ? 2 : 1), kFinals);
}

// A word on its way into syllables, longest first. From where no way leads to the end is noted, or
// a long word of vowels would be tried in as many ways as there are subsets of it.
struct Reading {
  const std::string_view word;
  const bool vowel_may_follow;
  std::vector<std::string> syllables = {};
  std::vector<bool> dead = std::vector<bool>(word.size(), false);

  bool From(size_t begin) {
    if (begin == word.size()) return true;
    if (dead[begin]) return false;
    for (size_t length = std::min(word.size() - begin, kLongest); length > 0; --length) {
      const std::string_view syllable = word.substr(begin, length);
      if (!IsSyllable(syllable, begin == 0 || vowel_may_follow)) continue;
      syllables.emplace_back(syllable);
      if (From(begin + length)) return true;
      syllables.pop_back();
    }
    dead[begin] = true;
    return false;
  }
};

// With u for every ü; within a word "ny" may be the end of one syllable and the beginning of
// another.
std::string WithoutDots(std::string_view word) {
  std::string plain;
  for (const char c : word) {
    if (c == 'u' && (plain == "ly" || plain == "ny")) plain.pop_back();
    plain += c == 'v' ? 'u' : c;
  }
  return plain;
}

}  // namespace

std::vector<std::string> SyllablesOfPinyin(std::string_view word) {
  const std::string plain = WithoutDots(word);
  for (const bool vowel_may_follow : {false, true}) {
    Reading reading{.word = plain, .vowel_may_follow = vowel_may_follow};
    if (reading.From(0)) return reading.syllables;
  }
  return {};
}

}  // namespace pingan::text
