#include "common/auth/trust.h"

#include "absl/strings/str_cat.h"

namespace pingan::auth {

StatusOr<std::unique_ptr<TrustStore>> TrustStore::Open(Options options, const Clock* clock) {
  std::unique_ptr<TrustStore> store(new TrustStore(std::move(options), clock));
  {
    std::lock_guard reading(store->refreshing_);
    RETURN_IF_ERROR(store->ReadRevocations());
    RETURN_IF_ERROR(store->ReadKeys());
  }
  if (store->options_.interval > absl::ZeroDuration()) {
    store->thread_ = std::thread([store = store.get()] { store->Run(); });
  }
  return store;
}

TrustStore::~TrustStore() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  due_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const Trust> TrustStore::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

Status TrustStore::Refresh() {
  std::lock_guard reading(refreshing_);
  // First, and whatever becomes of the keys: a revocation waits for no publisher.
  const Status revocations = ReadRevocations();
  revocations_read_ = revocations.ok();
  if (!revocations.ok()) options_.on_failure("revocations", StdView(revocations.message()));
  const Status keys = ReadKeys();
  keys_read_ = keys.ok();
  if (!keys.ok()) options_.on_failure("keys", StdView(keys.message()));
  return revocations.ok() ? keys : revocations;
}

Status TrustStore::ReadRevocations() {
  ASSIGN_OR_RETURN(Revocations revoked, Revocations::Read(options_.revocations_file));
  const std::vector<size_t>& unread = revoked.unread();
  if (unread != revoked_.unread() && !unread.empty()) {
    options_.on_failure("revocations",
                        StdView(absl::StrCat(unread.size(), " lines, the first is ", unread[0])));
  }
  revocations_unread_ = static_cast<int>(unread.size());
  if (revoked == revoked_) return absl::OkStatus();
  revoked_ = std::move(revoked);
  if (keys_) Publish();
  return absl::OkStatus();
}

Status TrustStore::ReadKeys() {
  {
    std::lock_guard lock(mutex_);
    last_reading_ = clock_.Now();
  }
  ASSIGN_OR_RETURN(std::string jwks, Fetch(options_.jwks, options_.limits));
  if (keys_ && jwks == jwks_) return absl::OkStatus();
  ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(jwks));
  keys_ = std::make_shared<const KeySet>(std::move(keys));
  jwks_ = std::move(jwks);
  Publish();
  return absl::OkStatus();
}

void TrustStore::Publish() {
  auto trust = std::make_shared<const Trust>(Trust{keys_, revoked_, generation() + 1});
  std::lock_guard lock(mutex_);
  generation_.store(trust->generation, std::memory_order_release);
  current_ = std::move(trust);
}

void TrustStore::ReportUnknownKey() {
  std::lock_guard lock(mutex_);
  if (clock_.Now() - last_reading_ >= options_.early_interval) early_ = true;
  due_.notify_one();
}

void TrustStore::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      due_.wait_for(lock, absl::ToChronoNanoseconds(options_.interval),
                    [this] { return early_ || stopping_; });
      if (stopping_) return;
      early_ = false;
    }
    Refresh().IgnoreError();  // on_failure has it
  }
}

}  // namespace pingan::auth
