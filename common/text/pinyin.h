// Chinese names as they are written in Latin letters (汉语拼音).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pingan::text {

// The syllables of a word in small letters without tones: "jianguo" is jian and guo. Empty for what
// is no pinyin.
//
// Within a word a syllable that begins with a, e or o is written after an apostrophe (GB/T 16159),
// which parts words here: "lina" is li and na, not lin and a. Only where the word has no other
// reading is the apostrophe taken for forgotten. ü may be written v, or as in passports yu: "lyu"
// is lu, as the sound of the character is given without the dots.
std::vector<std::string> SyllablesOfPinyin(std::string_view word);

}  // namespace pingan::text
