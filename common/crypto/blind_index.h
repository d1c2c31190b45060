// Exact look-up of an encrypted value, such as an ID number or a phone, without storing the value.
//
// What it leaks: equal values of a field have equal indexes, so whoever reads the column sees which
// rows share a value and how often. Use it for values that are nearly unique; for a field of few
// values (sex, a status) the frequencies give the value away. Without the keyring nobody can test a
// guess; with it every ID number can be tried. Fields do not share indexes: the same number as
// phone and as ID looks unrelated.
#pragma once

#include <string>
#include <string_view>

#include "common/crypto/keyring.h"

namespace pingan::crypto {

// 32 lower case hex digits: HMAC-SHA-256 cut to 128 bits, under a key that HKDF derives for `field`
// from the keyring's index key, which rotation leaves alone. `field` is a stable name such as
// "population.person.id_number", one of few; the caller normalises `value` (case, spaces, country
// prefix). About 1 us, the first time for a field 4.
std::string BlindIndex(const Keyring& keyring, std::string_view field, std::string_view value);

// The same for many values of one field.
class FieldIndex {
 public:
  FieldIndex(const Keyring& keyring, std::string_view field);
  std::string Of(std::string_view value) const;

 private:
  const Secret key_;
};

}  // namespace pingan::crypto
