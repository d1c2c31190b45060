#include "common/rpc/validate.h"

#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::rpc {
namespace {

using absl::StatusCode;
using common::v1::BODY_UNREADABLE;
using common::v1::FIELD_INVALID;
using common::v1::FIELD_REQUIRED;
using common::v1::FIELD_UNKNOWN;
using testing::Fails;
using testing::NamesField;
namespace v1 = disputes::v1;

// One in UTF-8 takes three bytes.
std::string Hanzi(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "争";
  return text;
}

v1::CreateDisputeRequest Valid() {
  v1::CreateDisputeRequest request;
  request.set_request_id("0123-abcd");
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_area("411602001002");
  dispute.set_title("两户因排水沟起争执");
  dispute.set_category("0201");
  dispute.set_source(v1::WALK_IN);
  v1::Party& party = *dispute.add_parties();
  party.set_kind(v1::Party::PERSON);
  party.set_display_name("张三丰");
  return request;
}

struct Breach {
  const char* path;
  common::v1::Reason reason;
  void (*commit)(v1::CreateDisputeRequest*);
};

const Breach kBreaches[] = {
    {"dispute", FIELD_REQUIRED, [](auto* r) { r->clear_dispute(); }},
    {"request_id", FIELD_REQUIRED, [](auto* r) { r->clear_request_id(); }},
    {"dispute.title", FIELD_REQUIRED, [](auto* r) { r->mutable_dispute()->clear_title(); }},
    {"dispute.source", FIELD_REQUIRED, [](auto* r) { r->mutable_dispute()->clear_source(); }},
    {"dispute.parties", FIELD_REQUIRED, [](auto* r) { r->mutable_dispute()->clear_parties(); }},
    {"dispute.parties[1].kind", FIELD_REQUIRED,
     [](auto* r) { r->mutable_dispute()->add_parties()->set_display_name("李四"); }},
    {"dispute.parties[0].representatives[0].display_name", FIELD_REQUIRED,
     [](auto* r) { r->mutable_dispute()->mutable_parties(0)->add_representatives(); }},
    {"dispute.title", FIELD_INVALID, [](auto* r) { r->mutable_dispute()->set_title(Hanzi(101)); }},
    {"dispute.causes[0]", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->add_causes(std::string(33, 'x')); }},
    {"request_id", FIELD_INVALID, [](auto* r) { r->set_request_id("0123456"); }},
    {"request_id", FIELD_INVALID, [](auto* r) { r->set_request_id("0123-abcd\n"); }},
    {"dispute.area", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_area("4116020010021"); }},
    {"dispute.area", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_area("41160200100２"); }},
    {"dispute.parties[0].phone", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->mutable_parties(0)->set_phone("138 0000"); }},
    {"dispute.title", FIELD_REQUIRED,
     [](auto* r) { r->mutable_dispute()->set_title(" \n\u3000"); }},
    {"dispute.title", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_title(std::string("a\0b", 3)); }},
    {"dispute.description", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_description(std::string(1, '\0')); }},
    {"dispute.description", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_description("***"); }},
    {"request_id", FIELD_INVALID, [](auto* r) { r->set_request_id("11010519491231002X"); }},
    {"request_id", FIELD_INVALID, [](auto* r) { r->set_request_id("138-0000-0000"); }},
    {"dispute.causes[0]", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->add_causes("of 13800000000"); }},
    {"dispute.causes[1]", FIELD_REQUIRED,
     [](auto* r) {
       r->mutable_dispute()->add_causes("x");
       r->mutable_dispute()->add_causes("\u3000");
     }},
    {"dispute.parties[0].display_name", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->mutable_parties(0)->set_display_name(" 张*"); }},
    {"dispute.parties[0].phone", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->mutable_parties(0)->set_phone("138****0001"); }},
    {"dispute.causes", FIELD_INVALID,
     [](auto* r) {
       for (int i = 0; i < 11; ++i) r->mutable_dispute()->add_causes("x");
     }},
    {"dispute.parties[0].representatives", FIELD_INVALID,
     [](auto* r) {
       for (int i = 0; i < 6; ++i) {
         r->mutable_dispute()->mutable_parties(0)->add_representatives()->set_display_name("李四");
       }
     }},
    {"dispute.people_involved", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_people_involved(-1); }},
    {"dispute.people_involved", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_people_involved(100001); }},
    {"dispute.risk", FIELD_INVALID,
     [](auto* r) { r->mutable_dispute()->set_risk(static_cast<v1::Risk>(77)); }},
    {"dispute.parties[0].kind", FIELD_INVALID,
     [](auto* r) {
       r->mutable_dispute()->mutable_parties(0)->set_kind(static_cast<v1::Party::Kind>(-1));
     }},
    {"(request)", FIELD_UNKNOWN,
     [](auto* r) { r->GetReflection()->MutableUnknownFields(r)->AddVarint(99, 1); }},
    {"dispute.parties[0]", FIELD_UNKNOWN,
     [](auto* r) {
       v1::Party* party = r->mutable_dispute()->mutable_parties(0);
       party->GetReflection()->MutableUnknownFields(party)->AddVarint(99, 1);
     }},
};

