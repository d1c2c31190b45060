#include "tools/pinganctl/demo/people.h"

#include "tools/pinganctl/demo/synthetic.h"

namespace pingan::ctl {

using disputes::v1::Party;

Party SyntheticPerson(Dice* dice, const std::string& address) {
  Party party;
  party.set_kind(Party::PERSON);
  party.set_display_name(SyntheticName(dice));
  party.set_document_type("111");
  party.set_document_number(SyntheticCitizenId(dice));
  party.set_phone(SyntheticPhone(dice));
  party.set_address(address + std::to_string(dice->Between(1, 400)) + "号");
  return party;
}

Party SyntheticOrganisation(Dice* dice, const std::string& address) {
  Party party;
  party.set_kind(Party::ORGANISATION);
  party.set_display_name(SyntheticCompany(dice));
  party.set_document_type("USCC");
  party.set_document_number(SyntheticCreditCode(dice));
  party.set_phone(SyntheticPhone(dice));
  party.set_address(address);
  auto& representative = *party.add_representatives();
  representative.set_display_name(SyntheticName(dice));
  representative.set_phone(SyntheticPhone(dice));
  return party;
}

}  // namespace pingan::ctl
