// Personal data that went through every kind of call lies nowhere but sealed in the database: not
// in its files or write-ahead log, not in Redis, not in a log, a metric or a core.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/canary.h"
#include "tests/integration/population_replicas.h"
#include "tests/integration/probes.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace v1 = population::v1;

constexpr char kName[] = "钟离灵鹫", kFormer[] = "公冶霜翎", kGuardian[] = "濮阳鹤鸣",
               kOwner[] = "闾丘雁回", kImported[] = "亓官鹭洲";
constexpr char kPhone[] = "13912345670", kGuardianPhone[] = "13798765432";
constexpr char kAddress[] = "金丝雀弄七十七号", kHousehold[] = "画眉巷五十九号";
constexpr char kNote[] = "斑鸠叫了三回", kReason[] = "鹧鸪飞过村口";
constexpr char kPassport[] = "E90817263";
constexpr char kEmployer[] = "鹦哥墨水铺", kExternalId[] = "QX-70915-ZV";
const std::string kNumber = CitizenId("32010219900517991");
const std::string kImportedNumber = CitizenId("32010219880229887");
// What is refused: another check character, a telephone with a letter, a name that is too long.
const std::string kBadNumber = "320102199005179951";
constexpr char kBadPhone[] = "13612312399x";
constexpr char kBadName[] = "鸬鹚鸀鹡鸰鹎鵖";

const Canaries& All() {
  static const auto* const all = new Canaries({{"name", kName},
                                               {"former name", kFormer},
                                               {"guardian", kGuardian},
                                               {"owner", kOwner},
                                               {"imported name", kImported},
                                               {"phone", kPhone},
                                               {"guardian's phone", kGuardianPhone},
                                               {"address", kAddress},
                                               {"household", kHousehold},
                                               {"note", kNote},
                                               {"reason", kReason},
                                               {"passport", kPassport},
                                               {"employer", kEmployer},
                                               {"external id", kExternalId},
                                               {"number", kNumber},
                                               {"imported number", kImportedNumber},
                                               {"bad number", kBadNumber},
                                               {"bad phone", kBadPhone},
                                               {"bad name", kBadName}});
  return *all;
}

template <class World>
class Canary : private Cores, public World {
 protected:
  template <class Request>
  static Request On(const std::string& name) {
    return World::template On<Request>(name);
  }
  v1::Person Done(const google::protobuf::Message& request) const {
    return World::template Must<v1::Person>(World::Police("411602"), request);
  }
  static void Refused(const rpc::Client& client, const google::protobuf::Message& request,
                      google::protobuf::Message&& response = v1::Person()) {
    EXPECT_EQ(client.Call(request, &response).code(), StatusCode::kInvalidArgument)
        << request.GetDescriptor()->name();
  }

  // Everything that happens to a person's file, and to the records around it.
  void Write();
  void WriteAround();
  void Import();
  void Refuse();
  void Read(const rpc::Client& client);

  void Everything() {
    Write();
    WriteAround();
    Import();
    Refuse();
    for (const char* purpose : {"", "service_delivery"}) {
      Read(World::Police("411602", purpose));
      Read(World::As("county_officer", "411602", purpose));
      Read(World::As("data_protection_officer", "411602", purpose));
    }
  }

  // The process ends as one that fails does, with any core allowed.
  void ExpectNoCore(TestServer* server) { EXPECT_EQ(server->Abort(), TestServer::kNoCore); }

  std::string name_, dwelling_;
};

v1::Person Sample(const v1::CreatePersonRequest& from) {
  v1::Person person = from.person();
  person.set_display_name(kName);
  person.add_former_names(kFormer);
  person.set_phone(kPhone);
  person.set_household_address(kHousehold);
  person.mutable_documents(0)->set_document_number(kNumber);
  auto& passport = *person.add_documents();
  passport.set_document_type("414");
  passport.set_document_number(kPassport);
  person.add_external_ids(std::string("health:") + kExternalId);
  return person;
}

