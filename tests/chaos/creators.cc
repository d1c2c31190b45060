#include "tests/chaos/creators.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "tests/integration/server_fixture.h"

namespace pingan::chaos {
namespace {

namespace v1 = disputes::v1;

constexpr absl::Duration kCallTimeout = absl::Seconds(5), kGiveUp = absl::Seconds(60);
constexpr absl::Duration kPause = absl::Milliseconds(20);
constexpr size_t kRecentMax = 16;
// Two of one county and one of another: two series of codes.
constexpr const char* kVillages[] = {"411602001002", "411602001003", "411621001001"};

}  // namespace

void Address::Set(const std::string& target) {
  absl::MutexLock lock(&mutex_);
  seen_ = {target, seen_.generation + 1};
}

Address::Seen Address::Get() const {
  absl::MutexLock lock(&mutex_);
  return seen_;
}

void Creators::Recent::Add(uint64_t at, const std::string& name) {
  absl::MutexLock lock(&mutex_);
  if (names_.size() < kRecentMax) {
    names_.push_back(name);
  } else {
    names_[at % kRecentMax] = name;
  }
}

std::string Creators::Recent::Find(uint64_t at) const {
  absl::MutexLock lock(&mutex_);
  return names_.empty() ? "" : names_[at % names_.size()];
}

class Creators::Client {
 public:
  Client(int number, uint64_t seed, const std::string& token, const Address* address,
         Ledger* ledger, Recent* recent, const absl::Notification* stop)
      : number_(number),
        random_(seed * 1000 + static_cast<uint64_t>(number)),
        token_(token),
        address_(address),
        ledger_(ledger),
        recent_(recent),
        stop_(stop) {}

  void Run() {
    while (!stop_->HasBeenNotified()) {
      const std::string name = random_() % 3 == 0 ? recent_->Find(random_()) : "";
      name.empty() ? Create() : Accept(name);
    }
  }

 private:
  void Create() {
    auto request = testing::NewDispute(kVillages[random_() % std::size(kVillages)]);
    request.set_request_id(NextId());
    const std::string name = Settle(request);
    if (!name.empty()) recent_->Add(random_(), name);
  }

  void Accept(const std::string& name) {
    v1::AcceptDisputeRequest request;
    request.set_name(name);
    request.set_request_id(NextId());
    Settle(request);
  }

  std::string NextId() { return absl::StrCat("chaos-", number_, "-", ++sent_); }

  // The name of the case if the request was carried out.
  template <class Request>
  std::string Settle(const Request& request) {
    const absl::Time end = Clock::Real().Now() + kGiveUp;
    while (Clock::Real().Now() < end) {
      const Status status = Try(request);
      if (!settled_) {
        stop_->WaitForNotificationWithTimeout(kPause);
        continue;
      }
      if (!status.ok()) {
        if (status.code() == absl::StatusCode::kUnavailable)
          stop_->WaitForNotificationWithTimeout(kPause);
        return "";
      }
      const std::string name = answer_.name();
      // Now and then what is known to be done is asked for again: nothing more may happen.
      if (random_() % 8 == 0) (void)Try(request);
      return name;
    }
    return "";
  }

  template <class Request>
  Status Try(const Request& request) {
    const Address::Seen seen = address_->Get();
    if (seen.generation != generation_) {
      generation_ = seen.generation;
      client_ = std::make_unique<rpc::Client>(
          seen.target, rpc::ClientOptions{.token = token_, .timeout = kCallTimeout, .retries = 0});
    }
    ledger_->Intend(request.request_id());
    const Status status = client_->Call(request, &answer_);
    settled_ = ledger_->Record(request.request_id(), status, answer_.name(), answer_.revision());
    return status;
  }

  const int number_;
  std::mt19937_64 random_;
  const std::string token_;
  const Address* const address_;
  Ledger* const ledger_;
  Recent* const recent_;
  const absl::Notification* const stop_;
  std::unique_ptr<rpc::Client> client_;
  v1::Dispute answer_;
  int64_t generation_ = 0, sent_ = 0;
  bool settled_ = false;
};

Creators::Creators(int count, uint64_t seed, const std::string& token, const Address* address,
                   Ledger* ledger) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back(
        [=, this] { Client(i, seed, token, address, ledger, &recent_, &stop_).Run(); });
  }
}

void Creators::Stop() {
  if (!stop_.HasBeenNotified()) stop_.Notify();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace pingan::chaos
