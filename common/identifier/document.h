// The documents of GA/T 517 that people show: document-type.tsv has the types in use here, for the
// code lists of the services. An organisation shows its credit code, of the type "USCC".
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/identifier/citizen_id.h"

namespace pingan::identifier {

inline constexpr std::string_view kCreditCodeType = "USCC";

// Whether a document of the type carries the citizen ID: the card, and the temporary one until it
// comes, under the same number.
inline bool CarriesCitizenId(std::string_view type) {
  return type == "111" || type == "112";
}

// The number in the form in which it is stored and compared: of what carries the citizen ID, that;
// of a credit code, that; of anything else 1 to 32 bytes in normal form, without blanks and
// hyphens: letters and digits, but of a household register or an officer's card any words.
// INVALID_ARGUMENT naming `field`, never the value. Whether there is such a type is not asked.
StatusOr<std::string> ParseDocumentNumber(std::string_view field, std::string_view type,
                                          std::string_view text,
                                          CitizenIdForm form = CitizenIdForm::kCurrent);

}  // namespace pingan::identifier
