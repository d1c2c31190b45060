// The population service over the wire: files, moves, permits, duplicates, visits, ledgers.
#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = population::v1;
namespace reason = common::v1;

const auto kAbsent = [] { return Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT); };
const auto kNotAllowed = [] {
  return Fails(StatusCode::kFailedPrecondition, reason::ACTION_NOT_ALLOWED);
};

class Population : public PopulationWorld {
 protected:
  // The pair of two files that the caller sees.
  v1::DuplicateCandidate Candidate() const {
    const auto page = Must<v1::ListDuplicatesResponse>(Police("4116"), v1::ListDuplicatesRequest());
    EXPECT_EQ(page.candidates_size(), 1);
    return page.candidates_size() > 0 ? page.candidates(0) : v1::DuplicateCandidate();
  }
  v1::Person OfferedTo(const std::string& area) const {
    auto offer = On<v1::OfferMoveRequest>(Create().name());
    offer.set_to_area(area);
    return Must<v1::Person>(Police("411602"), offer);
  }
};

TEST_F(Population, ADocumentIsOnFileOnceInAnAreaAndSuspectedElsewhere) {
  const v1::Person here = Create();
  v1::Person person;
  EXPECT_THAT(Police("411602").Call(NewPerson(), &person),
              Fails(StatusCode::kAlreadyExists, reason::RESOURCE_EXISTS));
  const auto there = Must<v1::Person>(Police("411621"), NewPerson(kThere));
  const v1::DuplicateCandidate pair = Candidate();
  EXPECT_EQ(pair.first(), here.name());
  EXPECT_EQ(pair.second(), there.name());
  EXPECT_EQ(pair.points(), 100);
  v1::ListDuplicatesRequest list;
  EXPECT_EQ(Must<v1::ListDuplicatesResponse>(Police("411621"), list).candidates_size(), 0);
  list.set_of_second(true);
  EXPECT_EQ(Must<v1::ListDuplicatesResponse>(Police("411621"), list).candidates_size(), 1);
  EXPECT_EQ(Must<v1::DuplicateCandidate>(Police("411621"), Of<v1::GetDuplicateRequest>(pair.name()))
                .state(),
            v1::DuplicateCandidate::OPEN);
}

TEST_F(Population, WhatIsOutsideTheAreaIsAbsent) {
  const std::string name = Create().name();
  const rpc::Client other = Police("411621");
  v1::Person person;
  v1::GetResidencesResponse residences;
  v1::GetHistoryResponse history;
  EXPECT_THAT(other.Call(Of<v1::GetPersonRequest>(name), &person), kAbsent());
  EXPECT_THAT(other.Call(On<v1::VerifyPersonRequest>(name), &person), kAbsent());
  EXPECT_THAT(other.Call(Of<v1::GetResidencesRequest>(name), &residences), kAbsent());
  EXPECT_THAT(other.Call(Of<v1::GetHistoryRequest>(name), &history), kAbsent());
  EXPECT_EQ(Must<v1::ListPersonsResponse>(other, v1::ListPersonsRequest()).persons_size(), 0);
  auto open = New<v1::OpenTaskRequest>();
  open.set_subject(name);
  v1::VerificationTask task;
  EXPECT_THAT(other.Call(open, &task), kAbsent());
}

