#include "services/population/match.h"

#include <algorithm>

#include "common/text/name_key.h"
#include "services/population/identity.h"

namespace pingan::population {
namespace {

using Verdict = v1::FieldReason;

constexpr size_t kIdDigits = 17;  // before the check character
constexpr size_t kKeysMax = 16;
constexpr char kSoundKinds[] = {'n', 'f', 'b'};  // birth date, front and back of the citizen ID

int PointsOf(std::string_view field, Verdict::Verdict verdict) {
  struct Row {
    std::string_view field;
    Verdict::Verdict verdict;
    int points;
  };
  // What agrees by chance seldom counts much; what one person can have only one of counts against.
  static constexpr Row kTable[] = {
      {"display_name", Verdict::AGREE, 30},
      {"display_name", Verdict::VARIANT, 28},
      {"display_name", Verdict::FORMER, 26},
      {"display_name", Verdict::SWAPPED, 22},
      {"display_name", Verdict::HOMOPHONE, 20},
      {"display_name", Verdict::NEAR_SOUND, 14},
      {"display_name", Verdict::ONE_SLIP, 10},
      {"display_name", Verdict::DIFFER, -20},
      {"document", Verdict::AGREE, 70},
      {"document", Verdict::TRANSPOSED, 35},
      {"document", Verdict::ONE_SLIP, 35},
      {"document", Verdict::DIFFER, -40},
      {"birth_date", Verdict::AGREE, 25},
      {"birth_date", Verdict::TRANSPOSED, 12},
      {"birth_date", Verdict::ONE_SLIP, 12},
      {"birth_date", Verdict::DIFFER, -25},
      {"sex", Verdict::AGREE, 2},
      {"sex", Verdict::DIFFER, -40},
      {"phone", Verdict::AGREE, 20},
      {"phone", Verdict::TRANSPOSED, 8},
      {"phone", Verdict::ONE_SLIP, 8},
      {"household", Verdict::AGREE, 8},
      {"household", Verdict::DIFFER, -2},
      {"external_id", Verdict::AGREE, 70},
  };
  for (const Row& row : kTable) {
    if (row.field == field && row.verdict == verdict) return row.points;
  }
  return 0;
}

template <class List>
bool AnyInCommon(const List& one, const List& other) {
  return std::find_first_of(one.begin(), one.end(), other.begin(), other.end()) != one.end();
}

// How many positions of two equally long lists differ.
template <class List>
size_t Differences(const List& one, const List& other) {
  size_t count = 0;
  for (size_t i = 0; i < one.size(); ++i) count += one[i] != other[i];
  return count;
}

template <class Char>
std::vector<Char> Sorted(std::vector<Char> list) {
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::string> NearSounds(const text::NameKey& key) {
  std::vector<std::string> sounds;
  for (const auto& syllable : key.syllables) sounds.push_back(text::NearSound(syllable));
  return sounds;
}

// UTF-8 as a list of characters.
std::vector<std::string> Characters(const std::string& text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80) characters.emplace_back();
    characters.back() += c;
  }
  return characters;
}

std::string Joined(const std::vector<std::string>& syllables) {
  std::string joined;
  for (const std::string& syllable : syllables) joined += syllable;
  return joined;
}

bool IsLatin(const text::NameKey& key) {
  return std::all_of(key.simplified.begin(), key.simplified.end(),
                     [](char c) { return c >= 'a' && c <= 'z'; });
}

// Whether the one is in characters what the other is in Latin letters, where the given name may
// stand first and nothing may tell the syllables apart.
bool IsInPinyin(const text::NameKey& one, const text::NameKey& other) {
  if (IsLatin(one) == IsLatin(other)) return false;
  return Sorted(one.syllables) == Sorted(other.syllables) ||
         Joined(one.syllables) == Joined(other.syllables);
}

Verdict::Verdict CompareNames(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return Verdict::MISSING;
  if (one == other) return Verdict::AGREE;
  const text::NameKey a = text::KeyOfName(one), b = text::KeyOfName(other);
  if (a.simplified == b.simplified) return Verdict::VARIANT;
  if (a.syllables == b.syllables || IsInPinyin(a, b)) return Verdict::HOMOPHONE;
  const auto in_a = Characters(a.simplified), in_b = Characters(b.simplified);
  if (Sorted(in_a) == Sorted(in_b)) return Verdict::SWAPPED;
  if (NearSounds(a) == NearSounds(b)) return Verdict::NEAR_SOUND;
  const bool close = in_a.size() >= 3 && in_a.size() == in_b.size();
  return close && Differences(in_a, in_b) == 1 ? Verdict::ONE_SLIP : Verdict::DIFFER;
}

bool HasFormer(const v1::Person& person, const std::string& name) {
  const std::string key = text::KeyOfName(name).simplified;
  return std::any_of(person.former_names().begin(), person.former_names().end(),
                     [&](const auto& former) { return text::KeyOfName(former).simplified == key; });
}

Verdict::Verdict ComparePersonNames(const v1::Person& one, const v1::Person& other) {
  const auto verdict = CompareNames(one.display_name(), other.display_name());
  if (verdict == Verdict::AGREE || verdict == Verdict::VARIANT) return verdict;
  if (HasFormer(one, other.display_name()) || HasFormer(other, one.display_name())) {
    return Verdict::FORMER;
  }
  return verdict;
}

// The best of all documents of the same type; the citizen ID without its check character.
Verdict::Verdict CompareDocuments(const v1::Person& one, const v1::Person& other) {
  auto best = Verdict::MISSING;
  for (const auto& a : one.documents()) {
    for (const auto& b : other.documents()) {
      if (SameDocument(a, b)) return Verdict::AGREE;
      const bool citizen = IsCitizenId(a.document_type()) && IsCitizenId(b.document_type());
      if (!citizen && a.document_type() != b.document_type()) continue;
      const size_t length = citizen ? kIdDigits : std::string::npos;
      const auto verdict = CompareDigits(a.document_number().substr(0, length),
                                         b.document_number().substr(0, length));
      // Only the citizen ID is one for life: a passport is renewed under another number.
      if (verdict == Verdict::DIFFER && !citizen) continue;
      if (best == Verdict::MISSING || verdict != Verdict::DIFFER) best = verdict;
    }
  }
  return best;
}

// An id of another register that is not the same says nothing.
Verdict::Verdict CompareExternalIds(const v1::Person& one, const v1::Person& other) {
  return AnyInCommon(one.external_ids(), other.external_ids()) ? Verdict::AGREE : Verdict::MISSING;
}

Verdict::Verdict CompareHousehold(const v1::Person& one, const v1::Person& other) {
  if (one.household_area().empty() || other.household_area().empty()) return Verdict::MISSING;
  return one.household_area().substr(0, 6) == other.household_area().substr(0, 6) ? Verdict::AGREE
                                                                                  : Verdict::DIFFER;
}

// What the citizen ID says of the sex has the slip of the number, which counts already. But twins
// are numbered one after the other: of another name they are told apart by it.
bool IsOfTheSlip(Verdict::Verdict name, Verdict::Verdict document) {
  const bool same = name == Verdict::AGREE || name == Verdict::VARIANT || name == Verdict::FORMER;
  return same && (document == Verdict::ONE_SLIP || document == Verdict::TRANSPOSED);
}

Verdict::Verdict CompareSex(const v1::Person& one, const v1::Person& other, Verdict::Verdict name,
                            Verdict::Verdict document) {
  if (one.sex() == v1::SEX_UNSPECIFIED || other.sex() == v1::SEX_UNSPECIFIED) {
    return Verdict::MISSING;
  }
  if (one.sex() == other.sex()) return Verdict::AGREE;
  const bool told_by_ids = !CitizenIdOf(one).empty() && !CitizenIdOf(other).empty();
  return told_by_ids && IsOfTheSlip(name, document) ? Verdict::MISSING : Verdict::DIFFER;
}

// What only one person has is on both files: whatever else differs, somebody has to look.
void RaiseProof(Comparison* comparison) {
  const int missing = kSuspect - comparison->points;
  if (missing <= 0) return;
  for (v1::FieldReason& reason : comparison->reasons) {
    if (reason.field() != "document" && reason.field() != "external_id") continue;
    if (reason.verdict() != Verdict::AGREE) continue;
    reason.set_points(reason.points() + missing);
    comparison->points += missing;
    return;
  }
}

}  // namespace

