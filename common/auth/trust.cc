#include "common/auth/trust.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::auth {
namespace {

StatusOr<std::set<std::string, std::less<>>> ParseRevocations(std::string_view text) {
  std::set<std::string, std::less<>> revoked;
  for (absl::string_view line : absl::StrSplit(AbslView(text), '\n', absl::SkipEmpty())) {
    if (line.size() <= 4 || !(absl::StartsWith(line, "sub ") || absl::StartsWith(line, "jti "))) {
      return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
                   "revocations: want lines of \"sub <subject>\" or \"jti <token id>\"");
    }
    revoked.emplace(line);
  }
  return revoked;
}

}  // namespace

StatusOr<std::unique_ptr<TrustStore>> TrustStore::Open(Options options, const Clock* clock) {
  std::unique_ptr<TrustStore> store(new TrustStore(std::move(options), clock));
  RETURN_IF_ERROR(store->Reload());
  if (store->options_.interval > absl::ZeroDuration()) {
    store->thread_ = std::thread([store = store.get()] { store->Run(); });
  }
  return store;
}

TrustStore::~TrustStore() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const Trust> TrustStore::Current() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

Status TrustStore::Refresh() {
  Status status = Reload();
  if (!status.ok()) options_.on_failure(status);
  return status;
}

Status TrustStore::Reload() {
  absl::MutexLock reading(&refreshing_);
  {
    absl::MutexLock lock(&mutex_);
    last_reading_ = clock_.Now();
  }
  ASSIGN_OR_RETURN(const std::string jwks, Fetch(options_.jwks, options_.limits));
  std::string revocations;
  if (!options_.revocations_file.empty()) {
    ASSIGN_OR_RETURN(revocations, Fetch(options_.revocations_file, {.bytes_max = 1 << 20}));
  }
  std::string read = absl::StrCat(jwks, "\n", revocations);
  if (read == read_) return absl::OkStatus();
  ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(jwks));
  ASSIGN_OR_RETURN(auto revoked, ParseRevocations(revocations));
  auto trust =
      std::make_shared<Trust>(Trust{std::move(keys), std::move(revoked), generation() + 1});
  read_ = std::move(read);
  absl::MutexLock lock(&mutex_);
  generation_.store(trust->generation, std::memory_order_release);
  current_ = std::move(trust);
  return absl::OkStatus();
}

void TrustStore::ReportUnknownKey() {
  absl::MutexLock lock(&mutex_);
  if (clock_.Now() - last_reading_ >= options_.early_interval) early_ = true;
}

void TrustStore::Run() {
  const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return early_ || stopping_; };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&due), options_.interval);
      if (stopping_) return;
      early_ = false;
    }
    Refresh().IgnoreError();  // on_failure has it
  }
}

}  // namespace pingan::auth
