// Writes of several records at once, and what finds and forgets them.
#include "common/rpc/writer.h"

#include <cstdlib>
#include <future>

#include "common/events/scripted_store.h"
#include "common/rpc/terms.h"
#include "common/testing/matchers.h"
#include "pingan/population/v1/duplicate.pb.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::rpc {
namespace {

namespace v1 = population::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::DuplicateRecord;
using v1::PersonRecord;

constexpr char kVillage[] = "411602003001";
const Term kPhone = {.index = "phone", .value = "00000000000", .secret = true};

Table Persons() {
  Table table;
  table.spec.name = "persons";
  table.make_record = [] { return std::make_unique<PersonRecord>(); };
  table.resource = [](Message* record) -> Message* {
    return static_cast<PersonRecord*>(record)->mutable_person();
  };
  table.columns = [](const Message&) { return std::vector<store::Value>(); };
  table.sequence = [](const Message&, absl::Time) { return "persons"; };
  table.number = [](Message* record, int64_t serial) {
    static_cast<PersonRecord*>(record)->mutable_person()->set_name("persons/" +
                                                                   std::to_string(serial));
  };
  table.terms = [](const Message& record) -> std::vector<Term> {
    const std::string& phone = static_cast<const PersonRecord&>(record).person().phone();
    if (phone.empty()) return {};
    return {{kPhone.index, phone, true}};
  };
  return table;
}

Table Duplicates() {
  Table table;
  table.spec.name = "duplicates";
  table.make_record = [] { return std::make_unique<DuplicateRecord>(); };
  table.resource = [](Message* record) -> Message* {
    return static_cast<DuplicateRecord*>(record)->mutable_candidate();
  };
  table.columns = [](const Message&) { return std::vector<store::Value>(); };
  return table;
}

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() {
    static int number = 0;
    const std::string path =
        std::string(std::getenv("TEST_TMPDIR")) + "/writer" + std::to_string(++number);
    const store::TableSpec* specs[] = {&persons_.spec, &duplicates_.spec, &kSubjectKeys, &kTerms};
    store_ = *store::Open({.database = "sqlite:" + path + ".db"}, "test", specs);
    keyring_ = *crypto::Keyring::Create(path + ".keys");
    records_ = std::make_unique<Records>(store_.get(), keyring_.get());
    // As coherence does: what changed is forgotten.
    store_->Observe([this](const store::Batch& batch, std::function<void()> release) {
      for (const auto& [table, key] : batch.keys) records_->Forget(key);
      telling_(std::move(release));
    });
    writer_ = std::make_unique<Writer>(records_.get(), &tables_, &workers_);
  }
  ~WriterTest() override {
    store_->Close();
    workers_.Stop();
  }

  WriteJob Job(const std::string& name, const std::string& request) {
    return {.table = &persons_,
            .name = name,
            .actor = "somebody",
            .method = "Write",
            .request_id = request,
            .reply_key = request,
            .fingerprint = "print"};
  }

  StatusOr<Written> Write(WriteJob job) {
    std::promise<StatusOr<Written>> promise;
    writer_->Execute(std::make_shared<WriteJob>(std::move(job)),
                     [&](StatusOr<Written> written) { promise.set_value(std::move(written)); });
    return promise.get_future().get();
  }

  // A new person with that phone; the name.
  std::string Create(const std::string& phone, const std::string& request) {
    WriteJob job = Job("", request);
    job.decide = [phone](const Message&, const Related&) -> StatusOr<Plan> {
      return PlanOf(Decision<PersonRecord>{WithPhone({}, phone), {"person.created"}});
    };
    const auto written = Write(std::move(job));
    EXPECT_OK(written);
    return written.ok() ? ResourceText(persons_.Resource(*written->record), "name") : "";
  }

  static PersonRecord WithPhone(PersonRecord record, const std::string& phone) {
    record.mutable_person()->set_area(kVillage);
    record.mutable_person()->set_phone(phone);
    return record;
  }

  std::vector<std::string> Found(const Term& term) {
    return FindByTerms(store_.get(), *keyring_, persons_, {&term, 1}, 10)->front().names;
  }

  // Leaves of the person nothing but a name.
  void Erase(const std::string& name, const std::string& request) {
    WriteJob job = Job(name, request);
    job.decide = [](const Message& before, const Related&) -> StatusOr<Plan> {
      Decision<PersonRecord> decision{.events = {"person.erased"}, .forget = true};
      decision.after.mutable_person()->set_name(
          static_cast<const PersonRecord&>(before).person().name());
      decision.after.mutable_person()->set_area(kVillage);
      return PlanOf(std::move(decision));
    };
    EXPECT_OK(Write(std::move(job)));
  }

