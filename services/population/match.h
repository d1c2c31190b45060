// Whether two files may be of one person: a verdict and points per field, and the keys by which
// candidates are found without comparing everybody with everybody.
//
// Names are compared by common/text/name_key.h: traditional characters, homophones (one in pinyin
// is one), sounds the region does not tell apart, another order, a former name. Identity numbers
// with a slip: the check character is not compared, since whoever mistypes a number makes it valid
// again before it is stored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pingan/population/v1/duplicate.pb.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// From so many points on a pair is a candidate. 100 is the most.
inline constexpr int kSuspect = 60;

struct Comparison {
  int points = 0;  // sum of the points, 0 to 100
  // In the order display_name, document, birth_date, sex, phone, household, external_id.
  std::vector<v1::FieldReason> reasons;
};

// Symmetric; the files are in normal form (identity.h). The same document or external id makes a
// candidate whatever else differs: it counts as much as kSuspect wants.
Comparison Compare(const v1::Person& one, const v1::Person& other);

// Files with a key in common are worth comparing. A person has at most 16: one per document; the
// phone; the sounds of each name with the birth date, with the front of the citizen ID (area, year
// and the end of the sequence) and with its back (from the second digit of the month to the end of
// the sequence). So one wrong digit or two swapped ones anywhere in the number, together with a
// name that sounds alike, leave a key in common. Former names share what the others leave free:
// each with the birth date first, as far as there is room.
//
// Each but the phone holds enough of the number that few share it: of ten million people of one
// city, a name that sounds like two in a thousand leaves less than one on average behind every key.
// So what is compared does not grow with the register, and nobody is left out by the limit on what
// is read; behind a phone, from the 501st file on (kLookupMax).
//
// Keys hold personal data: store them through the blind index only.
std::vector<std::string> BlockingKeys(const v1::Person& person);

// Whether two files are found by one another: by a key, or an external id.
bool FoundByOther(const v1::Person& one, const v1::Person& other);

// The key of one document, as in BlockingKeys, for exact look-up; also of a phone. Both cards of
// the citizen ID have one.
std::string DocumentKey(std::string_view type, std::string_view number);
std::string PhoneKey(std::string_view phone);

// How two strings of characters differ; AGREE, SWAPPED neighbours as TRANSPOSED, ONE_SLIP, or
// DIFFER. Empty ones are MISSING.
v1::FieldReason::Verdict CompareDigits(std::string_view one, std::string_view other);

}  // namespace pingan::population
