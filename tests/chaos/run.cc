#include "tests/chaos/run.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "common/testing/elapse.h"

namespace pingan::chaos {
namespace {

namespace v1 = disputes::v1;

constexpr absl::Duration kRecovery = absl::Seconds(30), kReadBack = absl::Minutes(1);
constexpr int kLingerUsMin = 50'000, kLingerUsMax = 800'000;
constexpr size_t kReadsMax = 1000;

}  // namespace

Run::Run(const Plan& plan, Database* database)
    : plan_(plan),
      random_(plan.seed),
      database_(database),
      server_({"--sole_replica", "--sweep_seconds=3600", "--database=" + database->flag()}) {
  address_.Set(server_.target());
}

Verdict Run::Execute(const std::function<void()>& disaster) {
  if (!plan_.sabotage.empty()) database_->Query(plan_.sabotage);
  const bool recovered = Strike(disaster);
  Verdict verdict = ledger_.Check(ReadBack());
  verdict.unread = unread_;
  verdict.stuck = recovered ? 0 : 1;
  verdict.cancelled = database_->cancelled();
  if (!recovered) std::fprintf(stderr, "no write succeeds again: %s\n", server_.Log().c_str());
  Print(verdict);
  return verdict;
}

bool Run::Strike(const std::function<void()>& disaster) {
  const std::string token = server_.Token({.roles = {"city_officer"}, .area = "4116"});
  Creators creators(plan_.creators, plan_.seed, token, &address_, &ledger_);
  bool recovered = ledger_.AwaitAcknowledged(1, kRecovery);
  for (; recovered && disasters_ < plan_.disasters; ++disasters_) {
    Linger();
    disaster();
    recovered = ledger_.AwaitAcknowledged(ledger_.acknowledged() + 1, kRecovery);
  }
  return recovered;
}

void Run::Linger() {
  const int us = std::uniform_int_distribution<int>(kLingerUsMin, kLingerUsMax)(random_);
  // Whatever the clients do meanwhile, the disaster comes at its own moment.
  pingan::testing::Elapse(absl::Microseconds(us));
}

void Run::StartService() {
  server_.Start();
  address_.Set(server_.target());
}

// The events and a sample of the cases through the API, the rest past it.
Observed Run::ReadBack() {
  const rpc::Client client = server_.As({.roles = {"city_officer"}, .area = "4116"});
  unread_ = CountUnread(client);
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
  database_->Read(&observed);
  return observed;
}

// One more case, after which there is nothing to wait for; answers its revision.
int64_t Run::WriteLast(const rpc::Client& client) {
  const v1::CreateDisputeRequest request = testing::NewDispute("411602001002");
  v1::Dispute created;
  ledger_.Intend(request.request_id());
  const Status status = client.Call(request, &created);
  ledger_.Record(request.request_id(), status, created.name(), created.revision());
  return created.revision();
}

int Run::CountUnread(const rpc::Client& client) {
  int unread = 0;
  auto acknowledged = ledger_.Acknowledged();
  std::shuffle(acknowledged.begin(), acknowledged.end(), random_);
  acknowledged.resize(std::min(acknowledged.size(), kReadsMax));
  for (const auto& [name, revision] : acknowledged) {
    v1::GetDisputeRequest request;
    request.set_name(name);
    v1::Dispute dispute;
    const Status status = client.Call(request, &dispute);
    if (status.ok() && dispute.revision() >= revision) continue;
    if (++unread == 1) {
      std::fprintf(stderr, "Get: %s revision %ld: %s, revision %ld\n", name.c_str(), revision,
                   status.ToString().c_str(), dispute.revision());
    }
  }
  return unread;
}

void Run::Print(const Verdict& verdict) const {
  for (const std::string& example : verdict.examples)
    std::fprintf(stderr, "  %s\n", example.c_str());
  std::printf(
      "chaos %s seed %lu disasters %d creators %d acked %ld failed %ld unknown %ld lost %d "
      "doubled %d denied %d unsettled %d numbering %d records %d unread %d cancelled %d "
      "without_service_ms %ld %s\n",
      plan_.name.c_str(), plan_.seed, disasters_, plan_.creators, ledger_.acknowledged(),
      ledger_.failed(), ledger_.doubted(), verdict.lost, verdict.doubled, verdict.denied,
      verdict.unsettled, verdict.numbering, verdict.records, verdict.unread, verdict.cancelled,
      ledger_.longest_pause_ms(), verdict.ok() ? "ok" : "failed");
  std::fflush(stdout);
}

}  // namespace pingan::chaos
