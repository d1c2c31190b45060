// Identifiers of people and organisations: a normal form is its own normal form.
#include "common/identifier/citizen_id.h"
#include "common/identifier/credit_code.h"
#include "common/identifier/phone.h"
#include "tests/fuzz/require.h"

using pingan::fuzz::Require;
namespace identifier = pingan::identifier;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto current = identifier::ParseCitizenId("id", text);
  const auto any =
      identifier::ParseCitizenId("id", text, identifier::CitizenIdForm::kCurrentOrLegacy);
  Require(!current.ok() || (any.ok() && any->number == current->number),
          "legacy form adds to the current");
  if (any.ok()) {
    const auto again = identifier::ParseCitizenId("id", any->number);
    Require(again.ok() && again->number == any->number, "a number in normal form parses to itself");
    Require(again->birth == any->birth && again->sex == any->sex, "and says the same");
    Require(any->number.size() == 18, "a number has 18 characters");
  }
  if (const auto code = identifier::ParseCreditCode("code", text); code.ok()) {
    const auto again = identifier::ParseCreditCode("code", *code);
    Require(again.ok() && *again == *code, "a credit code in normal form parses to itself");
  }
  if (const auto phone = identifier::ParsePhone("phone", text); phone.ok()) {
    const auto again = identifier::ParsePhone("phone", *phone);
    Require(again.ok() && *again == *phone, "a phone in normal form parses to itself");
  }
  return 0;
}