TEST_F(Population, OneOfManyRacingAcceptancesMakesTheMove) {
  const std::string name = OfferedTo(kThere).name();
  const rpc::Client there = Police("411621");
  v1::ListPersonsRequest offers;
  offers.set_moves_offered(true);
  EXPECT_EQ(Must<v1::ListPersonsResponse>(there, offers).persons_size(), 1);
  std::atomic<int> accepted = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      auto accept = On<v1::AcceptMoveRequest>(name);
      *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
      v1::Person person;
      const Status status = Police("411621").Call(accept, &person);
      accepted += status.ok();
      if (!status.ok()) {
        EXPECT_THAT(status, kNotAllowed());
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(accepted, 1);
  const v1::Person moved = Get(name, there);
  EXPECT_EQ(moved.area(), kThere);
  ASSERT_EQ(moved.residences_size(), 2);
  EXPECT_EQ(moved.residences(0).to_date(), "2026-03-02");
  EXPECT_EQ(moved.residences(1).to_date(), "");
  v1::Person person;
  EXPECT_THAT(Police("411602").Call(Of<v1::GetPersonRequest>(name), &person), kAbsent());
}

TEST_F(Population, AFileIsClaimedWithTheDocumentInHandOnly) {
  const std::string name = Create().name();
  auto claim = On<v1::ClaimMoveRequest>(name);
  claim.set_etag("stale");
  claim.mutable_document()->set_document_type("111");
  claim.mutable_document()->set_document_number(CitizenId("32010219900517457"));
  *claim.mutable_arrival() = Spell(kThere, "2026-03-02");
  v1::Person person;
  EXPECT_THAT(Police("411621").Call(claim, &person), kAbsent());
  claim.set_request_id(RandomUuid());
  claim.mutable_document()->set_document_number(CitizenId("32010219900517123"));
  EXPECT_THAT(Police("411681").Call(claim, &person), kAbsent()) << "the arrival is not theirs";
  const auto claimed = Must<v1::Person>(Police("411621"), claim);
  EXPECT_EQ(claimed.move().to_area(), kThere);
  EXPECT_EQ(claimed.area(), kHere);
  const auto seen =
      Must<v1::GetResidencesResponse>(Police("411621"), Of<v1::GetResidencesRequest>(name));
  ASSERT_EQ(seen.residences_size(), 1) << "who sees the file sees what it says";
  EXPECT_EQ(seen.residences(0).SerializeAsString(),
            Get(name, Police("411621")).residences(0).SerializeAsString());
  const auto moved = Must<v1::Person>(Police("411602"), On<v1::AcceptMoveRequest>(name));
  EXPECT_EQ(moved.area(), kThere);
}

TEST_F(Population, ResidencesAreAsTheyWereKnown) {
  auto create = New<v1::CreateDwellingRequest>();
  create.mutable_dwelling()->set_area(kHere);
  create.mutable_dwelling()->set_address("一村8号");
  create.mutable_dwelling()->set_use(v1::Dwelling::LET);
  create.mutable_dwelling()->set_permitted_occupants(1);
  const rpc::Client police = Police("411602");
  const auto dwelling = Must<v1::Dwelling>(police, create);
  auto request = NewPerson();
  request.mutable_residence()->set_dwelling("dwellings/411602-00000099");
  v1::Person person;
  EXPECT_THAT(police.Call(request, &person), NamesField("residence.dwelling"));
  request.mutable_residence()->set_dwelling(dwelling.name());
  person = Must<v1::Person>(police, request);
  const int64_t before = person.revision();
  const auto occupied = Must<v1::Dwelling>(police, Of<v1::GetDwellingRequest>(dwelling.name()));
  EXPECT_EQ(occupied.occupants(), 1);

  const auto answer_then = [&] {
    auto ask = Of<v1::GetResidencesRequest>(person.name());
    ask.set_known_revision(before);
    return Must<v1::GetResidencesResponse>(police, ask).SerializeAsString();
  };
  const std::string then = answer_then();
  auto correct = On<v1::CorrectResidenceRequest>(person.name());
  correct.set_id(person.residences(0).id());
  *correct.mutable_residence() = Spell(kHere, "2026-02-01");
  correct.mutable_residence()->set_dwelling(dwelling.name());
  correct.set_reason("typing error");
  Must<v1::Person>(police, correct);

  const auto began = [&](int64_t known) {
    auto ask = Of<v1::GetResidencesRequest>(person.name());
    ask.set_known_revision(known);
    const auto answer = Must<v1::GetResidencesResponse>(police, ask);
    return answer.residences_size() == 1 ? answer.residences(0).from_date() : "";
  };
  EXPECT_EQ(began(before), "2026-03-01");
  EXPECT_EQ(answer_then(), then) << "the whole of it";
  EXPECT_EQ(began(0), "2026-02-01");
  auto ahead = Of<v1::GetResidencesRequest>(person.name());
  ahead.set_known_revision(before + 1000);
  v1::GetResidencesResponse none;
  EXPECT_THAT(police.Call(ahead, &none), Fails(StatusCode::kOutOfRange, reason::REVISION_AHEAD));
  const auto living = [&](int64_t known) {
    v1::ListResidentsRequest ask;
    ask.set_dwelling(dwelling.name());
    ask.set_on_date("2026-02-15");
    ask.set_known_revision(known);
    return Must<v1::ListResidentsResponse>(police, ask).residents_size();
  };
  EXPECT_EQ(living(before), 0);
  EXPECT_EQ(living(0), 1);
}

TEST_F(Population, APermitLivesByItsClock) {
  const std::string name = Create().name();
  const rpc::Client police = Police("411602");
  const auto at = [](int year, int month, int day) {
    return absl::FromCivil(absl::CivilHour(year, month, day, 10), absl::FixedTimeZone(8 * 60 * 60));
  };
  v1::Person person;
  auto apply = On<v1::ApplyForPermitRequest>(name);
  apply.set_basis(v1::ResidencePermit::STABLE_JOB);
  apply.mutable_applicant()->set_kind(v1::Applicant::IN_PERSON);
  EXPECT_THAT(police.CallAt(at(2026, 9, 1), apply, &person),
              Fails(StatusCode::kFailedPrecondition, reason::WINDOW_CLOSED));
  apply.set_request_id(RandomUuid());
  ASSERT_OK(police.CallAt(at(2026, 9, 2), apply, &person));
  EXPECT_EQ(person.permit().state(), v1::ResidencePermit::APPLIED);
  EXPECT_EQ(person.permit().missing_papers_size(), 3);
  auto supply = On<v1::SupplyPapersRequest>(name);
  *supply.mutable_papers() = person.permit().missing_papers();
  person = Must<v1::Person>(police, supply);
  EXPECT_EQ(person.permit().state(), v1::ResidencePermit::ACCEPTED);
  auto issue = On<v1::IssuePermitRequest>(name);
  issue.set_number("411602000001");
  person = Must<v1::Person>(police, issue);
  EXPECT_EQ(person.permit().endorse_by(), "2027-09-02");
  // The sweep comes with the day.
  ASSERT_OK(police.CallAt(at(2027, 9, 3), Of<v1::GetPersonRequest>(name), &person));
  EXPECT_EQ(person.permit().state(), v1::ResidencePermit::SUSPENDED);
  EXPECT_TRUE(person.verification_due()) << "nobody looked for half a year";
  person = Must<v1::Person>(police, On<v1::EndorsePermitRequest>(name));
  EXPECT_EQ(person.permit().state(), v1::ResidencePermit::VALID);
  EXPECT_EQ(person.permit().count_from(), "2027-09-03");
  const auto steps = Must<v1::ExplainPermitResponse>(police, Of<v1::ExplainPermitRequest>(name));
  EXPECT_GE(steps.steps_size(), 5);
  const auto tasks = Must<v1::ListTasksResponse>(police, v1::ListTasksRequest());
  ASSERT_EQ(tasks.tasks_size(), 1);
  Must<v1::Person>(police, On<v1::VerifyPersonRequest>(name));
  const auto visit = Of<v1::GetTaskRequest>(tasks.tasks(0).name());
  EXPECT_EQ(Must<v1::VerificationTask>(police, visit).state(), v1::VerificationTask::DONE)
      << "for somebody looked";
}

TEST_F(Population, TwoFilesBecomeOneAndApartAgain) {
  const v1::Person first = Create(), second = Create(kHere, "125");
  const rpc::Client police = Police("411602");
  const v1::DuplicateCandidate pair = Candidate();
  auto merge = On<v1::MergePersonsRequest>(pair.name());
  merge.set_survivor(first.name());
  auto born = NewPerson(kHere, "345");
  born.mutable_person()->set_display_name("欧阳小满");
  born.mutable_person()->clear_documents();
  born.mutable_person()->clear_phone();
  born.mutable_person()->set_birth_date("2020-03-02");
  const v1::Person child = Must<v1::Person>(police, born);
  auto relate = On<v1::RelatePersonsRequest>(second.name());
  relate.mutable_relation()->set_other(child.name());
  relate.mutable_relation()->set_type(v1::Relation::CHILD);
  Must<v1::Person>(police, relate);
  auto update = New<v1::UpdatePersonRequest>();
  update.mutable_person()->set_name(second.name());
  update.mutable_person()->add_external_ids("school:12");
  update.mutable_person()->add_external_ids("health:77");
  update.mutable_update_mask()->add_paths("external_ids");
  Must<v1::Person>(police, update);
  EXPECT_EQ(Must<v1::DuplicateCandidate>(police, merge).state(), v1::DuplicateCandidate::MERGED);
  EXPECT_EQ(Get(second.name(), police).state(), v1::Person::MERGED);
  EXPECT_EQ(Get(second.name(), police).merged_into(), first.name());
  EXPECT_EQ(Get(first.name(), police).documents_size(), 2);
  v1::LookupPersonRequest number, external;
  number.set_document_number(CitizenId("32010219900517125"));
  external.set_external_id("health:77");
  for (const auto& lookup : {number, external}) {
    const auto found = Must<v1::LookupPersonResponse>(Police("411602", "data_quality"), lookup);
    ASSERT_EQ(found.persons_size(), 1);
    EXPECT_EQ(found.persons(0).name(), first.name());
  }
  EXPECT_EQ(Get(child.name(), police).relations(0).other(), first.name());
  auto unmerge = On<v1::UnmergePersonsRequest>(pair.name());
  unmerge.set_reason("twins");
  Must<v1::DuplicateCandidate>(police, unmerge);
  for (const v1::Person& before : {first, second}) {
    const v1::Person now = Get(before.name(), police);
    EXPECT_EQ(now.state(), v1::Person::ACTIVE);
    EXPECT_EQ(now.documents_size(), 1);
    EXPECT_EQ(now.residences_size(), 1);
  }
  EXPECT_EQ(Get(child.name(), police).relations(0).other(), second.name());
  EXPECT_EQ(Get(second.name(), police).relations(0).other(), child.name());
}

TEST_F(Population, AVisitIsAskedForMadeAndCounted) {
  const v1::Person person = Create();
  const rpc::Client grid = As("grid_worker", kHere);
  auto open = New<v1::OpenTaskRequest>();
  open.set_subject(person.name());
  const auto task = Must<v1::VerificationTask>(grid, open);
  EXPECT_EQ(Must<v1::VerificationTask>(grid, open).name(), task.name()) << "repeated";
  auto complete = On<v1::CompleteTaskRequest>(task.name());
  complete.set_outcome(v1::VerificationTask::CONFIRMED);
  Must<v1::VerificationTask>(grid, complete);
  const v1::Person visited = Get(person.name(), grid);
  EXPECT_GT(visited.revision(), person.revision());
  v1::GetStatisticsRequest ask;
  ask.set_min_revision(visited.revision());
  const auto counted = Must<v1::GetStatisticsResponse>(Police("4116"), ask);
  ASSERT_EQ(counted.rows_size(), 1);
  for (const char* counter : {"persons", "residents", "tasks", "tasks_done"}) {
    EXPECT_EQ(counted.rows(0).counts().at(counter), 1) << counter;
  }
}

TEST_F(Population, ALedgerComesInButForItsBrokenRows) {
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < 5; ++i) rows.push_back(Row(i));
  auto& document = *rows[3].mutable_person()->add_documents();
  document.set_document_type("111");
  document.set_document_number("320102199005171230");
  auto answer = Import(rows);
  EXPECT_EQ(answer.rows_read(), 5);
  EXPECT_EQ(answer.rows_stored(), 4);
  ASSERT_EQ(answer.refusals_size(), 1);
  EXPECT_EQ(answer.refusals(0).row_id(), "row-3");
  EXPECT_EQ(answer.refusals(0).field(), "person.documents[0].document_number");
  EXPECT_EQ(answer.refusals(0).reason(), common::v1::FIELD_INVALID);
  rows.erase(rows.begin() + 3);
  answer = Import(rows);
  EXPECT_EQ(answer.rows_known(), 4);
  EXPECT_EQ(answer.rows_stored(), 0);
  for (auto& row : rows) row.set_dry_run(true);
  EXPECT_EQ(Import(rows).rows_known(), 4);
}