template <class World>
void Canary<World>::Write() {
  v1::CreatePersonRequest create = World::NewPerson();
  *create.mutable_person() = Sample(create);
  create.mutable_residence()->set_address(kAddress);
  create.mutable_residence()->set_from_date("2025-06-01");
  create.set_validate_only(true);
  Done(create);
  create.set_validate_only(false);
  v1::Person person = Done(create);
  name_ = person.name();
  // The same person in another file, so that there is a pair with its reasons.
  auto twin = World::NewPerson(kThere, "123");
  twin.mutable_person()->set_display_name(kName);
  twin.mutable_person()->set_phone(kPhone);
  twin.mutable_person()->mutable_documents(0)->set_document_number(kNumber);
  World::template Must<v1::Person>(World::Police("411621"), twin);

  auto update = World::template New<v1::UpdatePersonRequest>();
  *update.mutable_person() = World::Get(name_, World::Police("411602", "data_quality"));
  update.mutable_person()->add_former_names(kImported);
  update.mutable_update_mask()->add_paths("former_names");
  Done(update);
  auto work = On<v1::RecordEmploymentRequest>(name_);
  work.mutable_employment()->set_employer(kEmployer);
  work.mutable_employment()->set_occupation(kNote);
  work.mutable_employment()->set_from_date("2026-03-01");
  work.mutable_employment()->set_source(v1::SELF);
  Done(work);
  auto correct = On<v1::CorrectResidenceRequest>(name_);
  correct.set_id(person.residences(0).id());
  *correct.mutable_residence() = create.residence();
  correct.mutable_residence()->set_from_date("2025-06-02");
  correct.set_reason(kReason);
  Done(correct);
  auto apply = On<v1::ApplyForPermitRequest>(name_);
  apply.set_basis(v1::ResidencePermit::STABLE_DWELLING);
  apply.mutable_applicant()->set_kind(v1::Applicant::GUARDIAN);
  apply.mutable_applicant()->set_limited_mobility(true);
  apply.mutable_applicant()->set_display_name(kGuardian);
  apply.mutable_applicant()->set_phone(kGuardianPhone);
  // Half a year later.
  const rpc::Client police = World::Police("411602");
  ASSERT_OK(police.CallAt(World::kStart + absl::Hours(24 * 190), apply, &person));
  auto service = On<v1::RequestServiceRequest>(name_);
  service.mutable_item()->set_kind(v1::ServiceItem::HOUSING);
  service.mutable_item()->set_detail(kNote);
  person = Done(service);
  auto deny = On<v1::DenyServiceRequest>(name_);
  deny.set_item(person.service_items(0).id());
  deny.set_reason(kReason);
  World::template Must<v1::Person>(World::As("village_officer", kHere), deny);
  auto offer = On<v1::OfferMoveRequest>(name_);
  offer.set_to_area(kThere);
  offer.set_reason(kReason);
  Done(offer);
  auto reject = On<v1::RejectMoveRequest>(name_);
  reject.set_reason(kReason);
  World::template Must<v1::Person>(World::Police("411621"), reject);
}

template <class World>
void Canary<World>::WriteAround() {
  auto create = World::template New<v1::CreateDwellingRequest>();
  auto& dwelling = *create.mutable_dwelling();
  dwelling.set_area(kHere);
  dwelling.set_address(kAddress);
  dwelling.set_use(v1::Dwelling::OWN);
  auto& owner = *dwelling.mutable_owner();
  owner.set_document_type("111");
  owner.set_document_number(kNumber);
  owner.set_display_name(kOwner);
  owner.set_phone(kPhone);
  owner.set_address(kHousehold);
  const rpc::Client police = World::Police("411602");
  dwelling_ = World::template Must<v1::Dwelling>(police, create).name();
  auto hazard = On<v1::RecordHazardRequest>(dwelling_);
  hazard.mutable_hazard()->set_type("02");
  hazard.mutable_hazard()->set_note(kNote);
  World::template Must<v1::Dwelling>(police, hazard);
  for (const bool cancelled : {false, true}) {
    auto open = World::template New<v1::OpenTaskRequest>();
    open.set_subject(dwelling_);
    open.set_note(kNote);
    const auto task = World::template Must<v1::VerificationTask>(police, open);
    if (cancelled) {
      auto cancel = On<v1::CancelTaskRequest>(task.name());
      cancel.set_reason(kReason);
      World::template Must<v1::VerificationTask>(police, cancel);
      continue;
    }
    auto complete = On<v1::CompleteTaskRequest>(task.name());
    complete.set_outcome(v1::VerificationTask::ABSENT);
    complete.set_result(kNote);
    World::template Must<v1::VerificationTask>(police, complete);
  }
  const auto pairs = World::template Must<v1::ListDuplicatesResponse>(World::Police("4116"),
                                                                      v1::ListDuplicatesRequest());
  ASSERT_EQ(pairs.candidates_size(), 1);
  auto dismiss = On<v1::DismissDuplicateRequest>(pairs.candidates(0).name());
  dismiss.set_reason(kReason);
  World::template Must<v1::DuplicateCandidate>(World::Police("4116"), dismiss);
}

