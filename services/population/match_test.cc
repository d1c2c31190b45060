#include "services/population/match.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using Verdict = v1::FieldReason;
using testing::CitizenIdOf;

v1::Person Zhang() {
  v1::Person person = testing::World::NewPerson().person();
  person.set_birth_date("1990-05-17");
  person.set_sex(v1::MALE);
  return person;
}

Verdict::Verdict VerdictOn(const Comparison& comparison, const std::string& field) {
  for (const auto& reason : comparison.reasons) {
    if (reason.field() == field) return reason.verdict();
  }
  return Verdict::VERDICT_UNSPECIFIED;
}

// One person twice, with what clerks do to it: a candidate, found by a key, with the reason. Two
// persons: none.
struct Row {
  const char* what;
  void (*edit)(v1::Person*);
  const char* field;
  Verdict::Verdict verdict;
  bool suspect;
};
void SetId(v1::Person* person, const std::string& first17) {
  person->mutable_documents(0)->set_document_number(CitizenIdOf(first17));
}
const Row kRows[] = {
    {"the same", [](v1::Person*) {}, "document", Verdict::AGREE, true},
    {"traditional", [](v1::Person* p) { p->set_display_name("張建國"); }, "display_name",
     Verdict::VARIANT, true},
    {"homophone", [](v1::Person* p) { p->set_display_name("章建国"); }, "display_name",
     Verdict::HOMOPHONE, true},
    {"near sound", [](v1::Person* p) { p->set_display_name("赞建国"); }, "display_name",
     Verdict::NEAR_SOUND, true},
    {"swapped", [](v1::Person* p) { p->set_display_name("建国张"); }, "display_name",
     Verdict::SWAPPED, true},
    {"one character", [](v1::Person* p) { p->set_display_name("张建民"); }, "display_name",
     Verdict::ONE_SLIP, true},
    {"former name",
     [](v1::Person* p) {
       p->set_display_name("李小龙");
       p->add_former_names("张建国");
     },
     "display_name", Verdict::FORMER, true},
    {"one digit of the sequence", [](v1::Person* p) { SetId(p, "32010219900517143"); }, "document",
     Verdict::ONE_SLIP, true},
    {"the digit of the sequence that tells the sex",
     [](v1::Person* p) {
       SetId(p, "32010219900517124");
       p->set_sex(v1::FEMALE);
       p->clear_phone();
     },
     "sex", Verdict::MISSING, true},
    {"in pinyin", [](v1::Person* p) { p->set_display_name("ZHANG Jianguo"); }, "display_name",
     Verdict::HOMOPHONE, true},
    {"in pinyin, given name first, with tones",
     [](v1::Person* p) {
       p->clear_documents();
       p->set_display_name("Jiànguó Zhāng");
     },
     "display_name", Verdict::HOMOPHONE, true},
    {"two digits swapped", [](v1::Person* p) { SetId(p, "32010219900517213"); }, "document",
     Verdict::TRANSPOSED, true},
    {"one digit of the area", [](v1::Person* p) { SetId(p, "32010319900517123"); }, "document",
     Verdict::ONE_SLIP, true},
    {"one digit of the day",
     [](v1::Person* p) {
       SetId(p, "32010219900518123");
       p->set_birth_date("1990-05-18");
     },
     "birth_date", Verdict::ONE_SLIP, true},
    {"no document, new phone",
     [](v1::Person* p) {
       p->clear_documents();
       p->set_phone("13900000009");
     },
     "document", Verdict::MISSING, true},
    {"no document, traditional name",
     [](v1::Person* p) {
       p->clear_documents();
       p->set_display_name("張建國");
     },
     "display_name", Verdict::VARIANT, true},
    {"another document", [](v1::Person* p) { SetId(p, "32010219900517457"); }, "document",
     Verdict::DIFFER, false},
    {"same name and phone, born otherwise",
     [](v1::Person* p) {
       p->clear_documents();
       p->set_birth_date("1962-11-03");
     },
     "birth_date", Verdict::DIFFER, false},
    {"same name alone",
     [](v1::Person* p) {
       p->clear_documents();
       p->clear_phone();
       p->clear_birth_date();
     },
     "birth_date", Verdict::MISSING, false},
    {"twin of the other sex",
     [](v1::Person* p) {
       SetId(p, "32010219900517124");
       p->set_sex(v1::FEMALE);
       p->set_display_name("张建红");
     },
     "sex", Verdict::DIFFER, false},
};