TEST_F(Population, AnImportThatWasKilledGoesOnWithEachRowOnce) {
  constexpr int kRows = 2000;
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < kRows; ++i) rows.push_back(Row(i));
  const auto stored = [&] {
    return Must<v1::ListPersonsResponse>(Police("4116"), v1::ListPersonsRequest())
        .total_size_at_least();
  };
  v1::ImportPersonsResponse answer;
  int next = 0;
  const Status cut = As("importer", "4116")
                         .Upload(
                             v1::ImportPersonsRequest::descriptor(),
                             [&]() {
                               if (next == kRows * 2 / 5) {
                                 while (stored() == 0) {
                                 }
                                 server_.Kill();
                               }
                               return next < kRows ? &rows[next++] : nullptr;
                             },
                             &answer);
  EXPECT_EQ(cut.code(), StatusCode::kUnavailable) << cut;
  server_.Start();
  answer = Import(rows);
  EXPECT_EQ(answer.rows_known() + answer.rows_stored(), kRows);
  EXPECT_GT(answer.rows_known(), 0);
  EXPECT_GT(answer.rows_stored(), 0);
  v1::GetStatisticsRequest ask;
  ask.set_min_revision(kRows);
  const auto counted = Must<v1::GetStatisticsResponse>(Police("4116"), ask);
  EXPECT_EQ(counted.rows(0).counts().at("persons"), kRows);
  v1::Person last;
  EXPECT_OK(Police("4116").Call(Of<v1::GetPersonRequest>("persons/411602-00002000"), &last));
  EXPECT_THAT(Police("4116").Call(Of<v1::GetPersonRequest>("persons/411602-00002001"), &last),
              kAbsent());
}