  // As a hand that took the row away: what it sealed stays behind.
  void DestroyKey(const store::Guard& row) {
    std::promise<store::Outcome::Kind> outcome;
    store::WriteSet set{.guards = {row}};
    set.encode = [row](const store::Numbers& numbers) -> StatusOr<store::Changes> {
      return store::Changes{.erases = {row},
                            .events = {{.revision = numbers.revision, .name = row.key}}};
    };
    set.done = [&](const store::Outcome& done) { outcome.set_value(done.kind); };
    store_->Commit(std::move(set));
    ASSERT_EQ(outcome.get_future().get(), store::Outcome::kCommitted);
  }

  std::vector<std::string> Kinds() {
    std::vector<std::string> kinds;
    const auto events = store_->Events(0, 1000, 1000).value();
    for (const auto& event : events) kinds.push_back(event.kind);
    return kinds;
  }

  Table persons_ = Persons(), duplicates_ = Duplicates();
  const Tables tables_{{&persons_, &duplicates_}};
  WorkerPool workers_{{.threads = 2}};
  std::function<void(std::function<void()>)> telling_ = [](const auto& release) { release(); };
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<crypto::Keyring> keyring_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, TermsFollowTheRecordAndHideTheirValues) {
  const std::string name = Create(kPhone.value, "1");
  EXPECT_THAT(Found(kPhone), ElementsAre(name));
  store::Query all{.table = &kTerms, .order_by = "key"};
  ASSERT_OK_AND_ASSIGN(const auto rows, store_->Select(all));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].key.find(kPhone.value), std::string::npos);

  WriteJob job = Job(name, "2");
  job.decide = [](const Message& before, const Related&) -> StatusOr<Plan> {
    return PlanOf(Decision<PersonRecord>{
        WithPhone(static_cast<const PersonRecord&>(before), "00000000001"), {"person.updated"}});
  };
  ASSERT_OK(Write(std::move(job)));
  EXPECT_THAT(Found(kPhone), IsEmpty());
  EXPECT_THAT(Found({"phone", "00000000001", true}), ElementsAre(name));
  EXPECT_THAT(Found({"phone", "0000000000", true}), IsEmpty()) << "part of a value finds nothing";
}

TEST_F(WriterTest, ADecisionSeesWhatATermFindsAndOpensALinkedRecord) {
  const std::string first = Create(kPhone.value, "1");
  WriteJob job = Job("", "2");
  job.wanted = [](const Message&) { return Wanted{.terms = {kPhone}}; };
  job.decide = [](const Message&, const Related& related) -> StatusOr<Plan> {
    Decision<PersonRecord> decision{WithPhone({}, kPhone.value), {"person.created"}};
    for (const PersonRecord* other : related.All<PersonRecord>()) {
      auto candidate = std::make_shared<DuplicateRecord>();
      candidate->mutable_candidate()->set_first(other->person().name());
      candidate->mutable_candidate()->set_area(kVillage);
      const auto link = [](const Message& main, Message* after) {
        auto& made = *static_cast<DuplicateRecord*>(after)->mutable_candidate();
        made.set_second(static_cast<const PersonRecord&>(main).person().name());
        made.set_name("duplicates/" + made.first().substr(8) + "." + made.second().substr(8));
      };
      decision.also.push_back({"", candidate, {"duplicate.found"}, link});
    }
    return PlanOf(std::move(decision));
  };
  const WriteJob again = job;
  ASSERT_OK_AND_ASSIGN(const Written written, Write(std::move(job)));
  EXPECT_EQ(ResourceText(persons_.Resource(*written.record), "name"), "persons/2");
  EXPECT_THAT(Kinds(), ElementsAre("person.created", "person.created", "duplicate.found"));
  ASSERT_OK_AND_ASSIGN(auto candidate, records_->Find(duplicates_, "duplicates/1.2"));
  ASSERT_TRUE(candidate.has_value());
  EXPECT_EQ(candidate->version, 3);
  ASSERT_OK_AND_ASSIGN(const auto audits, store_->Audits("", 0, 10));
  EXPECT_EQ(audits.size(), 2u);

  ASSERT_OK_AND_ASSIGN(const Written repeated, Write(again));
  EXPECT_TRUE(repeated.repeated);
  EXPECT_EQ(ResourceText(persons_.Resource(*repeated.record), "name"), "persons/2");
}