template <class World>
void Canary<World>::Import() {
  v1::ImportPersonsRequest good = World::Row(1), number = World::Row(2), phone = World::Row(3),
                           name = World::Row(4);
  good.mutable_person()->set_display_name(kImported);
  auto& document = *good.mutable_person()->add_documents();
  document.set_document_type("111");
  document.set_document_number(kImportedNumber);
  good.mutable_person()->mutable_residences(0)->set_address(kAddress);
  *number.mutable_person()->add_documents() = document;
  number.mutable_person()->mutable_documents(0)->set_document_number(kBadNumber);
  phone.mutable_person()->set_phone(kBadPhone);
  for (int i = 0; i < 10; ++i) name.mutable_person()->mutable_display_name()->append(kBadName);
  auto dry = good;
  dry.set_dry_run(true);
  const auto answer = World::Import({dry, good, number, phone, name});
  EXPECT_EQ(answer.rows_stored(), 2) << "one of them for trial";
  EXPECT_EQ(answer.rows_refused(), 3);
}

template <class World>
void Canary<World>::Refuse() {
  const rpc::Client police = World::Police("411602", "data_quality");
  v1::CreatePersonRequest create = World::NewPerson();
  create.mutable_person()->set_phone(kBadPhone);
  Refused(police, create);
  create = World::NewPerson();
  create.mutable_person()->mutable_documents(0)->set_document_number(kBadNumber);
  Refused(police, create);
  create = World::NewPerson();
  for (int i = 0; i < 10; ++i) create.mutable_person()->mutable_display_name()->append(kBadName);
  Refused(police, create);
  create = World::NewPerson();
  create.set_request_id(kName);
  Refused(police, create);
  create.set_request_id(std::string(kPhone) + "@");
  Refused(police, create);
  // Refused by a rule and by the database's contents, not by the form.
  create = World::NewPerson();
  *create.mutable_person() = Sample(create);
  v1::Person person;
  EXPECT_EQ(police.Call(create, &person).code(), StatusCode::kAlreadyExists);
  auto update = World::template New<v1::UpdatePersonRequest>();
  update.mutable_person()->set_name(name_);
  update.mutable_person()->set_etag("none");
  update.mutable_person()->set_phone(kPhone);
  update.mutable_update_mask()->add_paths("phone");
  EXPECT_EQ(police.Call(update, &person).code(), StatusCode::kAborted);
  update.mutable_person()->clear_etag();
  update.mutable_update_mask()->add_paths(kName);
  Refused(police, update);
  for (const char* bad : {kName, kPhone, kNumber.c_str()}) {
    v1::GetPersonRequest get;
    get.set_name(std::string("persons/") + bad);
    Refused(police, get);
    v1::ListPersonsRequest list;
    list.set_filter(std::string("display_name = \"") + bad + "\"");
    Refused(police, list, v1::ListPersonsResponse());
    list.set_filter(std::string("employer = \"") + bad);
    Refused(police, list, v1::ListPersonsResponse());
    list.clear_filter();
    list.set_page_token(bad);
    Refused(police, list, v1::ListPersonsResponse());
    v1::ListCodesRequest codes;
    codes.set_list(bad);
    v1::ListCodesResponse none;
    EXPECT_FALSE(police.Call(codes, &none).ok());
    // A purpose, a language and a subject that are none.
    EXPECT_FALSE(CallRaw(World::server_.target(), "/pingan.population.v1.Population/GetPerson", "",
                         {{"authorization", "Bearer x"}, {"x-purpose-bin", bad}})
                     .ok());
  }
  EXPECT_FALSE(CallRaw(World::server_.target(), "/pingan.population.v1.Population/CreatePerson",
                       std::string("\x0a\xff") + kName,
                       {{"authorization", std::string("Bearer ") + kPhone}, {"x-purpose", kPhone}})
                   .ok());
}

