#include "common/identifier/citizen_id.h"
#include "common/identifier/credit_code.h"
#include "common/identifier/document.h"
#include "common/identifier/normal_form.h"
#include "common/identifier/personal.h"
#include "common/identifier/phone.h"
#include "common/testing/matchers.h"

namespace pingan::identifier {
namespace {

using pingan::testing::NamesField;
using ::testing::HasSubstr;
using ::testing::Not;

// Synthetic numbers; the first two are the well-known examples of the standard's explanations.
TEST(CitizenId, Accepts) {
  const struct {
    const char* text;
    const char* number;
    absl::CivilDay birth;
    Sex sex;
  } kCases[] = {
      {"11010519491231002X", "11010519491231002X", absl::CivilDay(1949, 12, 31), Sex::kFemale},
      {"440524188001010014", "440524188001010014", absl::CivilDay(1880, 1, 1), Sex::kMale},
      {"11010519491231002x", "11010519491231002X", absl::CivilDay(1949, 12, 31), Sex::kFemale},
      {"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", absl::CivilDay(1949, 12, 31),
       Sex::kFemale},
      {"110105１９４９１２３１002ｘ", "11010519491231002X", absl::CivilDay(1949, 12, 31),
       Sex::kFemale},
      {" 110105-19491231 002X\u3000", "11010519491231002X", absl::CivilDay(1949, 12, 31),
       Sex::kFemale},
      {"000000200002290002", "000000200002290002", absl::CivilDay(2000, 2, 29), Sex::kFemale},
  };
  for (const auto& c : kCases) {
    ASSERT_OK_AND_ASSIGN(const CitizenId id, ParseCitizenId("id_number", c.text));
    EXPECT_EQ(id.number, c.number);
    EXPECT_EQ(id.birth, c.birth);
    EXPECT_EQ(id.sex, c.sex);
  }
}

TEST(CitizenId, Refuses) {
  const struct {
    const char* text;
    const char* problem;
  } kCases[] = {
      {"", "18 characters"},
      {"11010519491231002", "18 characters"},
      {"11010519491231002X0", "18 characters"},
      {"110105194912310021", "check character"},
      {"110105194912310020", "check character"},
      {"11010519491231003X", "check character"},
      {"1101051949123100XX", "17 digits"},
      {"11010519491231 02X", "18 characters"},
      {"1101051949123A002X", "17 digits"},
      {"110105194902300020", "birth date"},
      {"110105194913010029", "birth date"},
      {"110105190002290025", "birth date"},
      {"110105000001010028", "birth date"},
      {"110105491231002", "18 characters"},
  };
  for (const auto& c : kCases) {
    const auto id = ParseCitizenId("id_number", c.text);
    EXPECT_THAT(id, NamesField("id_number")) << c.text;
    EXPECT_THAT(id.status().ToString(), HasSubstr(c.problem)) << c.text;
    if (*c.text != 0) {
      EXPECT_THAT(id.status().ToString(), Not(HasSubstr(c.text)));
    }
  }
}

TEST(CitizenId, EveryWrongCheckCharacterIsRefused) {
  for (char check : std::string_view("0123456789X")) {
    EXPECT_EQ(ParseCitizenId("id", std::string("11010519491231002") + check).ok(), check == 'X');
  }
}

TEST(CitizenId, FifteenDigitsOnImportOnly) {
  ASSERT_OK_AND_ASSIGN(const CitizenId id,
                       ParseCitizenId("id", "110105491231002", CitizenIdForm::kCurrentOrLegacy));
  EXPECT_EQ(id.number, "11010519491231002X");
  EXPECT_EQ(id.birth, absl::CivilDay(1949, 12, 31));
  EXPECT_OK(ParseCitizenId("id", "11010519491231002X", CitizenIdForm::kCurrentOrLegacy));
  for (const char* bad : {"110105490231002", "11010549123100X", "11010549123100"}) {
    EXPECT_THAT(ParseCitizenId("id", bad, CitizenIdForm::kCurrentOrLegacy), NamesField("id"));
  }
}

TEST(CreditCode, Table) {
  const struct {
    const char* text;
    const char* problem;  // empty: accepted
  } kCases[] = {
      {"91350100M000100Y43", ""},
      {"91350100m000100y43", ""},
      {"９１３５０１００Ｍ０００１００Ｙ４３", ""},
      {"91350100M000100Y44", "check character"},
      {"91350100M000100Y34", "check character"},
      {"91350100M000100Y4", "18 characters"},
      {"", "18 characters"},
      {"91350100I000100Y43", "without I O S V Z"},
      {"91350100-M000100Y4 3", ""},
      {"91350100M000100Y4-", "18 characters"},
      {"91350100M000100Y4_", "without I O S V Z"},
      {"9135A100M000100Y43", "area part"},
  };
  for (const auto& c : kCases) {
    const auto code = ParseCreditCode("credit_code", c.text);
    if (*c.problem == '\0') {
      ASSERT_OK(code);
      EXPECT_EQ(*code, "91350100M000100Y43");
    } else {
      EXPECT_THAT(code, NamesField("credit_code")) << c.text;
      EXPECT_THAT(code.status().ToString(), HasSubstr(c.problem)) << c.text;
    }
  }
}

TEST(Phone, Accepts) {
  const struct {
    const char* text;
    const char* number;
  } kCases[] = {
      {"13800000000", "13800000000"},
      {"138 0000 0000", "13800000000"},
      {"138\u30000000\u00a00000", "13800000000"},
      {"+8613800000000", "13800000000"},
      {"１３８００００００００", "13800000000"},
      {"0394-8000000", "03948000000"},
      {"0371-80000000", "037180000000"},
      {"010-80000000", "01080000000"},
      {"021－80000000", "02180000000"},
  };
  for (const auto& c : kCases) {
    ASSERT_OK_AND_ASSIGN(const std::string number, ParsePhone("phone", c.text));
    EXPECT_EQ(number, c.number);
  }
}

TEST(Phone, Refuses) {
  for (const char* bad :
       {"", "1380000000", "138000000000", "12800000000", "1380000000x", "8000000", "0394-800000",
        "010-800000000", "00948000000", "+1 2025550100", "0394800000000"}) {
    EXPECT_THAT(ParsePhone("phone", bad), NamesField("phone")) << bad;
  }
}

TEST(DocumentNumber, IsCheckedByItsType) {
  const struct {
    const char *type, *text, *number;  // null = refused
  } kNumbers[] = {
      {"111", "11010519491231002x", "11010519491231002X"},
      {"112", "110105194912310021", nullptr},
      {"111", "110105491231002", nullptr},
      {"USCC", "91350100m000100y43", "91350100M000100Y43"},
      {"USCC", "91350100M000100Y44", nullptr},
      {"414", "ｅ1234 5678", "E12345678"},
      {"414", " ", nullptr},
      {"414", "\u202e", nullptr},
      {"114", "军字第0012345号", "军字第0012345号"},
      {"114", "123456789012345678901234567890123", nullptr},
  };
  for (const auto& [type, text, number] : kNumbers) {
    const auto parsed = ParseDocumentNumber("number", type, text);
    if (number) {
      ASSERT_OK(parsed) << text;
      EXPECT_EQ(*parsed, number);
    } else {
      EXPECT_THAT(parsed, NamesField("number")) << text;
    }
  }
  const auto old =
      ParseDocumentNumber("number", "111", "110105491231002", CitizenIdForm::kCurrentOrLegacy);
  ASSERT_OK(old);
  EXPECT_EQ(*old, "11010519491231002X");
}

TEST(Compact, LeavesOutBlanksAndHyphens) {
  for (const char* text : {"E12345678", "e 1234-5678", "Ｅ１２３４５６７８",
                           "E12\u00a034\u30005678", "\tE1234\u20135678 ", "E1234－5678"}) {
    EXPECT_EQ(Compact(text), "E12345678") << text;
  }
  EXPECT_EQ(Compact("军字第1号"), "军字第1号");
}

TEST(PersonalNumber, IsFoundHoweverItIsWritten) {
  for (const char* text : {"11010519491231002X",
                           "11010519491231002x",
                           "id:11010519491231002X",
                           "id:110105-19491231-002X",
                           "row_110105.1949.1231.002X_7",
                           "１１０１０５１９４９１２３１００２Ｘ",
                           "110105491231002",
                           "x-110105491231002",
                           "13800000000",
                           "tel:86-13800000000",
                           "8613800000000",
                           "+86 138 0000 0000",
                           "138-0000-0000",
                           "row-12-13800000000",
                           "tel13800000000x",
                           "0394-8000000",
                           "ledger-0394-8000000",
                           "138\u30000000\u30000000",
                           "A-11010519491231002X",
                           "c110105194912310011",
                           "f00-13800001234-000",
                           "a13800000000b00f",
                           "deadbeef-13800001234",
                           "04654177-7571-43b0-80cd-13800000000f.13800001234"}) {
    EXPECT_TRUE(HasPersonalNumber(text)) << text;
  }
  for (const char* text : {"",
                           "row-1",
                           "110105194912310021",
                           "110105499931002",
                           "1380000000",
                           "1764228960-1",
                           "18-11-27-12345",
                           "138000000001",
                           "20261127153600123",
                           "202611270915001",
                           "0201-2026-0012345",
                           "0201-0012345",
                           "411602001002001",
                           "persons/411602-13800001",
                           "duplicates/411602-00000012.411602-00000013",
                           "x1380000x0000",
                           "550e8400-e29b-41d4-a716-a13800000000",
                           "d41d8cd98f00b204a13800000000a00e",
                           "D41D8CD98F00B204A13800000000A00E",
                           "req-04654177-7571-43b0-80cd-13800000000f",
                           "hotline:d41d8cd98f00b204a13800000000a00e",
                           "04654177-7571-43b0-80cd-13800000000f.v1"}) {
    EXPECT_FALSE(HasPersonalNumber(text)) << text;
  }
}

}  // namespace
}  // namespace pingan::identifier