// As after a commit that was refused: what a record remembers is of the numbers that count.
TEST_F(WriterTest, AnAttemptThatIsEncodedAgainRemembersTheLastNumbers) {
  persons_.stamp = [](Message* record, int64_t revision) {
    auto& residence = *static_cast<PersonRecord*>(record)->mutable_person()->mutable_residences(0);
    if (residence.recorded_revision() == 0) residence.set_recorded_revision(revision);
  };
  WriteJob job = Job("", "1");
  job.decide = [](const Message&, const Related&) -> StatusOr<Plan> {
    PersonRecord record = WithPhone({}, kPhone.value);
    record.mutable_person()->add_residences();
    return PlanOf(Decision<PersonRecord>{record, {"person.created"}});
  };
  Attempt attempt(records_.get(), &tables_, std::make_shared<WriteJob>(job));
  ASSERT_OK(attempt.Gather());
  for (const int64_t number : {7, 5}) {
    ASSERT_OK(attempt.Encode({.revision = number, .serial = number}));
    const auto& person = static_cast<const PersonRecord&>(*attempt.written()).person();
    EXPECT_EQ(person.name(), "persons/" + std::to_string(number));
    EXPECT_EQ(person.revision(), number);
    EXPECT_EQ(person.residences(0).recorded_revision(), number);
  }
}

TEST_F(WriterTest, NewRecordsAreReadForTogetherAndFailAlone) {
  const std::string phones[] = {"00000000001", "00000000002", "00000000003"};
  Create(phones[0], "1");
  const std::string unreadable = Create(phones[1], "2");
  DestroyKey({&kSubjectKeys, "keys/" + unreadable, 2});

  std::vector<Writer::Request> requests;
  std::vector<std::promise<StatusOr<Written>>> written(std::size(phones));
  std::vector<size_t> seen(std::size(phones), 99);
  for (size_t i = 0; i < std::size(phones); ++i) {
    auto job = std::make_shared<WriteJob>(Job("", "new" + std::to_string(i)));
    job->wanted = [phone = phones[i]](const Message&) {
      return Wanted{.terms = {{kPhone.index, phone, true}}};
    };
    job->decide = [&, i](const Message&, const Related& related) -> StatusOr<Plan> {
      seen[i] = related.All<PersonRecord>().size();
      return PlanOf(Decision<PersonRecord>{WithPhone({}, "9"), {"person.created"}});
    };
    requests.push_back(
        {job, [&, i](StatusOr<Written> one) { written[i].set_value(std::move(one)); }});
  }
  writer_->ExecuteNew(std::move(requests));
  EXPECT_OK(written[0].get_future().get());
  EXPECT_THAT(written[1].get_future().get(),
              testing::Fails(absl::StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE));
  EXPECT_OK(written[2].get_future().get());
  EXPECT_THAT(seen, ElementsAre(1, 99, 0));
  EXPECT_THAT(Found({kPhone.index, "9", true}), ElementsAre("persons/3", "persons/4"));
}

TEST_F(WriterTest, ADecisionIsTakenAgainWhenAnotherRecordItChangesHasMovedOn) {
  const std::string first = Create("", "1"), second = Create("", "2");
  int decided = 0;
  WriteJob job = Job(first, "3");
  job.wanted = [&](const Message&) { return Wanted{.names = {second}}; };
  job.decide = [&](const Message& before, const Related& related) -> StatusOr<Plan> {
    const PersonRecord seen = *related.Get<PersonRecord>(second);
    if (++decided == 1) {
      WriteJob between = Job(second, "4");
      between.decide = [](const Message& now, const Related&) -> StatusOr<Plan> {
        return PlanOf(Decision<PersonRecord>{WithPhone(static_cast<const PersonRecord&>(now), "1"),
                                             {"person.updated"}});
      };
      EXPECT_OK(Write(std::move(between)));
    }
    Decision<PersonRecord> decision{static_cast<const PersonRecord&>(before), {"person.merged"}};
    auto other = std::make_shared<PersonRecord>(WithPhone(seen, seen.person().phone() + "2"));
    decision.also.push_back({second, other, {"person.merged"}});
    return PlanOf(std::move(decision));
  };
  ASSERT_OK(Write(std::move(job)));
  EXPECT_EQ(decided, 2);
  ASSERT_OK_AND_ASSIGN(auto now, records_->Find(persons_, second));
  EXPECT_EQ(static_cast<const PersonRecord&>(*now->record).person().phone(), "12");
}

TEST_F(WriterTest, ADecisionIsTakenAgainWhenWhatAChangeRestsOnHasMovedOn) {
  const std::string first = Create("", "1"), second = Create("", "2"), third = Create("", "3");
  int decided = 0;
  WriteJob job = Job(first, "4");
  job.wanted = [&](const Message&) { return Wanted{.names = {second, third}}; };
  job.decide = [&](const Message& before, const Related& related) -> StatusOr<Plan> {
    if (++decided == 1) {
      WriteJob between = Job(second, "5");
      between.decide = [](const Message& now, const Related&) -> StatusOr<Plan> {
        return PlanOf(Decision<PersonRecord>{WithPhone(static_cast<const PersonRecord&>(now), "1"),
                                             {"person.updated"}});
      };
      EXPECT_OK(Write(std::move(between)));
    }
    Decision<PersonRecord> decision{static_cast<const PersonRecord&>(before), {"person.met"}};
    auto other = std::make_shared<PersonRecord>(*related.Get<PersonRecord>(third));
    decision.also.push_back({.name = third, .after = other, .events = {"person.met"}});
    decision.also.back().rests_on = second;  // which the write does not change
    return PlanOf(std::move(decision));
  };
  ASSERT_OK(Write(std::move(job)));
  EXPECT_EQ(decided, 2);
}