template <class World>
void Canary<World>::Read(const rpc::Client& client) {
  // Who may not is refused; that too leaves nothing behind.
  const auto ask = [&client](const google::protobuf::Message& request,
                             google::protobuf::Message&& response) {
    (void)client.Call(request, &response);
  };
  v1::LookupPersonRequest lookup;
  lookup.set_document_number(kNumber);
  ask(lookup, v1::LookupPersonResponse());
  lookup.clear_document_number();
  lookup.set_phone(kPhone);
  ask(lookup, v1::LookupPersonResponse());
  lookup.set_phone(kBadPhone);
  ask(lookup, v1::LookupPersonResponse());
  lookup.clear_phone();
  lookup.set_external_id(std::string("health:") + kExternalId);
  ask(lookup, v1::LookupPersonResponse());
  v1::ListPersonsRequest workers;
  workers.set_filter(std::string("employer = \"") + kEmployer + "\"");
  ask(workers, v1::ListPersonsResponse());
  v1::FindDuplicatesRequest find;
  *find.mutable_person() = Sample(World::NewPerson());
  ask(find, v1::FindDuplicatesResponse());
  for (int i = 0; i < 3; ++i) {  // from the database, from the caches
    ask(World::template Of<v1::GetPersonRequest>(name_), v1::Person());
    ask(World::template Of<v1::GetDwellingRequest>(dwelling_), v1::Dwelling());
  }
  ask(v1::ListPersonsRequest(), v1::ListPersonsResponse());
  ask(v1::ListDwellingsRequest(), v1::ListDwellingsResponse());
  ask(v1::ListTasksRequest(), v1::ListTasksResponse());
  ask(v1::ListDuplicatesRequest(), v1::ListDuplicatesResponse());
  ask(World::template Of<v1::GetResidencesRequest>(name_), v1::GetResidencesResponse());
  ask(World::template Of<v1::GetHistoryRequest>(name_), v1::GetHistoryResponse());
  ask(World::template Of<v1::ListReadsRequest>(name_), v1::ListReadsResponse());
  v1::WatchPopulationRequest watch;
  int events = 0;
  (void)client.Watch(watch, v1::WatchPopulationResponse(), absl::Seconds(5),
                     [&](const google::protobuf::Message&) { return ++events < 5; });
  (void)client.Watch(v1::ExportPersonsRequest(), v1::ExportPersonsResponse(), absl::Seconds(5),
                     [](const google::protobuf::Message&) { return true; });
}

using InOneFile = Canary<PopulationWorld>;

TEST_F(InOneFile, LiesNowhereInTheClear) {
  Everything();
  EXPECT_THAT(All().In(Scrape(server_.metrics())), IsEmpty());
  EXPECT_THAT(All().InFolder(server_.state()), IsEmpty());
  // What is searched is what was written: the log and the database hold what they may.
  EXPECT_THAT(server_.Log(), HasSubstr("\"reason\":\"FIELD_INVALID\""));
  EXPECT_THAT(FileBytes(server_.state() + "/population.db-wal"), HasSubstr(name_));
  ASSERT_EQ(server_.Stop(), 0);
  EXPECT_THAT(FileBytes(server_.state() + "/population.db"), HasSubstr(name_));
  EXPECT_THAT(All().InFolder(server_.state()), IsEmpty()) << "after the end";
}

// A core holds what the caches and the freed memory of the process hold, so none is ever written,
// whatever the limits of whoever started it.
TEST_F(InOneFile, IsInNoCoreBecauseThereIsNone) {
  const pid_t other = fork();
  if (other == 0) {
    if (chdir(server_.state().c_str()) == 0) std::abort();
    _exit(1);
  }
  int status = 0;
  waitpid(other, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status) && WCOREDUMP(status)) << "this machine writes no cores at all";
  Everything();
  ExpectNoCore(&server_);
}

using InReplicas = Canary<PopulationReplicas>;

TEST_F(InReplicas, LiesNowhereInTheClear) {
  Postgres& postgres = Postgres::Shared();
  // All that an operator can have PostgreSQL say, and what nobody should.
  for (const char* setting :
       {"log_statement = 'all'", "log_min_duration_statement = 0", "log_duration = on",
        "log_min_messages = 'debug1'", "log_min_error_statement = 'debug1'",
        "log_parameter_max_length_on_error = -1", "log_error_verbosity = 'verbose'"}) {
    postgres.Ask(std::string("ALTER SYSTEM SET ") + setting);
  }
  postgres.Ask("SELECT pg_reload_conf()");
  Everything();
  Read(OnOther("police_officer", "411602", "service_delivery"));
  Read(OnOther("police_officer", "411602"));
  const TestServer* const servers[] = {&server_, &other()};
  for (const TestServer* server : servers) {
    EXPECT_THAT(All().In(Scrape(server->metrics())), IsEmpty());
    EXPECT_THAT(All().InFolder(server->state()), IsEmpty());
  }
  postgres.Ask("CHECKPOINT");
  EXPECT_THAT(postgres.Log(), HasSubstr("parameters: "));
  EXPECT_THAT(postgres.Log(), HasSubstr(name_));
  EXPECT_THAT(All().InFolder(postgres.folder()), IsEmpty());
  // Its dump uncompressed, so that it can be searched.
  redis.Ask("CONFIG SET rdbcompression no");
  redis.Ask("SAVE");
  const std::string dump = FileBytes(redis.folder() + "/dump.rdb");
  EXPECT_THAT(dump, HasSubstr(name_)) << "the rows are in there";
  EXPECT_THAT(All().InFolder(redis.folder()), IsEmpty());
}

}  // namespace
}  // namespace pingan::testing