TEST(Validate, AcceptsAValidRequestUnchanged) {
  v1::CreateDisputeRequest request = Valid();
  EXPECT_OK(Validate(&request));
  EXPECT_EQ(request.SerializeAsString(), Valid().SerializeAsString());
}

TEST(Validate, NamesEachBreachByPathAndReason) {
  for (const Breach& breach : kBreaches) {
    v1::CreateDisputeRequest request = Valid();
    breach.commit(&request);
    const Status status = Validate(&request);
    EXPECT_THAT(status, Fails(StatusCode::kInvalidArgument, breach.reason)) << breach.path;
    EXPECT_THAT(status, NamesField(breach.path));
    EXPECT_EQ(DetailsOf(status).fields.size(), 1u) << status;
  }
}

// Texts of some length have lines; none has what nobody sees.
TEST(Validate, TextIsWhatIsSeen) {
  for (const char* unseen :
       {"\a",     "\n",     "\r",     "\t",     "\x1B",   "\x7F",       "\u0085",
        "\u00ad", "\u061c", "\u200b", "\u200f", "\u2028", "\u202a",     "\u202e",
        "\u2060", "\u2066", "\u2069", "\ufeff", "\u034f", "\u115f",     "\u180e",
        "\u2800", "\u3164", "\ufe0f", "\uffa0", "\uffff", "\U000e0041", "\U0001ffff"}) {
    const bool line = std::string_view("\n\r\t\ufe0f").find(unseen) != std::string_view::npos;
    v1::CreateDisputeRequest request = Valid();
    request.mutable_dispute()->set_description(std::string("甲") + unseen + "乙");
    EXPECT_EQ(Validate(&request).ok(), line) << std::string(unseen);
    request = Valid();
    request.mutable_dispute()->mutable_parties(0)->set_display_name(std::string("张") + unseen);
    EXPECT_THAT(Validate(&request), NamesField("dispute.parties[0].display_name"));
  }
  v1::CreateDisputeRequest request = Valid();
  for (const char* blank : {" ", "\u2004", "\u1680\u200a", "\u3000"}) {
    request.mutable_dispute()->mutable_parties(0)->set_display_name(blank);
    EXPECT_THAT(Validate(&request), NamesField("dispute.parties[0].display_name"));
  }
  for (const char* seen : {"阿卜杜拉·买买提", "O’Brien é", "𠮷田", "a\u3000b", "ئۇيغۇر"}) {
    request.mutable_dispute()->mutable_parties(0)->set_display_name(seen);
    EXPECT_OK(Validate(&request)) << seen;
  }
}

// What stands in rows, reports and the log as it is.
TEST(Validate, NothingThatLiesOpenIsAPersonsNumber) {
  for (const std::string number : {"11010519491231002X", "86-13800000000"}) {
    population::v1::OpenTaskRequest task;
    task.set_subject("persons/411602-00000001");
    task.set_request_id("0123-abcd");
    task.set_assignee(number);
    EXPECT_THAT(Validate(&task), NamesField("assignee"));
    population::v1::AssignTaskRequest assign;
    assign.set_assignee(number);
    EXPECT_THAT(Validate(&assign), NamesField("assignee"));
    population::v1::ImportPersonsRequest person;
    person.set_row_id("row-" + number);
    person.mutable_person()->add_external_ids("id:" + number);
    EXPECT_THAT(Validate(&person), NamesField("row_id"));
    EXPECT_THAT(Validate(&person), NamesField("person.external_ids[0]"));
    population::v1::CreateDwellingRequest dwelling;
    dwelling.mutable_dwelling()->set_external_id("id:" + number);
    EXPECT_THAT(Validate(&dwelling), NamesField("dwelling.external_id"));
    disputes::v1::ImportDisputesRequest dispute;
    dispute.set_row_id(number);
    EXPECT_THAT(Validate(&dispute), NamesField("row_id"));
    dispute.set_row_id("row-1");
    dispute.mutable_dispute()->set_external_id("id:" + number);
    EXPECT_THAT(Validate(&dispute), NamesField("dispute.external_id"));
    task.set_assignee("grid-411602001");
    EXPECT_OK(Validate(&task));
  }
}