Verdict::Verdict CompareDigits(std::string_view one, std::string_view other) {
  if (one.empty() || other.empty()) return Verdict::MISSING;
  if (one == other) return Verdict::AGREE;
  if (one.size() != other.size()) return Verdict::DIFFER;
  const size_t count = Differences(one, other);
  if (count == 1) return Verdict::ONE_SLIP;
  if (count != 2) return Verdict::DIFFER;
  const auto at = std::mismatch(one.begin(), one.end(), other.begin());
  const auto i = static_cast<size_t>(at.first - one.begin());
  const bool swapped = i + 1 < one.size() && one[i] == other[i + 1] && one[i + 1] == other[i];
  return swapped ? Verdict::TRANSPOSED : Verdict::DIFFER;
}

Comparison Compare(const v1::Person& one, const v1::Person& other) {
  const auto name = ComparePersonNames(one, other), document = CompareDocuments(one, other);
  const std::pair<const char*, Verdict::Verdict> verdicts[] = {
      {"display_name", name},
      {"document", document},
      {"birth_date", CompareDigits(one.birth_date(), other.birth_date())},
      {"sex", CompareSex(one, other, name, document)},
      {"phone", CompareDigits(one.phone(), other.phone())},
      {"household", CompareHousehold(one, other)},
      {"external_id", CompareExternalIds(one, other)},
  };
  Comparison comparison;
  for (const auto& [field, verdict] : verdicts) {
    v1::FieldReason& reason = comparison.reasons.emplace_back();
    reason.set_field(field);
    reason.set_verdict(verdict);
    reason.set_points(PointsOf(field, verdict));
    comparison.points += reason.points();
  }
  RaiseProof(&comparison);
  comparison.points = std::clamp(comparison.points, 0, 100);
  return comparison;
}