TEST(Match, ARenewedPassportSaysNothing) {
  v1::Person one = Zhang();
  one.mutable_documents(0)->set_document_type("414");
  one.mutable_documents(0)->set_document_number("E12345678");
  v1::Person other = one;
  other.mutable_documents(0)->set_document_number("G87650912");
  const Comparison comparison = Compare(one, other);
  EXPECT_EQ(VerdictOn(comparison, "document"), Verdict::MISSING);
  EXPECT_GE(comparison.points, kSuspect);
}

TEST(Match, SaysWhyOrWhyNot) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.what);
    v1::Person other = Zhang();
    row.edit(&other);
    const Comparison comparison = Compare(Zhang(), other);
    EXPECT_EQ(VerdictOn(comparison, row.field), row.verdict);
    EXPECT_EQ(comparison.points >= kSuspect, row.suspect) << comparison.points;
    int sum = 0;
    for (const auto& reason : comparison.reasons) sum += reason.points();
    EXPECT_EQ(comparison.points, std::clamp(sum, 0, 100));
    EXPECT_EQ(comparison.reasons.size(), 7u);
    EXPECT_EQ(Compare(other, Zhang()).points, comparison.points) << "want it symmetric";
    if (!row.suspect) continue;
    const auto one = BlockingKeys(Zhang()), two = BlockingKeys(other);
    const std::set<std::string> keys(one.begin(), one.end());
    EXPECT_TRUE(std::any_of(two.begin(), two.end(), [&](const auto& k) {
      return keys.contains(k);
    })) << "found by no key";
  }
}

// What each field counts, for every verdict on it. Whoever weighs one otherwise says so here, too,
// and looks at what match_quality_test.cc then finds.
using Edit = void (*)(v1::Person*, v1::Person*);
const struct Weight {
  const char* field;
  Verdict::Verdict verdict;
  int points;
  Edit edit;
} kWeights[] = {
    {"display_name", Verdict::AGREE, 30, [](auto*, auto*) {}},
    {"display_name", Verdict::VARIANT, 28, [](auto*, auto* p) { p->set_display_name("張建國"); }},
    {"display_name", Verdict::FORMER, 26,
     [](auto*, auto* p) { p->add_former_names("张建国"), p->set_display_name("李小龙"); }},
    {"display_name", Verdict::SWAPPED, 22, [](auto*, auto* p) { p->set_display_name("建国张"); }},
    {"display_name", Verdict::HOMOPHONE, 20, [](auto*, auto* p) { p->set_display_name("章建国"); }},
    {"display_name", Verdict::NEAR_SOUND, 14,
     [](auto*, auto* p) { p->set_display_name("赞建国"); }},
    {"display_name", Verdict::ONE_SLIP, 10, [](auto*, auto* p) { p->set_display_name("张建民"); }},
    {"display_name", Verdict::DIFFER, -20, [](auto*, auto* p) { p->set_display_name("李小龙"); }},
    {"display_name", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_display_name(); }},
    {"document", Verdict::AGREE, 70, [](auto*, auto*) {}},
    {"document", Verdict::TRANSPOSED, 35, [](auto*, auto* p) { SetId(p, "32010219900517213"); }},
    {"document", Verdict::ONE_SLIP, 35, [](auto*, auto* p) { SetId(p, "32010219900517143"); }},
    {"document", Verdict::DIFFER, -40, [](auto*, auto* p) { SetId(p, "32010219900517457"); }},
    {"document", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_documents(); }},
    {"birth_date", Verdict::AGREE, 25, [](auto*, auto*) {}},
    {"birth_date", Verdict::TRANSPOSED, 12,
     [](auto*, auto* p) { p->set_birth_date("1990-05-71"); }},
    {"birth_date", Verdict::ONE_SLIP, 12, [](auto*, auto* p) { p->set_birth_date("1990-05-18"); }},
    {"birth_date", Verdict::DIFFER, -25, [](auto*, auto* p) { p->set_birth_date("1962-11-03"); }},
    {"birth_date", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_birth_date(); }},
    {"sex", Verdict::AGREE, 2, [](auto*, auto*) {}},
    {"sex", Verdict::DIFFER, -40, [](auto*, auto* p) { p->set_sex(v1::FEMALE); }},
    {"sex", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_sex(); }},
    {"phone", Verdict::AGREE, 20, [](auto*, auto*) {}},
    {"phone", Verdict::TRANSPOSED, 8,
     [](auto* o, auto* p) { o->set_phone("13800000012"), p->set_phone("13800000021"); }},
    {"phone", Verdict::ONE_SLIP, 8,
     [](auto* o, auto* p) { o->set_phone("13800000012"), p->set_phone("13800000013"); }},
    {"phone", Verdict::DIFFER, 0, [](auto*, auto* p) { p->set_phone("13911112222"); }},
    {"phone", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_phone(); }},
    {"household", Verdict::AGREE, 8, [](auto*, auto*) {}},
    {"household", Verdict::DIFFER, -2, [](auto*, auto* p) { p->set_household_area("410102"); }},
    {"household", Verdict::MISSING, 0, [](auto*, auto* p) { p->clear_household_area(); }},
    {"external_id", Verdict::AGREE, 70,
     [](auto* o, auto* p) { o->add_external_ids("grid:7"), p->add_external_ids("grid:7"); }},
    {"external_id", Verdict::MISSING, 0,
     [](auto* o, auto* p) { o->add_external_ids("grid:7"), p->add_external_ids("school:7"); }},
};

