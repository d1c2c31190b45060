#include "common/rpc/mask.h"

#include <algorithm>

#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::rpc {
namespace {

namespace v1 = disputes::v1;

TEST(Masked, ShowsOnlyWhatItsKindAllows) {
  const struct {
    common::v1::Sensitivity kind;
    const char *value, *masked;
  } cases[] = {
      {common::v1::NAME, "", ""},
      {common::v1::NAME, "张", "张*"},
      {common::v1::NAME, "张三", "张*"},
      {common::v1::NAME, "欧阳三丰", "欧***"},
      {common::v1::NAME, "𠮷田", "𠮷*"},
      {common::v1::NAME, "A", "A*"},
      {common::v1::ID_NUMBER, "", ""},
      {common::v1::ID_NUMBER, "41160219900101001X", "411602**********1X"},
      {common::v1::ID_NUMBER, "4116029001010011", "411602********11"},
      {common::v1::ID_NUMBER, "411602900101001", "411***********1"},
      {common::v1::ID_NUMBER, "12345678901234", "123**********4"},
      {common::v1::ID_NUMBER, "E12345678", "E1******8"},
      {common::v1::ID_NUMBER, "12345678", "********"},
      {common::v1::ID_NUMBER, "1", "*"},
      {common::v1::ID_NUMBER, "豫字第四一一六零二号", "***"},
      {common::v1::PHONE, "13800000001", "138****0001"},
      {common::v1::PHONE, "12345678", "123*5678"},
      {common::v1::PHONE, "1234567", "*******"},
      {common::v1::PHONE, "1380000000一", "***"},
      {common::v1::ADDRESS, "", ""},
      {common::v1::ADDRESS, "宁庄社区三组", "***"},
      {common::v1::ADDRESS, "张庄3组12号", "张庄3***"},
      {common::v1::ADDRESS, "宁庄社区三组七号", "宁庄社区***"},
      {common::v1::ADDRESS, "宁庄社区第三组一百七号", "宁庄社区第***"},
      {common::v1::ADDRESS, "No. 7, Lane 3", "No. 7,***"},
      {common::v1::FREE_TEXT, "", ""},
      {common::v1::FREE_TEXT, "x", "***"},
      {common::v1::FREE_TEXT, "雨水流入邻家院内", "***"},
      {common::v1::SENSITIVITY_UNSPECIFIED, "x", "***"},
  };
  for (const auto& c : cases) EXPECT_EQ(Masked(c.kind, c.value), c.masked) << c.value;
}

// Whatever number it is: a passport, a permit, a citizen ID.
TEST(Masked, HidesHalfOfEachNumber) {
  for (size_t size = 1; size <= 40; ++size) {
    const std::string number(size, '7');
    const std::string masked = Masked(common::v1::ID_NUMBER, number);
    EXPECT_EQ(masked.size(), size);
    EXPECT_LE(std::count(masked.begin(), masked.end(), '7') * 2, static_cast<int>(size)) << masked;
  }
}

TEST(IsMask, IsWhatMaskingMakesWithBlanksAroundIt) {
  struct Case {
    common::v1::Sensitivity kind;
    std::vector<const char*> masks, texts;
  };
  const std::vector<Case> cases = {
      {common::v1::NAME, {" 张*\u00a0", "\ufeff张＊", "欧***\u3000"}, {"张三", "*", "张*三"}},
      {common::v1::ID_NUMBER,
       {"411602**********1X", "E1＊＊＊＊＊＊8", "*"},
       {"E12345678", "1", ""}},
      {common::v1::PHONE, {"138****0001", "\t*******", "***"}, {"13800000001", "110", ""}},
      {common::v1::ADDRESS,
       {"***", "宁庄社区三组***", "张庄3***", "\u3000*** "},
       {"宁庄社区三组七号", "宁庄社区三组七***", "*", ""}},
      {common::v1::FREE_TEXT, {"***", " ***", "***\n"}, {"**", "五星***", " "}},
  };
  for (const auto& row : cases) {
    for (const char* mask : row.masks) EXPECT_TRUE(IsMask(row.kind, mask)) << mask;
    for (const char* text : row.texts) EXPECT_FALSE(IsMask(row.kind, text)) << text;
  }
}

TEST(Mask, ReachesNestedAndRepeatedFieldsAndLeavesTheRest) {
  v1::ListDisputesResponse response;
  for (int i = 0; i < 2; ++i) {
    v1::Dispute& dispute = *response.add_disputes();
    dispute.set_category("0201");
    dispute.set_title("排水");
    dispute.set_description("雨水");
    v1::Party& party = *dispute.add_parties();
    party.set_id("1");
    party.set_document_number("41160219900101001X");
    party.add_representatives()->set_display_name("李四");
    dispute.mutable_agreement()->add_earlier_texts("first");
    dispute.mutable_agreement()->add_earlier_texts("second");
    dispute.mutable_agreement()->add_instalments()->set_what("pay");
  }
  Mask(&response);
  for (const v1::Dispute& dispute : response.disputes()) {
    EXPECT_EQ(dispute.category(), "0201");
    EXPECT_EQ(dispute.title(), "***");
    EXPECT_EQ(dispute.description(), "***");
    EXPECT_EQ(dispute.parties(0).id(), "1");
    EXPECT_EQ(dispute.parties(0).document_number(), "411602**********1X");
    EXPECT_EQ(dispute.parties(0).representatives(0).display_name(), "李*");
    EXPECT_EQ(dispute.agreement().earlier_texts(1), "***");
    EXPECT_EQ(dispute.agreement().instalments(0).what(), "***");
    EXPECT_FALSE(dispute.has_ending()) << "a message that was not set stays so";
  }
}

TEST(Mask, LeavesToEverybodyWhatIsTheirOwn) {
  v1::ListMessagesResponse all;
  for (const auto& [party, author] : {std::pair("", "li"), {"1", "li"}, {"1", "p"}, {"2", "p2"}}) {
    v1::Message& message = *all.add_messages();
    message.set_party(party);
    message.set_author(author);
    message.set_text("note");
  }
  const auto readable = [&](const auth::Caller& caller) {
    v1::ListMessagesResponse seen = all;
    Mask(&seen, ViewerOf(caller));
    std::string which;
    for (const auto& message : seen.messages()) which += message.text() == "note" ? '1' : '0';
    return which;
  };
  EXPECT_EQ(readable({.subject = "li"}), "1100");
  EXPECT_EQ(readable({.subject = "wang"}), "0000");
  EXPECT_EQ(readable({.subject = "p", .party = "disputes/x/parties/1"}), "0110");
  EXPECT_EQ(readable({.subject = "p2", .party = "disputes/x/parties/2"}), "0001");
  EXPECT_EQ(readable({}), "0000") << "nobody is not the author of what nobody wrote";
}

TEST(HasSensitiveFields, LooksInsideMessages) {
  EXPECT_TRUE(HasSensitiveFields(v1::Party::descriptor()));
  EXPECT_TRUE(HasSensitiveFields(v1::DisputeRecord::descriptor()));
  EXPECT_TRUE(HasSensitiveFields(v1::ListMessagesResponse::descriptor()));
  EXPECT_FALSE(HasSensitiveFields(common::v1::Unit::descriptor()));
  EXPECT_FALSE(HasSensitiveFields(v1::GetDisputeRequest::descriptor()));
}

}  // namespace
}  // namespace pingan::rpc
