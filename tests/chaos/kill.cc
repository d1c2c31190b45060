#include "tests/chaos/kill.h"

#include <algorithm>
#include <cstdio>
#include <random>

#include "absl/strings/str_format.h"
#include "tests/chaos/creators.h"
#include "tests/integration/server_fixture.h"

namespace pingan::chaos {
namespace {

namespace v1 = disputes::v1;

constexpr absl::Duration kRecovery = absl::Seconds(30), kReadBack = absl::Minutes(2);
constexpr int kUpUsMin = 50'000, kUpUsMax = 800'000;  // between recovery and the next kill
constexpr size_t kReadsMax = 1000;

std::vector<std::string> FlagsOf(const Database& database) {
  return {"--sole_replica", "--sweep_seconds=3600", "--database=" + database.flag()};
}

class KillRun {
 public:
  explicit KillRun(const KillPlan& plan)
      : plan_(plan), random_(plan.seed), database_(plan.database), server_(FlagsOf(database_)) {}

  bool Run() {
    address_.Set(server_.target());
    bool recovered = true;
    {
      const std::string token = server_.Token({.roles = {"city_officer"}, .area = "4116"});
      Creators creators(plan_.creators, plan_.seed, token, &address_, &ledger_);
      recovered = ledger_.AwaitAcknowledged(1, kRecovery);
      for (; recovered && kills_ < plan_.kills; ++kills_) {
        Pause();
        KillOnce();
        recovered = ledger_.AwaitAcknowledged(ledger_.acknowledged() + 1, kRecovery);
      }
    }
    if (!recovered) std::fprintf(stderr, "no write succeeds again: %s\n", server_.Log().c_str());
    Verdict verdict = ledger_.Check(ReadBack());
    verdict.lost += unread_;
    Print(verdict, recovered && verdict.ok());
    return recovered && verdict.ok();
  }

 private:
  void Pause() {
    const int up_us = std::uniform_int_distribution<int>(kUpUsMin, kUpUsMax)(random_);
    // Whatever the clients do meanwhile, the kill comes at its own moment.
    absl::Notification never;
    never.WaitForNotificationWithTimeout(absl::Microseconds(up_us));
  }

  void KillOnce() {
    const bool both = plan_.postgres && random_() % 4 == 0;
    if (plan_.postgres) database_.Kill9();
    if (!plan_.postgres || both) server_.Kill();
    if (plan_.postgres) database_.Start();
    if (plan_.postgres && !both) return;
    server_.Start();
    address_.Set(server_.target());
  }

  // The events and a sample of the cases through the API, the rest past it.
  Observed ReadBack() {
    const rpc::Client client = server_.As({.roles = {"city_officer"}, .area = "4116"});
    ReadSample(client);
    Observed observed;
    const int64_t last = WriteLast(client);
    const v1::WatchDisputesResponse part;
    const Status status = client.Watch(
        v1::WatchDisputesRequest(), part, kReadBack, [&](const google::protobuf::Message& message) {
          const auto& answer = static_cast<const v1::WatchDisputesResponse&>(message);
          if (!answer.has_event()) return true;
          const auto& event = answer.event();
          observed.events.push_back(
              {event.revision(), event.request_id(), event.name(), event.kind()});
          return event.revision() < last;
        });
    if (!status.ok()) std::fprintf(stderr, "watch: %s\n", status.ToString().c_str());
    server_.Stop();
    database_.Read(&observed);
    return observed;
  }

  // One more case, after which there is nothing to wait for; answers its revision.
  int64_t WriteLast(const rpc::Client& client) {
    const v1::CreateDisputeRequest request = testing::NewDispute("411602001002");
    v1::Dispute created;
    ledger_.Intend(request.request_id());
    const Status status = client.Call(request, &created);
    ledger_.Record(request.request_id(), status, created.name(), created.revision());
    return created.revision();
  }

  void ReadSample(const rpc::Client& client) {
    auto acknowledged = ledger_.Acknowledged();
    std::shuffle(acknowledged.begin(), acknowledged.end(), random_);
    acknowledged.resize(std::min(acknowledged.size(), kReadsMax));
    for (const auto& [name, revision] : acknowledged) {
      v1::GetDisputeRequest request;
      request.set_name(name);
      v1::Dispute dispute;
      const Status status = client.Call(request, &dispute);
      if (status.ok() && dispute.revision() >= revision) continue;
      ++unread_;
      std::fprintf(stderr, "lost to Get: %s revision %ld: %s, revision %ld\n", name.c_str(),
                   revision, status.ToString().c_str(), dispute.revision());
    }
  }

  void Print(const Verdict& verdict, bool ok) const {
    for (const std::string& example : verdict.examples)
      std::fprintf(stderr, "  %s\n", example.c_str());
    std::fprintf(stderr, "  %s: failed %ld, in doubt for a while %ld\n", plan_.name.c_str(),
                 ledger_.failed(), ledger_.doubted());
    if (!verdict.ok()) {
      std::fprintf(stderr, "  denied %d unsettled %d numbering %d records %d\n", verdict.denied,
                   verdict.unsettled, verdict.numbering, verdict.records);
    }
    std::printf("chaos %s kills %d acked %ld lost %d doubled %d seed %lu %s\n", plan_.name.c_str(),
                kills_, ledger_.acknowledged(), verdict.lost, verdict.doubled, plan_.seed,
                ok ? "ok" : "failed");
    std::fflush(stdout);
  }

  const KillPlan plan_;
  std::mt19937_64 random_;
  Database database_;
  testing::TestServer server_;
  Address address_;
  Ledger ledger_;
  int kills_ = 0, unread_ = 0;
};

}  // namespace

bool RunKills(const KillPlan& plan) {
  return KillRun(plan).Run();
}

}  // namespace pingan::chaos