std::string DocumentKey(std::string_view type, std::string_view number) {
  return "d:" + std::string(IsCitizenId(type) ? kCitizenId : type) + ":" + std::string(number);
}

bool FoundByOther(const v1::Person& one, const v1::Person& other) {
  return AnyInCommon(BlockingKeys(one), BlockingKeys(other)) ||
         AnyInCommon(one.external_ids(), other.external_ids());
}

std::string PhoneKey(std::string_view phone) {
  return "p:" + std::string(phone);
}

std::vector<std::string> BlockingKeys(const v1::Person& person) {
  std::vector<std::string> keys;
  for (const auto& document : person.documents()) {
    keys.push_back(DocumentKey(document.document_type(), document.document_number()));
  }
  if (!person.phone().empty()) keys.push_back(PhoneKey(person.phone()));
  const std::string id = CitizenIdOf(person);
  const auto add = [&](char kind, const std::string& sound) {
    if (sound.empty() || (kind == 'n' ? person.birth_date() : id).empty()) return;
    std::string key = std::string(1, kind) + ":" + sound + ":";
    if (kind == 'n') key += person.birth_date();
    if (kind == 'f') key += id.substr(0, 10) + id.substr(15, 2);
    if (kind == 'b') key += id.substr(11, 6);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  };
  const std::string current = text::BlockingSound(text::KeyOfName(person.display_name()));
  for (const char kind : kSoundKinds) add(kind, current);
  for (const char kind : kSoundKinds) {
    for (const auto& former : person.former_names()) {
      add(kind, text::BlockingSound(text::KeyOfName(former)));
    }
  }
  if (keys.size() > kKeysMax) keys.resize(kKeysMax);
  return keys;
}

}  // namespace pingan::population