// A telephone that many share must not hold up everybody who writes to one of them.
TEST_F(WriterTest, ADecisionIsTakenAgainWhenATermThatFewShareFindsAnother) {
  for (int i = 0; i < 18; ++i) Create(kPhone.value, std::to_string(i));
  for (const int known : {18, 19, 20, 21}) {
    const std::string request = "between " + std::to_string(known);
    size_t seen = 0;
    int decided = 0;
    WriteJob job = Job("", request + " it");
    job.wanted = [](const Message&) { return Wanted{.terms = {kPhone}, .limit = 100}; };
    job.decide = [&](const Message&, const Related& related) -> StatusOr<Plan> {
      seen = related.All<PersonRecord>().size();
      if (++decided == 1) Create(kPhone.value, request);
      return PlanOf(Decision<PersonRecord>{WithPhone({}, "9"), {"person.created"}});
    };
    ASSERT_OK(Write(std::move(job)));
    EXPECT_EQ(decided, known < 20 ? 2 : 1) << known;
    EXPECT_EQ(seen, known < 20 ? known + 1 : known);
  }
}

// The request may have been carried out before, and then the refusal would be a wrong answer.
TEST_F(WriterTest, ARefusalIsNotToldWhereAReplyCannotBeLookedFor) {
  events::ScriptedStore away;
  Records records(&away, keyring_.get());
  Writer writer(&records, &tables_, &workers_);
  WriteJob job = Job("", "1");
  job.decide = [](const Message&, const Related&) -> StatusOr<Plan> {
    return FieldError("person", "want another");
  };
  std::promise<StatusOr<Written>> told;
  writer.Execute(std::make_shared<WriteJob>(std::move(job)),
                 [&](StatusOr<Written> written) { told.set_value(std::move(written)); });
  EXPECT_EQ(told.get_future().get().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(WriterTest, WhatIsForgottenCanBeReadNoMore) {
  const std::string name = Create(kPhone.value, "1");
  ASSERT_OK_AND_ASSIGN(const auto row, store_->Get(persons_.spec, name));
  Erase(name, "2");
  ASSERT_OK_AND_ASSIGN(const auto events, store_->Events(0, 10, 10));
  ASSERT_OK_AND_ASSIGN(const auto before, records_->OpenEvent(persons_, events[0]));
  EXPECT_EQ(before, nullptr);
  ASSERT_OK_AND_ASSIGN(const auto after, records_->OpenEvent(persons_, events[1]));
  EXPECT_NE(after, nullptr);
  ASSERT_OK_AND_ASSIGN(auto now, records_->Find(persons_, name));
  EXPECT_EQ(static_cast<const PersonRecord&>(*now->record).person().phone(), "");
  EXPECT_THAT(Found(kPhone), IsEmpty());
  // A reader that the erasure overtook sees what it left.
  ASSERT_OK_AND_ASSIGN(const auto overtaken, records_->Open(persons_, *row));
  EXPECT_EQ(static_cast<const PersonRecord&>(*overtaken.record).person().phone(), "");
  EXPECT_GT(overtaken.version, row->version);
  EXPECT_OK(records_->OpenAll(persons_, {&*row, 1}));
}

TEST_F(WriterTest, WhatIsForgottenBeforeItsCreateIsToldIsNotRememberedThen) {
  std::promise<std::function<void()>> committed[2];
  telling_ = [&, next = 0](std::function<void()> release) mutable {
    committed[next++].set_value(std::move(release));
  };
  auto created = std::async(std::launch::async, [&] { return Create(kPhone.value, "1"); });
  const auto tell_of_create = committed[0].get_future().get();
  ASSERT_OK_AND_ASSIGN(const auto events, store_->Events(0, 10, 10));
  auto erased = std::async(std::launch::async, [&] { Erase(events[0].name, "2"); });
  const auto tell_of_erasure = committed[1].get_future().get();
  tell_of_create();
  EXPECT_EQ(created.get(), events[0].name);
  ASSERT_OK_AND_ASSIGN(const auto before, records_->OpenEvent(persons_, events[0]));
  EXPECT_EQ(before, nullptr);
  tell_of_erasure();
}

}  // namespace
}  // namespace pingan::rpc
