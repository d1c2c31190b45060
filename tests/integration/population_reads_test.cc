// What is told of a person by other records than the person's file is among the reads of the
// person: visits and pairs have words about people.
#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PopulationReads : public PopulationWorld {
 protected:
  // By which methods somebody read of the person, oldest first.
  std::vector<std::string> ReadsOf(const std::string& name) const {
    const auto page = Must<v1::ListReadsResponse>(As("data_protection_officer", "4116"),
                                                  Of<v1::ListReadsRequest>(name));
    std::vector<std::string> methods;
    for (const auto& entry : page.entries()) methods.insert(methods.begin(), entry.method());
    return methods;
  }

  const rpc::Client plain_ = Police("4116"), revealing_ = Police("4116", "service_delivery");
};

TEST_F(PopulationReads, AVisitIsAboutItsSubject) {
  const std::string person = Create().name();
  auto open = New<v1::OpenTaskRequest>();
  open.set_subject(person);
  open.set_note("夜里才在家");
  const std::string task = Must<v1::VerificationTask>(plain_, open).name();
  const v1::GetTaskRequest get = Of<v1::GetTaskRequest>(task);
  EXPECT_EQ(Must<v1::VerificationTask>(plain_, get).note(), "***");
  EXPECT_THAT(ReadsOf(person), IsEmpty()) << "what is masked is not read";
  EXPECT_EQ(Must<v1::VerificationTask>(revealing_, get).note(), open.note());
  Must<v1::ListTasksResponse>(revealing_, v1::ListTasksRequest());
  Must<v1::GetHistoryResponse>(revealing_, Of<v1::GetHistoryRequest>(task));
  auto complete = On<v1::CompleteTaskRequest>(task);
  complete.set_outcome(v1::VerificationTask::CONFIRMED);
  Must<v1::VerificationTask>(revealing_, complete);
  EXPECT_THAT(ReadsOf(person), ElementsAre("GetTask", "ListTasks", "GetHistory", "CompleteTask"));
}

// Whoever cannot see the file learns something of it by the document alone, and not without a
// trace.
TEST_F(PopulationReads, WhatAClaimTellsOfAFileIsAmongThem) {
  const std::string name = Create().name();
  const rpc::Client receiving = Police("411621");
  v1::Person person;
  const auto claim = [&](const char* document, const v1::Residence& arrival, bool validate_only,
                         const std::string& of) {
    auto request = On<v1::ClaimMoveRequest>(of);
    request.mutable_document()->set_document_type("111");
    request.mutable_document()->set_document_number(CitizenId(document));
    *request.mutable_arrival() = arrival;
    request.set_validate_only(validate_only);
    return receiving.Call(request, &person);
  };
  constexpr char kIts[] = "32010219900517123", kOther[] = "32010219900517457";
  const std::string nobody = "persons/411602-99999999";
  v1::Residence temporary = Spell(kThere, "2026-03-02");
  temporary.set_kind(v1::Residence::TEMPORARY);
  const Status refused = claim(kIts, temporary, false, name);
  EXPECT_THAT(refused, NamesField("arrival.kind"));
  EXPECT_EQ(claim(kOther, temporary, false, name), refused);
  EXPECT_EQ(claim(kIts, temporary, false, nobody), refused);
  EXPECT_THAT(claim(kOther, Spell(kThere, "2026-03-02"), true, name),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
  EXPECT_THAT(ReadsOf(name), IsEmpty()) << "nothing was told";

  EXPECT_THAT(claim(kIts, Spell(kThere, "2020-01-01"), false, name),
              NamesField("arrival.from_date"));
  EXPECT_THAT(ReadsOf(name), ElementsAre("ClaimMove"));
  EXPECT_OK(claim(kIts, Spell(kThere, "2026-03-02"), true, name));
  EXPECT_THAT(ReadsOf(name), ElementsAre("ClaimMove", "ClaimMove"));
}

TEST_F(PopulationReads, APairIsAboutBothPersons) {
  Create();
  auto again = NewPerson(kThere, "125");
  Must<v1::Person>(plain_, again);
  const auto pairs = Must<v1::ListDuplicatesResponse>(plain_, v1::ListDuplicatesRequest());
  ASSERT_EQ(pairs.candidates_size(), 1);
  const v1::DuplicateCandidate& pair = pairs.candidates(0);
  auto dismiss = On<v1::DismissDuplicateRequest>(pair.name());
  dismiss.set_reason("双胞胎");
  EXPECT_EQ(Must<v1::DuplicateCandidate>(revealing_, dismiss).reason(), dismiss.reason());
  const auto get = Of<v1::GetDuplicateRequest>(pair.name());
  EXPECT_EQ(Must<v1::DuplicateCandidate>(plain_, get).reason(), "***");
  EXPECT_EQ(
      Must<v1::DuplicateCandidate>(As("village_officer", "4116", "service_delivery"), get).reason(),
      "***")
      << "decides no pairs";
  EXPECT_EQ(Must<v1::DuplicateCandidate>(revealing_, get).reason(), dismiss.reason());
  for (const std::string& name : {pair.first(), pair.second()}) {
    EXPECT_THAT(ReadsOf(name), ElementsAre("DismissDuplicate", "GetDuplicate")) << name;
  }
}

}  // namespace
}  // namespace pingan::testing
