// Who sees whose data: masked without a purpose, on record with one, gone for good when erased, and
// never in a file of the server.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/integration/population_world.h"
#include "tests/integration/probes.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace v1 = population::v1;

constexpr char kName[] = "钟离灵鹫", kPhone[] = "13912345670", kAddress[] = "金丝雀弄七十七号",
               kWords[] = "口说无凭之言", kEmployer[] = "周口市钟表店",
               kCreditCode[] = "91350100M000100Y43";
const std::string kNumber = CitizenId("32010219900517991");

class PopulationPrivacy : public PopulationWorld {
 protected:
  explicit PopulationPrivacy(std::vector<std::string> flags = {})
      : PopulationWorld(std::move(flags)) {}

  void SetUp() override {
    PopulationWorld::SetUp();
    auto request = NewPerson();
    auto& person = *request.mutable_person();
    person.set_display_name(kName);
    person.set_phone(kPhone);
    person.mutable_documents(0)->set_document_number(kNumber);
    person.set_household_address(kAddress);
    request.mutable_residence()->set_address(kAddress);
    name_ = Must<v1::Person>(Police("411602"), request).name();
    auto work = On<v1::RecordEmploymentRequest>(name_);
    work.mutable_employment()->set_employer(kEmployer);
    work.mutable_employment()->set_credit_code(kCreditCode);
    work.mutable_employment()->set_occupation(kWords);
    work.mutable_employment()->set_from_date("2026-03-01");
    work.mutable_employment()->set_source(v1::SELF);
    Must<v1::Person>(Police("411602"), work);
  }

  // The secrets that are in some bytes.
  static std::vector<std::string> SecretsIn(const std::string& bytes) {
    std::vector<std::string> found;
    for (const std::string& secret :
         {std::string(kName), std::string(kPhone), std::string(kAddress), kNumber,
          std::string(kWords), std::string(kEmployer), std::string(kCreditCode)}) {
      if (bytes.find(secret) != std::string::npos) found.push_back(secret);
    }
    return found;
  }
  static std::vector<std::string> SecretsIn(const google::protobuf::Message& message) {
    return SecretsIn(message.SerializeAsString());
  }

  // All that a caller gets to see of the person.
  template <class Check>
  void ForEveryAnswer(const rpc::Client& client, const Check& check) const {
    check(Get(name_, client));
    check(Must<v1::ListPersonsResponse>(client, v1::ListPersonsRequest()));
    check(Must<v1::GetResidencesResponse>(client, Of<v1::GetResidencesRequest>(name_)));
    check(Must<v1::GetHistoryResponse>(client, Of<v1::GetHistoryRequest>(name_)));
  }
  v1::ExportPersonsResponse Exported(const rpc::Client& client) const {
    v1::ExportPersonsResponse row;
    EXPECT_OK(client.Watch(v1::ExportPersonsRequest(), row, absl::Seconds(30),
                           [&](const google::protobuf::Message& answer) {
                             row.CopyFrom(answer);
                             return true;
                           }));
    return row;
  }
  // The events of the person, all that there are by now.
  std::vector<v1::WatchPopulationResponse> Watched(const rpc::Client& client) const {
    const int64_t last = Get(name_, Police("411602")).revision();
    std::vector<v1::WatchPopulationResponse> events;
    EXPECT_OK(client.Watch(v1::WatchPopulationRequest(), v1::WatchPopulationResponse(),
                           absl::Seconds(30), [&](const google::protobuf::Message& message) {
                             const auto& one =
                                 static_cast<const v1::WatchPopulationResponse&>(message);
                             if (one.event().name() == name_) events.push_back(one);
                             return one.revision() < last;
                           }));
    return events;
  }
  std::vector<common::v1::AuditEntry> ReadsOf(const std::string& name) const {
    const auto page = Must<v1::ListReadsResponse>(As("data_protection_officer", "411602"),
                                                  Of<v1::ListReadsRequest>(name));
    return {page.entries().begin(), page.entries().end()};
  }

  // Everything that the server has written.
  std::string Files() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server_.state())) {
      std::ifstream file(entry.path(), std::ios::binary);
      if (entry.is_regular_file()) bytes.append(std::istreambuf_iterator(file), {});
    }
    return bytes;
  }

  std::string name_;
};

TEST_F(PopulationPrivacy, WithoutAPurposeEverythingIsMasked) {
  const rpc::Client police = Police("411602");
  ForEveryAnswer(police, [](const auto& answer) { EXPECT_THAT(SecretsIn(answer), IsEmpty()); });
  const auto events = Watched(As("county_officer", "411602"));
  ASSERT_GE(events.size(), 2u) << "registered and employed";
  for (const auto& event : events) {
    EXPECT_TRUE(event.event().has_resource());
    EXPECT_THAT(SecretsIn(event), IsEmpty());
  }
  // A purpose without the permission to reveal shows nothing either.
  const rpc::Client county = As("county_officer", "411602", "data_quality");
  EXPECT_THAT(SecretsIn(Get(name_, county)), IsEmpty());
  for (const auto& event : Watched(county)) EXPECT_THAT(SecretsIn(event), IsEmpty());
  EXPECT_THAT(ReadsOf(name_), IsEmpty());
}

