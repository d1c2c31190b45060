// What a text must not be that is to be nobody's data.
#pragma once

#include <string_view>

#include "common/base/status.h"
#include "common/identifier/citizen_id.h"
#include "common/identifier/phone.h"

namespace pingan::identifier {

// A citizen ID, also one of 15 digits as old ledgers have it, or a telephone number of the
// mainland.
inline bool IsPersonalNumber(std::string_view text) {
  return ParseCitizenId("", text, CitizenIdForm::kCurrentOrLegacy).ok() ||
         ParsePhone("", text).ok();
}

// INVALID_ARGUMENT (row_id) of a row of an old ledger whose id is somebody's number: the report,
// the audit and the events tell it in the clear.
inline Status CheckRowId(std::string_view id) {
  if (!IsPersonalNumber(id)) return absl::OkStatus();
  return FieldError("row_id", "want the row's own, not an identity or telephone number");
}

// INVALID_ARGUMENT naming `field` if another system's id, `namespace:value`, has one as its value.
inline Status CheckExternalId(std::string_view field, std::string_view id) {
  if (!IsPersonalNumber(id.substr(id.find(':') + 1))) return absl::OkStatus();
  return FieldError(field, "want the id of a record, not an identity or telephone number");
}

}  // namespace pingan::identifier