TEST(Match, WeighsEachFieldAsPinned) {
  for (const Weight& weight : kWeights) {
    SCOPED_TRACE(std::string(weight.field) + " " + Verdict::Verdict_Name(weight.verdict));
    v1::Person one = Zhang(), other = Zhang();
    weight.edit(&one, &other);
    EXPECT_EQ(VerdictOn(Compare(one, other), weight.field), weight.verdict);
    for (const auto& reason : Compare(one, other).reasons) {
      if (reason.field() == weight.field) {
        EXPECT_EQ(reason.points(), weight.points);
      }
    }
  }
  EXPECT_EQ(kSuspect, 60);
}

// What only one person has counts as much as a candidate wants, whatever else differs.
TEST(Match, SameDocumentOrExternalIdIsACandidate) {
  v1::Person one = Zhang(), other = Zhang();
  one.add_external_ids("grid:7");
  other.set_display_name("李小龙");
  other.set_birth_date("1962-11-03");
  other.set_sex(v1::FEMALE);
  other.set_phone("13911112222");
  other.set_household_area("410102");
  const auto expect = [&](const std::string& field, int points) {
    const Comparison comparison = Compare(one, other);
    EXPECT_EQ(comparison.points, kSuspect);
    EXPECT_EQ(Compare(other, one).points, kSuspect);
    int sum = 0;
    for (const auto& reason : comparison.reasons) {
      sum += reason.points();
      if (reason.field() == field) {
        EXPECT_EQ(reason.points(), points);
      }
    }
    EXPECT_EQ(sum, kSuspect);
    EXPECT_TRUE(FoundByOther(one, other));
  };
  expect("document", 147);  // name -20, birth -25, sex -40, household -2
  other.mutable_documents(0)->set_document_type("112");
  expect("document", 147);  // the temporary card has the number of the other
  SetId(&other, "32010219900517457");
  EXPECT_EQ(Compare(one, other).points, 0) << "two numbers, on whichever card";
  other.add_external_ids("school:8");
  EXPECT_FALSE(FoundByOther(one, other));
  other.add_external_ids("grid:7");
  expect("external_id", 187);  // and the document -40
}