// The shipped policy lets only those export who may also reveal.
class PopulationExport : public PopulationPrivacy {
 protected:
  PopulationExport() : PopulationPrivacy({"--policy=" + Policy()}) {}

  static std::string Policy() {
    std::ifstream shipped("common/auth/policy.json");
    std::string json{std::istreambuf_iterator(shipped), {}};
    const std::string role = "\"county_officer\": [";
    json.insert(json.find(role) + role.size(), "\"person.export\", ");
    const std::string path = ::testing::TempDir() + "/policy.json";
    std::ofstream(path) << json;
    return path;
  }
};

TEST_F(PopulationExport, WithoutThePermissionToRevealIsMasked) {
  v1::ExportPersonsResponse row;
  EXPECT_THAT(As("county_officer", "411602")
                  .Watch(v1::ExportPersonsRequest(), row, absl::Seconds(30),
                         [](const auto&) { return true; }),
              Fails(StatusCode::kPermissionDenied, common::v1::PURPOSE_MISSING));
  row = Exported(As("county_officer", "411602", "data_quality"));
  EXPECT_EQ(row.person().name(), name_);
  EXPECT_EQ(row.person().display_name(), "钟***");
  EXPECT_THAT(SecretsIn(row), IsEmpty());
  EXPECT_FALSE(SecretsIn(Exported(Police("411602", "data_quality"))).empty());
}

TEST_F(PopulationPrivacy, WordsAreMaskedWhereverTheyStand) {
  auto correct = On<v1::CorrectResidenceRequest>(name_);
  correct.set_id("1");
  *correct.mutable_residence() = Spell(kHere, "2026-02-28");
  correct.set_reason(kWords);
  Must<v1::Person>(Police("411602"), correct);
  auto offer = On<v1::OfferMoveRequest>(name_);
  offer.set_to_area(kThere);
  offer.set_reason(kWords);
  Must<v1::Person>(Police("411602"), offer);
  ForEveryAnswer(Police("411602"),
                 [](const auto& answer) { EXPECT_THAT(SecretsIn(answer), IsEmpty()); });
  const v1::Person shown = Get(name_, Police("411602"));
  EXPECT_EQ(shown.employments(0).employer(), "周*****");
  const v1::Person revealed = Get(name_, Police("411602", "service_delivery"));
  EXPECT_EQ(revealed.move().reason(), kWords);
  EXPECT_EQ(revealed.employments(0).employer(), kEmployer);
}

TEST_F(PopulationPrivacy, NoMaskIsStored) {
  const rpc::Client police = Police("411602"), revealing = Police("411602", "service_delivery");
  const v1::Person masked = Get(name_, police);
  v1::Person none;
  auto create = New<v1::CreatePersonRequest>();
  *create.mutable_person() = masked;
  EXPECT_THAT(revealing.Call(create, &none), NamesField("person.display_name"));
  auto work = On<v1::RecordEmploymentRequest>(name_);
  *work.mutable_employment() = masked.employments(0);
  EXPECT_THAT(police.Call(work, &none), NamesField("employment.employer"));
  auto correct = On<v1::CorrectResidenceRequest>(name_);
  correct.set_id("1");
  *correct.mutable_residence() = masked.residences(0);
  correct.set_reason("期日有误");
  EXPECT_THAT(police.Call(correct, &none), NamesField("residence.address"));
  auto row = Row(1);
  row.mutable_person()->set_display_name("王* ");
  const auto imported = Import({row});
  ASSERT_EQ(imported.refusals_size(), 1);
  EXPECT_EQ(imported.refusals(0).field(), "person.display_name");

  // Read without a purpose, written with one: what it stands for.
  auto update = New<v1::UpdatePersonRequest>();
  *update.mutable_person() = masked;
  for (const char* path : {"display_name", "documents", "household_address", "phone"}) {
    update.mutable_update_mask()->add_paths(path);
  }
  EXPECT_THAT(SecretsIn(Must<v1::Person>(revealing, update)), SizeIs(7));
  update.set_request_id(RandomUuid());
  update.mutable_person()->clear_etag();
  update.mutable_person()->set_display_name("王***");
  EXPECT_THAT(revealing.Call(update, &none), NamesField("person.display_name"));
}