// All of them in one dwelling: each row waits for those that count themselves in before.
TEST_F(Population, AHouseFullOfRowsIsCountedInFull) {
  auto create = New<v1::CreateDwellingRequest>();
  create.mutable_dwelling()->set_area(kHere);
  create.mutable_dwelling()->set_address("一村8号");
  create.mutable_dwelling()->set_use(v1::Dwelling::LET);
  const auto dwelling = Must<v1::Dwelling>(Police("411602"), create);
  std::vector<v1::ImportPersonsRequest> rows;
  for (int i = 0; i < 100; ++i) {
    rows.push_back(Row(i));
    rows.back().mutable_person()->mutable_residences(0)->set_dwelling(dwelling.name());
  }
  EXPECT_EQ(Import(rows).rows_stored(), 100);
  EXPECT_EQ(
      Must<v1::Dwelling>(Police("411602"), Of<v1::GetDwellingRequest>(dwelling.name())).occupants(),
      100);
}

// A row id means something within the area of who imports it.
TEST_F(Population, RowIdsOfTwoAreasAreTwoLedgers) {
  const auto import = [&](const std::string& area, const std::string& village) {
    auto row = Row(1);
    row.mutable_person()->set_area(village);
    *row.mutable_person()->mutable_residences(0) = Spell(village, "2020-01-01");
    v1::ImportPersonsResponse answer;
    bool sent = false;
    const rpc::Client importer =
        server_.As({.subject = area + RandomUuid(), .roles = {"importer"}, .area = area});
    EXPECT_OK(importer.Upload(
        v1::ImportPersonsRequest::descriptor(),
        [&] { return std::exchange(sent, true) ? nullptr : &row; }, &answer));
    return answer;
  };
  EXPECT_EQ(import("411602", kHere).rows_stored(), 1);
  EXPECT_EQ(import("411621", kThere).rows_stored(), 1) << "another ledger's row 1";
  EXPECT_EQ(import("411602", kHere).rows_known(), 1) << "whoever of the area sends it";
}

}  // namespace
}  // namespace pingan::testing
