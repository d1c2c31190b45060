#include "common/text/name_key.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <opencc/SimpleConverter.hpp>
#include <utility>

#include "common/text/pinyin.h"

namespace pingan::text {
namespace {

constexpr UChar32 kFirst = 0x4E00, kLast = 0x9FFF;  // the common ideographs

std::string Utf8(UChar32 c) {
  std::string out;
  icu::UnicodeString(c).toUTF8String(out);
  return out;
}

struct Reading {
  std::string simplified;
  std::string sound;
  std::string surname;  // its sound as a surname
};

// Neither library says that its objects may be shared, hence the lock; the table makes it rare.
class Dictionary {
 public:
  static Dictionary& Get() {
    static Dictionary* const dictionary = new Dictionary;
    return *dictionary;
  }

  const Reading& Read(UChar32 c) {
    auto& slot = table_[c - kFirst];
    const Reading* reading = slot.load(std::memory_order_acquire);
    if (reading != nullptr) return *reading;
    std::lock_guard lock(mutex_);
    reading = slot.load(std::memory_order_relaxed);
    if (reading == nullptr) {
      const std::string simplified = traditional_.Convert(Utf8(c));
      reading =
          new Reading{simplified, SoundOf(*sounds_, simplified), SoundOf(*names_, simplified)};
      slot.store(reading, std::memory_order_release);
    }
    return *reading;
  }

 private:
  Dictionary()
      : traditional_("t2s.json"), sounds_(Make("Han-Latin")), names_(Make("Han-Latin/Names")) {}

  static std::unique_ptr<icu::Transliterator> Make(const std::string& id) {
    UErrorCode code = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(
        icu::UnicodeString::fromUTF8(id + "; Latin-ASCII; Lower"), UTRANS_FORWARD, code));
    // Part of the library's data: without it the program was installed wrongly.
    if (U_FAILURE(code)) std::abort();
    return made;
  }

  static std::string SoundOf(const icu::Transliterator& transform, const std::string& text) {
    icu::UnicodeString sound = icu::UnicodeString::fromUTF8(text);
    transform.transliterate(sound);
    std::string out;
    sound.toUTF8String(out);
    return out;
  }

  std::mutex mutex_;
  const opencc::SimpleConverter traditional_;
  const std::unique_ptr<icu::Transliterator> sounds_;
  const std::unique_ptr<icu::Transliterator> names_;
  std::array<std::atomic<const Reading*>, kLast - kFirst + 1> table_ = {};
};

// The small letter, of a Latin one without its marks: those are the tones of pinyin.
std::string LetterOf(UChar32 c) {
  UErrorCode code = U_ZERO_ERROR;
  if (c > 0x7F && uscript_getScript(c, &code) == USCRIPT_LATIN) {
    const icu::Normalizer2* marks = icu::Normalizer2::getNFDInstance(code);
    icu::UnicodeString parts;
    if (U_SUCCESS(code) && marks->getDecomposition(c, parts)) c = parts.char32At(0);
  }
  return Utf8(u_tolower(c));
}

// A word that is pinyin sounds like its syllables.
void EndWord(bool* in_word, NameKey* key) {
  if (!std::exchange(*in_word, false)) return;
  const auto syllables = SyllablesOfPinyin(key->syllables.back());
  if (syllables.empty()) return;
  key->syllables.pop_back();
  key->syllables.insert(key->syllables.end(), syllables.begin(), syllables.end());
}

}  // namespace

NameKey KeyOfName(std::string_view name) {
  NameKey key;
  bool in_word = false;
  const auto length = static_cast<int32_t>(name.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(name.data(), i, length, c);
    if (c < 0) return {};
    // Full-width letters are letters: input methods leave them behind.
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!';
    if (u_getCombiningClass(c) != 0) continue;
    if (!u_isalnum(c)) {
      EndWord(&in_word, &key);
      continue;
    }
    if (c >= kFirst && c <= kLast) {
      EndWord(&in_word, &key);
      const Reading& reading = Dictionary::Get().Read(c);
      key.syllables.push_back(key.simplified.empty() ? reading.surname : reading.sound);
      key.simplified += reading.simplified;
      continue;
    }
    const std::string letter = LetterOf(c);
    const bool ideograph = u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC);
    if (ideograph) EndWord(&in_word, &key);
    if (!in_word) key.syllables.emplace_back();
    key.syllables.back() += letter;
    key.simplified += letter;
    in_word = !ideograph;
  }
  EndWord(&in_word, &key);
  return key;
}

std::string NearSound(std::string_view syllable) {
  std::string sound(syllable);
  if (sound.size() > 2 && sound[1] == 'h' && std::string_view("zcs").find(sound[0]) < 3) {
    sound.erase(1, 1);
  }
  if (sound.size() > 2 && sound.ends_with("ng") && !sound.ends_with("ong")) sound.pop_back();
  if (sound.size() > 1 && sound[0] == 'l') sound[0] = 'n';
  return sound;
}

std::string BlockingSound(const NameKey& key) {
  std::vector<std::string> sounds;
  for (const std::string& syllable : key.syllables) sounds.push_back(NearSound(syllable));
  std::sort(sounds.begin(), sounds.end());
  std::string joined;
  for (const std::string& sound : sounds) joined += (joined.empty() ? "" : " ") + sound;
  return joined;
}

}  // namespace pingan::text