TEST(Validate, TakesEveryLimitItself) {
  v1::CreateDisputeRequest request = Valid();
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_title(Hanzi(100));
  dispute.set_description(Hanzi(2000));
  dispute.set_people_involved(100000);
  for (int i = 0; i < 10; ++i) dispute.add_causes(std::string(32, 'x'));
  for (int i = 0; i < 5; ++i)
    dispute.mutable_parties(0)->add_representatives()->set_display_name("李");
  request.set_request_id(std::string(64, 'a'));
  EXPECT_OK(Validate(&request));
}

TEST(Validate, TellsAllProblemsUpToTwenty) {
  v1::CreateDisputeRequest request = Valid();
  request.mutable_dispute()->clear_title();
  request.mutable_dispute()->clear_source();
  EXPECT_THAT(Validate(&request), NamesField("dispute.title"));
  EXPECT_THAT(Validate(&request), NamesField("dispute.source"));
  for (int i = 0; i < 50; ++i) request.mutable_dispute()->add_parties();
  EXPECT_EQ(DetailsOf(Validate(&request)).fields.size(), 20u);
}

TEST(Validate, ClearsWhatOnlyTheServerSets) {
  v1::CreateDisputeRequest request = Valid();
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_state(v1::Dispute::CLOSED);
  dispute.mutable_agreement()->set_text("");  // breaks its rule, but does not count
  dispute.add_attempts();
  EXPECT_OK(Validate(&request));
  EXPECT_EQ(request.SerializeAsString(), Valid().SerializeAsString());
}

TEST(Validate, KeepsAndChecksThemWhereAnOldLedgerBringsThem) {
  v1::ImportDisputesRequest request;
  request.set_row_id("row-1");
  *request.mutable_dispute() = Valid().dispute();
  request.mutable_dispute()->set_state(v1::Dispute::CLOSED);
  request.mutable_dispute()->mutable_parties(0)->set_id("7");
  EXPECT_OK(Validate(&request));
  EXPECT_EQ(request.dispute().state(), v1::Dispute::CLOSED);
  EXPECT_EQ(request.dispute().parties(0).id(), "7");
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.mutable_ending()->set_note(Hanzi(2000));
  EXPECT_OK(Validate(&request));
  dispute.mutable_ending()->set_note(Hanzi(2001));
  dispute.add_escalations()->set_reason(Hanzi(501));
  dispute.add_attempts();
  for (const char* field : {"ending.note", "escalations[0].reason", "attempts[0].method"}) {
    EXPECT_THAT(Validate(&request), NamesField(std::string("dispute.") + field));
  }
}

TEST(Validate, AnUpdateMayLeaveOutWhatItDoesNotSet) {
  v1::UpdateDisputeRequest request;
  request.set_request_id("0123-abcd");
  request.mutable_update_mask()->add_paths("title");
  request.mutable_dispute()->set_name("disputes/411602-2026-000001");
  request.mutable_dispute()->set_title("争执");
  EXPECT_OK(Validate(&request));
  request.mutable_dispute()->add_parties()->set_display_name("李四");
  EXPECT_THAT(Validate(&request), NamesField("dispute.parties[0].kind"));
  request.mutable_dispute()->clear_parties();
  request.mutable_dispute()->set_title(Hanzi(101));
  EXPECT_THAT(Validate(&request), NamesField("dispute.title"));
  request.clear_dispute();
  EXPECT_THAT(Validate(&request), NamesField("dispute"));
}

TEST(Validate, AnUpdateNamesWhatItSetsOnce) {
  v1::UpdateDisputeRequest request;
  request.set_request_id("0123-abcd");
  request.mutable_dispute()->set_name("disputes/411602-2026-000001");
  request.mutable_update_mask();
  EXPECT_THAT(Validate(&request), NamesField("update_mask"));
  for (const char* path : {"title", "parties"}) request.mutable_update_mask()->add_paths(path);
  EXPECT_OK(Validate(&request));
  request.mutable_update_mask()->add_paths("title");
  EXPECT_THAT(Validate(&request), NamesField("update_mask"));
}

