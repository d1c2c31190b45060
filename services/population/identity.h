// Who a person is: identity documents, telephone, date of birth, in the form in which they are
// compared and stored.
//
// The citizen ID follows GB 11643 (common/identifier/citizen_id.h): check character, a date of
// birth that exists and has come; 15 digits on import only; the area part is never checked. The
// types are GA/T 517.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/identifier/citizen_id.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

inline constexpr char kCitizenId[] = "111";

// Whether a document of the type carries the citizen ID: the card, and the temporary one until it
// comes, under the same number.
bool IsCitizenId(std::string_view type);

// Whether two documents in normal form are one: of one number, and of one type or both the citizen
// ID.
bool SameDocument(const v1::Document& one, const v1::Document& other);

// Puts one document into normal form. INVALID_ARGUMENT naming a field below `field` (none if that
// is empty), never the value: document_type, document_number, valid_to.
Status NormaliseDocument(std::string_view field, v1::Document* document,
                         identifier::CitizenIdForm form);

// The same, and the birth date of a citizen ID has come.
Status NormaliseDocument(std::string_view field, v1::Document* document,
                         identifier::CitizenIdForm form, const Env& env);

// Puts documents, phone and external ids into normal form and takes birth_date and sex from the
// citizen ID where they are not stated. INVALID_ARGUMENT naming the field below "person.": also a
// document or external id that comes twice, a birth date in the future or other than the citizen
// ID's, a sex other than the citizen ID's.
Status NormaliseIdentity(v1::Person* person, identifier::CitizenIdForm form, const Env& env);

// INVALID_ARGUMENT naming the field unless each former name stands once and is not the name.
Status CheckFormerNames(const v1::Person& person);

// What is compared of a person (match.h), in normal form, of somebody as stated: documents, phone
// and date of birth that have none are left out. Whether they may be stored is not asked.
v1::Person Comparable(const v1::Person& stated);

// The number of the citizen ID; empty if there is none.
std::string CitizenIdOf(const v1::Person& person);

// Takes birth date and sex from the citizen ID where nothing is said of them.
void FillFromCitizenId(v1::Person* person);

// The field of the person, birth_date or sex, that says something else than the citizen ID, or than
// one of those that were given out; empty if neither does.
std::string_view AtOddsWithCitizenId(const v1::Person& person);

// Age on a day in full years; none if the date of birth is not known.
std::optional<int> AgeOf(const v1::Person& person, absl::CivilDay day);

}  // namespace pingan::population