bool KeyInCommon(const v1::Person& one, const v1::Person& other) {
  const auto a = BlockingKeys(one), b = BlockingKeys(other);
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

// Zhang under a name that sounds alike, with these first digits of the number and no phone.
v1::Person WithDigits(const std::string& id) {
  v1::Person person = Zhang();
  person.set_display_name("章建國");
  person.clear_phone();
  person.set_birth_date(id.substr(6, 4) + "-" + id.substr(10, 2) + "-" + id.substr(12, 2));
  person.mutable_documents(0)->set_document_number(id + "X");
  return person;
}

TEST(Match, KeysFindASlipAnywhereInTheNumber) {
  const std::string id = Zhang().documents(0).document_number().substr(0, 17);
  for (size_t i = 0; i < id.size(); ++i) {
    std::string slip = id, swapped = id;
    slip[i] = slip[i] == '9' ? '0' : static_cast<char>(slip[i] + 1);
    EXPECT_TRUE(KeyInCommon(Zhang(), WithDigits(slip))) << i;
    if (i > 0) std::swap(swapped[i - 1], swapped[i]);
    EXPECT_TRUE(KeyInCommon(Zhang(), WithDigits(swapped))) << i;
  }
  EXPECT_FALSE(KeyInCommon(Zhang(), WithDigits("41160219850101456")));
}

// Who shares name, county and year of birth, or name, day and month, is not looked at.
TEST(Match, KeysOfNamesakesDiffer) {
  const std::string id = Zhang().documents(0).document_number().substr(0, 17);
  v1::Person same_year = WithDigits(id.substr(0, 10) + "1231" + "456");
  v1::Person same_day = WithDigits("411602" + std::string("1961") + id.substr(10, 4) + "456");
  EXPECT_FALSE(KeyInCommon(Zhang(), same_year));
  EXPECT_FALSE(KeyInCommon(Zhang(), same_day));
}

TEST(Match, KeysAreFew) {
  v1::Person person = Zhang();
  for (int i = 0; i < 10; ++i) {
    person.add_former_names("张" + std::to_string(i));
    *person.add_documents() = person.documents(0);
  }
  EXPECT_LE(BlockingKeys(person).size(), 16u);
  EXPECT_EQ(BlockingKeys(person)[0], DocumentKey("111", person.documents(0).document_number()));
  EXPECT_TRUE(BlockingKeys({}).empty());
}

// Ten former names would fill all sixteen.
TEST(Match, KeysOfTheCurrentNameComeBeforeFormerNames) {
  const auto mine = BlockingKeys(Zhang());
  EXPECT_EQ(mine.size(), 5u) << "document, phone and three of the name";
  v1::Person renamed = Zhang();
  for (const char* given : {"啊", "波", "次", "德", "佛", "哥", "黑", "鸡", "科", "乐"}) {
    renamed.add_former_names(std::string("阿") + given);
  }
  const auto keys = BlockingKeys(renamed);
  EXPECT_EQ(keys.size(), 16u);
  EXPECT_TRUE(std::equal(mine.begin(), mine.end(), keys.begin()));
  for (const auto& former : renamed.former_names()) {
    v1::Person under = Zhang();
    under.set_display_name(former);
    under.clear_documents();
    under.clear_phone();
    EXPECT_TRUE(KeyInCommon(renamed, under)) << former << " with the birth date";
  }
}

TEST(CompareDigits, TellsSlipsApart) {
  const struct {
    const char* one;
    const char* other;
    Verdict::Verdict verdict;
  } kCases[] = {
      {"1234", "1234", Verdict::AGREE},      {"1234", "1235", Verdict::ONE_SLIP},
      {"1234", "1324", Verdict::TRANSPOSED}, {"1234", "1432", Verdict::DIFFER},
      {"1234", "123", Verdict::DIFFER},      {"", "1234", Verdict::MISSING},
      {"1234", "2143", Verdict::DIFFER},     {"1234", "1243", Verdict::TRANSPOSED},
  };
  for (const auto& row : kCases) EXPECT_EQ(CompareDigits(row.one, row.other), row.verdict);
}

}  // namespace
}  // namespace pingan::population