TEST_F(PopulationPrivacy, ARefusalThatTellsOfAFileIsOnRecord) {
  auto again = New<v1::CreatePersonRequest>();
  again.mutable_person()->set_area(kHere);
  again.mutable_person()->set_kind(v1::FLOATING);
  again.mutable_person()->set_display_name("王五");
  auto& document = *again.mutable_person()->add_documents();
  document.set_document_type("111");
  document.set_document_number(kNumber);
  v1::Person other = Must<v1::Person>(Police("411602"), NewPerson(kHere, "357"));
  auto update = New<v1::UpdatePersonRequest>();
  update.mutable_person()->set_name(other.name());
  *update.mutable_person()->add_documents() = document;
  update.mutable_update_mask()->add_paths("documents");
  const auto exists = Fails(StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS);
  v1::Person none;
  EXPECT_THAT(Police("411602").Call(again, &none), exists);
  again.set_validate_only(true);
  EXPECT_THAT(Police("411602", "data_quality").Call(again, &none), exists);
  EXPECT_THAT(Police("4116").Call(update, &none), exists);
  update.set_validate_only(true);
  EXPECT_THAT(Police("4116").Call(update, &none), exists);
  const auto reads = ReadsOf(name_);
  const char* told[][3] = {{"UpdatePerson", "police_officer-4116", ""},
                           {"UpdatePerson", "police_officer-4116", ""},
                           {"CreatePerson", "police_officer-411602", "data_quality"},
                           {"CreatePerson", "police_officer-411602", ""}};
  ASSERT_EQ(reads.size(), std::size(told));
  for (size_t i = 0; i < reads.size(); ++i) {
    EXPECT_EQ(reads[i].method(), told[i][0]);
    EXPECT_EQ(reads[i].actor(), told[i][1]);
    EXPECT_EQ(reads[i].purpose(), told[i][2]);
    EXPECT_EQ(reads[i].area(), kHere);
  }
  EXPECT_THAT(ReadsOf(other.name()), IsEmpty());
}

TEST_F(PopulationPrivacy, ThePersonIsToldWhoReadWhatAndWhy) {
  const rpc::Client police = Police("411602", "service_delivery");
  ForEveryAnswer(police, [](const auto& answer) { EXPECT_FALSE(SecretsIn(answer).empty()); });
  EXPECT_FALSE(SecretsIn(Exported(police)).empty());
  EXPECT_FALSE(SecretsIn(Must<v1::Person>(police, On<v1::VerifyPersonRequest>(name_))).empty());
  const auto reads = ReadsOf(name_);
  const char* methods[] = {"VerifyPerson",  "ExportPersons", "GetHistory",
                           "GetResidences", "ListPersons",   "GetPerson"};
  ASSERT_EQ(reads.size(), std::size(methods));
  for (size_t i = 0; i < reads.size(); ++i) {
    EXPECT_EQ(reads[i].method(), methods[i]);
    EXPECT_EQ(reads[i].purpose(), "service_delivery");
    EXPECT_EQ(reads[i].actor(), "police_officer-411602");
  }
}

TEST_F(PopulationPrivacy, WhatIsErasedIsGoneEverywhereAndTheAuditStands) {
  const rpc::Client police = Police("411602", "data_quality");
  const v1::Person person = Get(name_, police);
  Get(name_, Police("411602"));  // into the cache
  auto end = On<v1::EndResidenceRequest>(name_);
  end.set_residence(person.residences(0).id());
  end.set_to_date("2026-03-02");
  Must<v1::Person>(police, end);
  const rpc::Client officer = As("data_protection_officer", "411602", "data_subject_request");
  auto erase = On<v1::EraseSubjectRequest>(name_);
  erase.set_ground(v1::PURPOSE_ENDED);
  const auto erased = Must<v1::EraseSubjectResponse>(officer, erase);
  EXPECT_TRUE(erased.has_erase_time());
  EXPECT_EQ(Must<v1::EraseSubjectResponse>(officer, erase).SerializeAsString(),
            erased.SerializeAsString())
      << "repeated";

  ForEveryAnswer(police, [](const auto& answer) { EXPECT_THAT(SecretsIn(answer), IsEmpty()); });
  EXPECT_THAT(SecretsIn(Get(name_, Police("411602"))), IsEmpty());
  EXPECT_THAT(SecretsIn(Exported(police)), IsEmpty());
  EXPECT_EQ(Get(name_, police).state(), v1::Person::LEFT);
  EXPECT_EQ(Get(name_, Police("411602")).erase_ground(), v1::PURPOSE_ENDED);
  auto back = On<v1::RegisterResidenceRequest>(name_);
  *back.mutable_residence() = Spell(kHere, "2026-03-02");
  v1::Person none;
  EXPECT_EQ(police.Call(back, &none).code(), StatusCode::kFailedPrecondition) << "it is final";
  v1::LookupPersonRequest lookup;
  lookup.set_document_number(kNumber);
  EXPECT_EQ(Must<v1::LookupPersonResponse>(police, lookup).persons_size(), 0);
  const auto history = Must<v1::GetHistoryResponse>(police, Of<v1::GetHistoryRequest>(name_));
  for (const auto& event : history.events()) {
    EXPECT_EQ(event.has_resource(), event.kind() == "person.erased") << event.kind();
  }
  const auto audit =
      Must<v1::ListAuditEntriesResponse>(As("auditor", "4116"), v1::ListAuditEntriesRequest());
  ASSERT_GT(audit.entries_size(), 5);
  for (int i = 1; i < audit.entries_size(); ++i) {
    EXPECT_EQ(audit.entries(i).id(), audit.entries(i - 1).id() - 1) << "without gaps";
  }
  EXPECT_THAT(SecretsIn(audit), IsEmpty());
  EXPECT_EQ(VerifyAudit().entry(), audit.entries(0).id());
}