TEST(ParseRequest, TakesAMaskInAnUpdateAlone) {
  v1::UpdateDisputeRequest update;
  update.set_request_id("0123-abcd");
  update.mutable_update_mask()->add_paths("parties");
  *update.mutable_dispute() = Valid().dispute();
  update.mutable_dispute()->set_name("disputes/411602-2026-000001");
  update.mutable_dispute()->mutable_parties(0)->set_phone("138****0001");
  v1::CreateDisputeRequest create = Valid();
  *create.mutable_dispute()->mutable_parties() = update.dispute().parties();
  v1::UpdateDisputeRequest parsed;
  EXPECT_OK(ParseRequest(update.SerializeAsString(), &parsed));
  EXPECT_THAT(Validate(&parsed), NamesField("dispute.parties[0].phone"));
  EXPECT_THAT(ParseRequest(create.SerializeAsString(), &create),
              NamesField("dispute.parties[0].phone"));
  update.mutable_dispute()->mutable_parties(0)->set_phone("138 0000");
  EXPECT_THAT(ParseRequest(update.SerializeAsString(), &parsed),
              NamesField("dispute.parties[0].phone"));
}

TEST(Validate, ATimeIsOneThatJsonCanSay) {
  const struct {
    int64_t seconds;
    int nanos;
    bool good;
  } kCases[] = {
      {-62'135'596'800, 0, true},      {253'370'764'799, 999'999'999, true},
      {-62'135'596'801, 0, false},     {253'370'764'800, 0, false},
      {-99'999'999'999'999, 0, false}, {0, -1, false},
      {0, 1'000'000'000, false},
  };
  for (const auto& row : kCases) {
    v1::ImportDisputesRequest request;
    request.set_row_id("row-1");
    *request.mutable_dispute() = Valid().dispute();
    v1::Clock& clock = *request.mutable_dispute()->mutable_statutory();
    auto& time = *clock.add_pauses()->mutable_from_time();
    time.set_seconds(row.seconds);
    time.set_nanos(row.nanos);
    *request.mutable_dispute()->mutable_occur_time() = time;
    const Status status = Validate(&request);
    if (row.good) {
      EXPECT_OK(status) << row.seconds << " " << row.nanos;
      continue;
    }
    EXPECT_THAT(status, Fails(StatusCode::kInvalidArgument, FIELD_INVALID)) << row.seconds;
    EXPECT_THAT(status, NamesField("dispute.occur_time"));
    EXPECT_THAT(status, NamesField("dispute.statutory.pauses[0].from_time"));
  }
}

TEST(Validate, MinAndMaxAreBothIncluded) {
  const auto fits = [](int size) {
    v1::ListDisputesRequest request;
    request.set_page_size(size);
    return Validate(&request).ok();
  };
  EXPECT_TRUE(fits(0) && fits(1) && fits(500));
  EXPECT_FALSE(fits(-1) || fits(501));
}

TEST(ParseRequest, RefusesBytesThatAreNoSuchMessage) {
  const std::string valid = Valid().SerializeAsString();
  std::string broken_text = valid;
  broken_text[broken_text.find("0123-abcd")] = '\xC0';
  std::string nested;
  for (int i = 0; i < 200; ++i) nested += '\x5B';  // opens field 11 as a group again and again
  for (const std::string& bytes : {valid.substr(0, valid.size() - 1), std::string("\xFF\xFF\xFF"),
                                   std::string("\x0A\x7F", 2), broken_text, nested}) {
    v1::CreateDisputeRequest request;
    EXPECT_THAT(ParseRequest(bytes, &request),
                Fails(StatusCode::kInvalidArgument, BODY_UNREADABLE));
  }
  v1::CreateDisputeRequest request;
  EXPECT_OK(ParseRequest(valid, &request));
  EXPECT_THAT(ParseRequest("", &request), Fails(StatusCode::kInvalidArgument, FIELD_REQUIRED));
}

TEST(Validate, ANumberThatIsRequiredIsNotNought) {
  v1::RecordSatisfactionRequest request;
  request.set_name("disputes/411602-2026-000001");
  request.set_request_id("12345678");
  for (const int score : {0, 6}) {
    request.mutable_satisfaction()->set_score(score);
    EXPECT_THAT(Validate(&request), NamesField("satisfaction.score")) << score;
  }
  request.mutable_satisfaction()->set_score(5);
  EXPECT_OK(Validate(&request));
}

}  // namespace
}  // namespace pingan::rpc
