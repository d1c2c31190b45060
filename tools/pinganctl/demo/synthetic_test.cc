#include "tools/pinganctl/demo/synthetic.h"

#include "common/identifier/citizen_id.h"
#include "common/identifier/credit_code.h"
#include "common/identifier/phone.h"
#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

TEST(Synthetic, IsValidInFormAndImpossibleInContent) {
  Dice dice(1, 1);
  for (int i = 0; i < 1000; ++i) {
    const std::string id = SyntheticCitizenId(&dice);
    EXPECT_OK(identifier::ParseCitizenId("id", id)) << id;
    EXPECT_EQ(id.substr(0, 2), "99");
    const std::string code = SyntheticCreditCode(&dice);
    EXPECT_OK(identifier::ParseCreditCode("code", code)) << code;
    EXPECT_EQ(code.substr(2, 6), "990000");
    const std::string phone = SyntheticPhone(&dice);
    EXPECT_OK(identifier::ParsePhone("phone", phone)) << phone;
    EXPECT_EQ(phone.substr(0, 5), "03940");
  }
}

}  // namespace
}  // namespace pingan::ctl