TEST_F(PopulationPrivacy, WhatIsErasedGoesWithTheFilesTasksAndPairsOfThePerson) {
  const rpc::Client police = Police("411602", "data_quality");
  auto again = NewPerson(kHere, "993");
  again.mutable_person()->set_display_name(kName);
  again.mutable_person()->set_phone(kPhone);
  const std::string merged = Must<v1::Person>(police, again).name();
  auto open = New<v1::OpenTaskRequest>();
  open.set_subject(merged);
  open.set_note(kWords);
  const std::string task = Must<v1::VerificationTask>(police, open).name();
  const auto pairs = Must<v1::ListDuplicatesResponse>(police, v1::ListDuplicatesRequest());
  ASSERT_EQ(pairs.candidates_size(), 1);
  const std::string pair = pairs.candidates(0).name();
  auto merge = On<v1::MergePersonsRequest>(pair);
  merge.set_survivor(name_);
  Must<v1::DuplicateCandidate>(police, merge);
  auto end = On<v1::EndResidenceRequest>(name_);
  end.set_residence(Get(name_, police).residences(0).id());
  end.set_to_date("2026-03-02");
  Must<v1::Person>(police, end);

  const rpc::Client officer = As("data_protection_officer", "411602", "data_subject_request");
  auto erase = On<v1::EraseSubjectRequest>(merged);
  erase.set_ground(v1::PURPOSE_ENDED);
  v1::EraseSubjectResponse erased;
  EXPECT_EQ(officer.Call(erase, &erased).code(), StatusCode::kFailedPrecondition)
      << "the file that goes on is erased";
  erase = On<v1::EraseSubjectRequest>(name_);
  erase.set_ground(v1::PURPOSE_ENDED);
  Must<v1::EraseSubjectResponse>(officer, erase);

  EXPECT_THAT(SecretsIn(Get(merged, police)), IsEmpty());
  EXPECT_TRUE(Get(merged, police).has_erase_time());
  const auto visit = Must<v1::VerificationTask>(police, Of<v1::GetTaskRequest>(task));
  EXPECT_THAT(SecretsIn(visit), IsEmpty());
  EXPECT_EQ(visit.state(), v1::VerificationTask::CANCELLED);
  const auto decided = Must<v1::DuplicateCandidate>(police, Of<v1::GetDuplicateRequest>(pair));
  EXPECT_EQ(decided.state(), v1::DuplicateCandidate::ERASED);
  for (const auto& name : {name_, merged, task, pair}) {
    const auto history = Must<v1::GetHistoryResponse>(police, Of<v1::GetHistoryRequest>(name));
    ASSERT_GT(history.events_size(), 1) << name;
    for (int i = 0; i + 1 < history.events_size(); ++i) {
      EXPECT_FALSE(history.events(i).has_resource()) << name << " " << history.events(i).kind();
    }
  }
}

TEST_F(PopulationPrivacy, NoSecretIsInAFileOfTheServer) {
  const rpc::Client police = Police("411602", "service_delivery");
  ForEveryAnswer(police, [](const auto&) {});
  auto update = New<v1::UpdatePersonRequest>();
  *update.mutable_person() = Get(name_, police);
  update.mutable_person()->set_phone("1391234567");  // refused, and in no log
  update.mutable_update_mask()->add_paths("phone");
  v1::Person person;
  EXPECT_EQ(police.Call(update, &person).code(), StatusCode::kInvalidArgument);
  v1::LookupPersonRequest lookup;
  lookup.set_document_number(kNumber);
  Must<v1::LookupPersonResponse>(police, lookup);
  EXPECT_THAT(SecretsIn(Scrape(server_.metrics())), IsEmpty());
  const std::string files = Files();
  EXPECT_NE(files.find(name_), std::string::npos) << "the search finds what is there";
  EXPECT_NE(files.find("CreatePerson"), std::string::npos);
  EXPECT_THAT(SecretsIn(files), IsEmpty());
}

}  // namespace
}  // namespace pingan::testing
