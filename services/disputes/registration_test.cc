#include "services/disputes/registration.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/assignment.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::At;
using testing::World;

void SetDocument(const char* type, const char* number, v1::Party* party) {
  party->set_document_type(type);
  party->set_document_number(number);
}

TEST(Create, StoresDocumentsInNormalForm) {
  const World world;
  const struct {
    const char *type, *sent, *stored;
  } kNumbers[] = {{"111", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"},
                  {"414", " e1234 5678", "E12345678"},
                  {"USCC", "91350100m000100y43", "91350100M000100Y43"}};
  for (const auto& [type, sent, stored] : kNumbers) {
    v1::CreateDisputeRequest request = World::NewCase();
    SetDocument(type, sent, request.mutable_dispute()->mutable_parties(1));
    const auto decided = DecideCreate({}, request, world.env());
    ASSERT_OK(decided) << type;
    EXPECT_EQ(decided->after.dispute().parties(1).document_number(), stored);
  }
}

TEST(Create, GivesWhatTheServerGives) {
  const World world;
  v1::CreateDisputeRequest request = World::NewCase();
  // What a caller must not set is not taken.
  request.mutable_dispute()->set_state(v1::Dispute::CLOSED);
  request.mutable_dispute()->set_criminal_risk(true);
  request.mutable_dispute()->mutable_owner()->set_person("me");
  const auto decided = DecideCreate({}, request, world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(decided->events, ::testing::ElementsAre("dispute.registered"));
  const v1::Dispute& dispute = decided->after.dispute();
  EXPECT_EQ(dispute.state(), v1::Dispute::REGISTERED);
  EXPECT_FALSE(dispute.criminal_risk());
  EXPECT_EQ(dispute.owner().person(), "");
  EXPECT_EQ(dispute.owner().unit().code(), "411602001001-PMC");
  EXPECT_EQ(dispute.owner().unit().name(), "一村人民调解委员会");
  EXPECT_EQ(dispute.assignment_rule(), "default@2026-01-01");
  EXPECT_EQ(dispute.level(), v1::VILLAGE);
  EXPECT_EQ(dispute.risk(), v1::YELLOW);
  EXPECT_EQ(dispute.scale(), v1::INDIVIDUAL);
  EXPECT_EQ(dispute.people_involved(), 2);
  EXPECT_EQ(dispute.parties(1).id(), "2");
  EXPECT_EQ(dispute.table_version(), CurrentTableVersion());
  EXPECT_EQ(dispute.custody_size(), 1);
  EXPECT_EQ(dispute.custody(0).reason(), "registered");
  EXPECT_FALSE(dispute.major());
  EXPECT_TRUE(dispute.name().empty());
}

TEST(Create, MajorIsAMajorGroupOrRed) {
  const World world;
  for (const bool red : {false, true}) {
    v1::CreateDisputeRequest request = World::NewCase();
    if (red) request.mutable_dispute()->set_risk(v1::RED);
    if (!red) request.mutable_dispute()->set_scale(v1::MAJOR_GROUP);
    const auto decided = DecideCreate({}, request, world.env());
    ASSERT_OK(decided);
    EXPECT_TRUE(decided->after.dispute().major());
  }
}

TEST(Create, NamesWhatIsWrong) {
  using Edit = void (*)(v1::Dispute*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"dispute.area", [](v1::Dispute* d) { d->set_area("411602001999"); }},
      {"dispute.area", [](v1::Dispute* d) { d->set_area("411602"); }},
      {"dispute.area", [](v1::Dispute* d) { d->set_area("410000000000"); }},
      {"dispute.area", [](v1::Dispute* d) { d->set_area(testing::kOtherVillage); }},
      {"dispute.category", [](v1::Dispute* d) { d->set_category("02"); }},
      {"dispute.category", [](v1::Dispute* d) { d->set_category("0298"); }},
      {"dispute.title", [](v1::Dispute* d) { d->clear_title(); }},
      {"dispute.causes[2]",
       [](auto* d) {
         for (const char* cause : {"other", "land-requisition", "other"}) d->add_causes(cause);
       }},
      {"dispute.causes[1]",
       [](v1::Dispute* d) {
         d->add_causes("other");
         d->add_causes("weather");
       }},
      {"dispute.parties[1].document_type",
       [](v1::Dispute* d) { d->mutable_parties(1)->set_document_type("zzz"); }},
      {"dispute.parties[1].document_type",
       [](v1::Dispute* d) { d->mutable_parties(1)->set_document_number("E12345678"); }},
      {"dispute.parties[0].document_number",
       [](v1::Dispute* d) { SetDocument("111", "abc", d->mutable_parties(0)); }},
      {"dispute.parties[0].document_number",
       [](v1::Dispute* d) { SetDocument("111", "110105491231002", d->mutable_parties(0)); }},
      {"dispute.parties[0].document_number",
       [](v1::Dispute* d) { SetDocument("112", "110105204912310026", d->mutable_parties(0)); }},
      {"dispute.parties[0].document_number",
       [](v1::Dispute* d) { SetDocument("414", " ", d->mutable_parties(0)); }},
      {"dispute.parties[0].document_number",
       [](v1::Dispute* d) { SetDocument("USCC", "91350100M000100Y44", d->mutable_parties(0)); }},
      {"dispute.occur_time",
       [](v1::Dispute* d) {
         *d->mutable_occur_time() = ToProto(testing::Monday() + absl::Seconds(1));
       }},
  };
  World world;
  world.caller.area = "411602";
  ASSERT_OK(DecideCreate({}, World::NewCase(), world.env()));
  for (const auto& row : kCases) {
    v1::CreateDisputeRequest request = World::NewCase();
    row.edit(request.mutable_dispute());
    EXPECT_THAT(DecideCreate({}, request, world.env()), NamesField(row.field)) << row.field;
  }
}

TEST(Create, TakesNoAreaThatIsNotValidThatDay) {
  World world;
  const auto areas = area::Tree::Parse(
      "# source: synthetic\n# date: 2026-01-01\n410000000000\t河南省\n411600000000\t周口市\n"
      "411602000000\t川汇区\n411602001000\t甲街道\n"
      "411602001001\t一村\t2026-03-01\t2026-04-01\n",
      "areas");
  ASSERT_OK(areas);
  world.areas = *areas;
  const struct {
    const char* registered;
    bool good;
  } kCases[] = {{"2026-02-28 23:59", false},
                {"2026-03-01 00:00", true},
                {"2026-03-31 23:59", true},
                {"2026-04-01 00:00", false}};
  for (const auto& row : kCases) {
    world.now = At(row.registered);
    const auto decided = DecideCreate({}, World::NewCase(), world.env());
    if (row.good) {
      EXPECT_OK(decided) << row.registered;
    } else {
      EXPECT_THAT(decided, NamesField("dispute.area")) << row.registered;
    }
  }
}

TEST(Create, KeepsEachPartyWithItsRepresentatives) {
  const World world;
  v1::CreateDisputeRequest request = World::NewCase();
  for (auto& party : *request.mutable_dispute()->mutable_parties()) {
    for (int i = 0; i < 5; ++i) {
      v1::Representative& speaker = *party.add_representatives();
      speaker.set_display_name(party.display_name() + std::to_string(i));
      speaker.set_phone("1380000000" + std::to_string(i));
    }
  }
  const auto decided = DecideCreate({}, request, world.env());
  ASSERT_OK(decided);
  const auto& parties = decided->after.dispute().parties();
  ASSERT_EQ(parties.size(), 2);
  for (int i = 0; i < 2; ++i) {
    v1::Party sent = request.dispute().parties(i);
    sent.set_id(std::to_string(i + 1));
    EXPECT_EQ(parties[i].SerializeAsString(), sent.SerializeAsString());
  }
}

TEST(Create, ForeignAreaAnswersLikeAnAbsentOne) {
  World world;
  world.caller.area = "411602";
  v1::CreateDisputeRequest request = World::NewCase();
  request.mutable_dispute()->set_area(testing::kOtherVillage);
  const auto foreign = DecideCreate({}, request, world.env());
  request.mutable_dispute()->set_area("999999999999");
  EXPECT_EQ(foreign.status(), DecideCreate({}, request, world.env()).status());
}

TEST(Number, IsByCountyAndYearInShanghai) {
  const struct {
    const char* registered;
    const char* sequence;
  } kCases[] = {{"2025-12-31 23:59", "411602-2025"}, {"2026-01-01 00:00", "411602-2026"}};
  for (const auto& row : kCases) {
    World world;
    world.now = At(row.registered);
    auto record = world.Registered();
    EXPECT_EQ(SequenceOf(record, At("2030-01-01 00:00")), row.sequence);
    Number(&record, 42);
    EXPECT_EQ(record.dispute().name(), "disputes/" + std::string(row.sequence) + "-000042");
    record.mutable_dispute()->clear_create_time();
    EXPECT_EQ(SequenceOf(record, At("2030-01-01 00:00")), "411602-2030");
  }
}

TEST(Assignment, MostSpecificRuleInTheAreaOfItsLevel) {
  const World world;
  const struct {
    const char* category;
    const char* area;
    const char* rule;
    v1::Level level;
    const char* unit;
  } kCases[] = {
      {"0201", testing::kVillage, "default", v1::VILLAGE, "411602001001-PMC"},
      {"99", testing::kVillage, "default", v1::VILLAGE, "411602001001-PMC"},
      {"0101", testing::kVillage, "family", v1::HOUSEHOLD, "411602001001-GRID"},
      {"0101", "411602001000", "family", v1::TOWNSHIP, "411602001-GRID"},
      {"0502", testing::kVillage, "torts-medical", v1::COUNTY, "411602-MDMC"},
      {"0599", testing::kVillage, "default", v1::VILLAGE, "411602001001-PMC"},
      {"0701", testing::kVillage, "labour", v1::TOWNSHIP, "411602001-LDMC"},
      {"0704", testing::kVillage, "personnel", v1::COUNTY, "411602-GC"},
      {"0201", "411600000000", "default", v1::CITY, "4116-PMC"},
  };
  for (const auto& row : kCases) {
    const Assignment assigned = Assign(row.category, row.area, world.areas);
    EXPECT_EQ(assigned.rule, std::string(row.rule) + "@2026-01-01") << row.category;
    EXPECT_EQ(assigned.level, row.level) << row.category;
    EXPECT_EQ(assigned.unit.code(), row.unit) << row.category;
  }
}

}  // namespace
}  // namespace pingan::disputes
