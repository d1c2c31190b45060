// The check against histories in which one thing is wrong: a checker that finds nothing proves
// nothing.
#include "tests/chaos/ledger.h"

#include <gtest/gtest.h>

#include <functional>

namespace pingan::chaos {
namespace {

constexpr char kFirst[] = "disputes/411602-2026-000001";
constexpr char kSecond[] = "disputes/411602-2026-000002";
constexpr char kOther[] = "disputes/411621-2026-000001";

Status Lost() {
  return absl::UnavailableError("connection reset");
}
Status NotNow() {
  return Error(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE, "no session");
}
Status Refused() {
  return Error(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED, "not now");
}

struct Story {
  Ledger ledger;
  Observed observed;
};

// Two creates in one county and one in another, an accept, one failure and one settled doubt.
void Fill(Story* run) {
  const auto tell = [&](const std::string& id, const Status& status, const std::string& name = "",
                        int64_t revision = 0) {
    run->ledger.Intend(id);
    return run->ledger.Record(id, status, name, revision);
  };
  EXPECT_TRUE(tell("create-1", absl::OkStatus(), kFirst, 1));
  EXPECT_FALSE(tell("create-2", Lost()));
  EXPECT_FALSE(tell("create-2", NotNow()));
  EXPECT_TRUE(tell("create-2", absl::OkStatus(), kSecond, 2));
  EXPECT_TRUE(tell("create-3", absl::OkStatus(), kOther, 3));
  EXPECT_TRUE(tell("accept-1", absl::OkStatus(), kFirst, 4));
  EXPECT_TRUE(tell("accept-1", absl::OkStatus(), kFirst, 4));
  EXPECT_TRUE(tell("accept-2", Refused()));
  EXPECT_TRUE(tell("create-4", NotNow()));
  run->observed.events = {{1, "create-1", kFirst, "dispute.registered"},
                          {2, "create-2", kSecond, "dispute.registered"},
                          {3, "create-3", kOther, "dispute.registered"},
                          {4, "accept-1", kFirst, "dispute.accepted"}};
  for (const auto& event : run->observed.events)
    run->observed.audits.push_back({event.revision, event.request_id, event.name});
  run->observed.rows = {{kFirst, 4}, {kSecond, 2}, {kOther, 3}};
}

// Appends an effect with all its records.
void Happen(Observed* observed, const std::string& id, const std::string& name,
            const std::string& kind) {
  const int64_t revision = observed->events.back().revision + 1;
  observed->events.push_back({revision, id, name, kind});
  observed->audits.push_back({revision, id, name});
  std::erase_if(observed->rows, [&](const auto& row) { return row.name == name; });
  observed->rows.push_back({name, revision});
}

TEST(Ledger, FindsNothingWhereNothingIsWrong) {
  Story run;
  Fill(&run);
  const Verdict verdict = run.ledger.Check(run.observed);
  EXPECT_TRUE(verdict.ok()) << verdict.examples.front();
  EXPECT_EQ(run.ledger.acknowledged(), 4);
  EXPECT_EQ(run.ledger.failed(), 2);
  EXPECT_EQ(run.ledger.doubted(), 1);
}

struct Fault {
  const char* name;
  int Verdict::*counter;
  std::function<void(Story*)> plant;
};

const Fault kFaults[] = {
    {"an acknowledged accept is gone with all its records", &Verdict::lost,
     [](Story* run) {
       run->observed.events.pop_back();
       run->observed.audits.pop_back();
       run->observed.rows[0].version = 1;
     }},
    {"an acknowledged create became another case", &Verdict::lost,
     [](Story* run) { run->ledger.Record("late", absl::OkStatus(), kFirst, 1); }},
    {"a request was carried out twice", &Verdict::doubled,
     [](Story* run) {
       Happen(&run->observed, "create-2", "disputes/411602-2026-000003", "dispute.registered");
     }},
    {"a retry got another answer", &Verdict::doubled,
     [](Story* run) { run->ledger.Record("create-1", absl::OkStatus(), kSecond, 2); }},
    {"what was done is refused when retried", &Verdict::doubled,
     [](Story* run) { run->ledger.Record("accept-1", Refused(), "", 0); }},
    {"a refused request is there", &Verdict::denied,
     [](Story* run) { Happen(&run->observed, "accept-2", kSecond, "dispute.accepted"); }},
    {"a request without a database is there", &Verdict::denied,
     [](Story* run) {
       Happen(&run->observed, "create-4", "disputes/411602-2026-000003", "dispute.registered");
     }},
    {"there is what nobody sent", &Verdict::denied,
     [](Story* run) { Happen(&run->observed, "stranger", kSecond, "dispute.accepted"); }},
    {"a doubt was not settled", &Verdict::unsettled,
     [](Story* run) {
       run->ledger.Intend("create-5");
       run->ledger.Record("create-5", Lost(), "", 0);
       run->ledger.Record("create-5", NotNow(), "", 0);
     }},
    {"a code is missing", &Verdict::numbering,
     [](Story* run) {
       run->ledger.Record("create-6", absl::OkStatus(), "disputes/411602-2026-000004", 5);
       Happen(&run->observed, "create-6", "disputes/411602-2026-000004", "dispute.registered");
     }},
    {"a code is given twice", &Verdict::numbering,
     [](Story* run) {
       run->ledger.Record("create-6", absl::OkStatus(), kSecond, 5);
       Happen(&run->observed, "create-6", kSecond, "dispute.registered");
     }},
    {"two events changed places", &Verdict::numbering,
     [](Story* run) { std::swap(run->observed.events[1], run->observed.events[2]); }},
    {"a row is older than its last event", &Verdict::records,
     [](Story* run) { run->observed.rows[0].version = 1; }},
    {"a row is missing", &Verdict::records, [](Story* run) { run->observed.rows.pop_back(); }},
    {"an audit row is missing", &Verdict::records,
     [](Story* run) { run->observed.audits.pop_back(); }},
    {"an audit row is there twice", &Verdict::records,
     [](Story* run) { run->observed.audits.push_back(run->observed.audits[0]); }},
};

TEST(Ledger, FindsEachPlantedFaultAndCallsItByItsName) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    Story run;
    Fill(&run);
    fault.plant(&run);
    const Verdict verdict = run.ledger.Check(run.observed);
    EXPECT_FALSE(verdict.ok());
    EXPECT_GT(verdict.*fault.counter, 0);
    for (const auto counter : {&Verdict::lost, &Verdict::doubled, &Verdict::denied,
                               &Verdict::unsettled, &Verdict::records}) {
      if (counter == fault.counter) continue;
      EXPECT_EQ(verdict.*counter, 0) << verdict.examples.front();
    }
  }
}

}  // namespace
}  // namespace pingan::chaos
