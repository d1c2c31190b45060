#include "common/server/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/dev_keys.h"
#include "common/base/tsv.h"
#include "common/rpc/ending.h"
#include "common/rpc/terms.h"

namespace pingan::server {
namespace {

Status About(std::string_view what, const Status& status) {
  if (status.ok()) return status;
  return Error(status.code(), absl::StrCat(AbslView(what), ": ", status.message()),
               DetailsOf(status));
}

StatusOr<Limits> CityLimits(const Flags& flags, const ServiceSpec& spec) {
  if (!spec.limits) return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT, "none");
  if (flags.limits.empty()) return *spec.limits;
  ASSIGN_OR_RETURN(const std::string text, ReadFile("file of limits", flags.limits));
  ASSIGN_OR_RETURN(Limits limits, spec.limits->With(text, flags.limits));
  if (spec.check_limits) RETURN_IF_ERROR(spec.check_limits(limits));
  return limits;
}

// It need not be there, but what cannot ever be reached is told at once.
Status CheckRedis(const Flags& flags) {
  if (flags.redis.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(About("--redis", cache::CheckRedisAddress(flags.redis)));
  return About("--redis_credentials", cache::CheckRedisCredentials(flags.redis_credentials));
}

// Makes the folder and writes into it what the ready file will replace: who waits for that file
// would otherwise wait for ever.
Status CheckFolder(const std::string& folder, const std::string& service) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return FieldError("--state", absl::StrCat("the folder ", folder, " cannot be made"));
  }
  const std::string file = absl::StrCat(folder, "/", service, ".ready.new");
  const int fd = open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) {
    return FieldError("--state", absl::StrCat("the folder ", folder, " cannot be written"));
  }
  close(fd);
  unlink(file.c_str());
  return absl::OkStatus();
}

}  // namespace

cache::Coherence::Mode ModeOf(const Flags& flags) {
  if (absl::StartsWith(flags.database, "sqlite:") || flags.sole_replica)
    return cache::Coherence::kLocal;
  return flags.redis.empty() ? cache::Coherence::kOff : cache::Coherence::kShared;
}

StatusOr<std::unique_ptr<Process>> Process::Start(const Flags& asked, const ServiceSpec& spec) {
  umask(077);  // what a service writes is its own account's to read
  Flags flags = asked;
  if (flags.database.empty())
    flags.database = absl::StrCat("sqlite:", flags.state, "/", spec.name, ".db");
  RETURN_IF_ERROR(CheckFolder(flags.state, spec.name));
  RETURN_IF_ERROR(CheckRedis(flags));
  std::unique_ptr<Process> process(new Process);
  RETURN_IF_ERROR(process->OpenFiles(flags, spec));
  RETURN_IF_ERROR(process->OpenTrust(flags));
  RETURN_IF_ERROR(process->OpenStore(flags, spec));
  RETURN_IF_ERROR(process->OpenCaches(flags, spec));
  process->ShowGauges();
  return process;
}

Status Process::OpenFiles(const Flags& flags, const ServiceSpec& spec) {
  log_ = std::make_unique<rpc::Log>(spec.name, flags.log_sample);
  metrics_ = std::make_unique<rpc::Metrics>();
  quota_ = std::make_unique<rpc::Quota>(
      rpc::Quota::Options{.per_second = flags.quota_per_second, .burst = flags.quota_burst});
  if (flags.dev) dev_clock_ = std::make_unique<rpc::DevClock>();

  auto policy = auth::Policy::Load(flags.policy);
  RETURN_IF_ERROR(About("--policy", policy.status()));
  policy_ = std::make_unique<auth::Policy>(*std::move(policy));
  auto areas = area::Tree::Load(flags.areas);
  if (absl::IsNotFound(areas.status())) {
    return FieldError(
        "--areas", absl::StrCat("want the file of the deployment's areas, cannot read ",
                                flags.areas, " from ", std::filesystem::current_path().string()));
  }
  RETURN_IF_ERROR(About("--areas", areas.status()));
  areas_ = std::make_unique<area::Tree>(*std::move(areas));
  auto limits = CityLimits(flags, spec);
  RETURN_IF_ERROR(About("--limits", limits.status()));
  limits_ = *std::move(limits);
  auto keyring =
      flags.dev ? crypto::Keyring::Create(flags.keyring) : crypto::Keyring::Load(flags.keyring);
  RETURN_IF_ERROR(About("--keyring", keyring.status()));
  keyring_ = *std::move(keyring);

  parts_.draining = &draining_;
  parts_.open = &open_;
  parts_.database_up = &database_up_;
  parts_.clock = dev_clock_ ? static_cast<const Clock*>(dev_clock_.get()) : &Clock::Real();
  parts_.dev_clock = dev_clock_.get();
  parts_.policy = policy_.get();
  parts_.areas = areas_.get();
  parts_.calendar = &calendar::Calendar::Embedded();
  parts_.limits = &limits_;
  parts_.keyring = keyring_.get();
  parts_.quota = quota_.get();
  parts_.metrics = metrics_.get();
  parts_.log = log_.get();
  return absl::OkStatus();
}

Status Process::OpenTrust(const Flags& flags) {
  auth::Authenticator::Options options;
  options.rules = {.issuer = flags.dev ? auth::kDevIssuer : flags.issuer,
                   .audience = flags.audience};
  options.trust.jwks = flags.jwks;
  options.trust.limits.allowed_hosts = flags.jwks_hosts;
  options.trust.revocations_file = flags.revocations;
  options.trust.interval = absl::Seconds(flags.trust_seconds);
  options.trust.on_failure = [log = log_.get()](std::string_view what, std::string_view why) {
    log->Note(absl::StrCat(AbslView(what), " not read"), why);
  };
  RETURN_IF_ERROR(About("--revocations", auth::Revocations::Read(flags.revocations).status()));
  if (flags.dev) {
    ASSIGN_OR_RETURN(options.trust.jwks, auth::EnsureDevKeys(flags.state + "/keys"));
  }
  auto authenticator = auth::Authenticator::Open(options, policy_.get(), &Clock::Real());
  RETURN_IF_ERROR(About("--jwks", authenticator.status()));
  authenticator_ = *std::move(authenticator);
  parts_.authenticator = authenticator_.get();
  return absl::OkStatus();
}

Status Process::OpenStore(const Flags& flags, const ServiceSpec& spec) {
  tables_ = std::make_unique<rpc::Tables>(spec.tables);
  std::vector<const store::TableSpec*> tables = {&rpc::kSubjectKeys, &rpc::kTerms};
  for (const rpc::Table* table : spec.tables) tables.push_back(&table->spec);
  auto store =
      store::Open({.database = flags.database, .readers = flags.readers}, spec.name, tables);
  RETURN_IF_ERROR(About("--database", store.status()));
  store_ = *std::move(store);
  records_ = std::make_unique<rpc::Records>(store_.get(), keyring_.get());
  workers_ = std::make_unique<rpc::WorkerPool>(
      rpc::WorkerPool::Options{.threads = flags.workers, .queue_max = flags.queue});
  finisher_ =
      std::make_unique<rpc::WorkerPool>(rpc::WorkerPool::Options{.name = "finisher", .threads = 1});
  writer_ = std::make_unique<rpc::Writer>(records_.get(), tables_.get(), workers_.get());
  parts_.store = store_.get();
  parts_.tables = tables_.get();
  parts_.records = records_.get();
  parts_.workers = workers_.get();
  parts_.writer = writer_.get();
  return absl::OkStatus();
}

Status Process::OpenCaches(const Flags& flags, const ServiceSpec& spec) {
  replies_ = std::make_unique<rpc::ReplyCache>(static_cast<size_t>(flags.cache_mb) << 20);
  cache::Coherence::Options options;
  options.mode = ModeOf(flags);
  options.redis = {.address = flags.redis, .credentials_file = flags.redis_credentials};
  options.prefix = absl::StrCat("pingan:", spec.name, ":");
  options.beside = {std::string(rpc::kKeys)};
  const auto invalidate = [this](std::string_view name) {
    replies_->Invalidate(name);
    records_->Forget(name);
  };
  const auto flush = [this] {
    replies_->Flush();
    records_->ForgetAll();
  };
  ASSIGN_OR_RETURN(coherence_, cache::Coherence::Start(options, store_.get(), invalidate, flush));
  records_->KeepKeysWhile([this] { return coherence_->Usable(); });
  ASSIGN_OR_RETURN(feed_, events::Feed::Start(store_.get()));
  store_->Observe([this](const store::Batch& batch, std::function<void()> release) {
    // One task for all answers of a commit, so that they wake the finisher once.
    coherence_->OnBatch(batch, [this, release = std::move(release)] {
      finisher_->Finish([release] {
        const rpc::EndingTogether together;
        release();
      });
    });
    // After the cache, so that a watcher who asks for what it was told mostly finds it: nothing is
    // promised before the release, for the feed also looks into the store by itself.
    feed_->Wake(batch.revision, batch.events);
  });
  ASSIGN_OR_RETURN(
      fold_, events::Fold::Start(store_.get(), feed_.get(), spec.name, tables_->main().measures));
  parts_.replies = replies_.get();
  parts_.coherence = coherence_.get();
  parts_.feed = feed_.get();
  parts_.fold = fold_.get();
  rpc::Sweep::Options sweep{.interval = absl::Seconds(flags.sweep_seconds)};
  if (flags.dev) sweep.settle = absl::ZeroDuration();  // there is no other replica
  if (flags.retention_days > 0) sweep.keep = absl::Hours(24) * flags.retention_days;
  sweep_ = std::make_unique<rpc::Sweep>(parts_, sweep);
  auto rotation = rpc::Rotation::Start(
      {.interval = absl::Seconds(flags.keyring_seconds), .rate = flags.rewrap_rate}, keyring_.get(),
      records_.get(), log_.get());
  RETURN_IF_ERROR(About("--keyring", rotation.status()));
  rotation_ = *std::move(rotation);
  if (dev_clock_) dev_clock_->OnNewDay([this](absl::Time now) { sweep_->Run(now); });
  return absl::OkStatus();
}

void Process::ShowGauges() {
  metrics_->Gauge("pingan_rpc_waiting", "Tasks that wait for a worker.",
                  [this] { return workers_->waiting(); });
  metrics_->Gauge("pingan_feed_revision", "Last revision that the feed can answer.",
                  [this] { return static_cast<double>(feed_->Head()); });
  metrics_->Gauge("pingan_statistics_revision", "Last revision that the statistics count.",
                  [this] { return static_cast<double>(fold_->AsOf()); });
  metrics_->Gauge("pingan_compacted_revision", "Events through this revision are forgotten.",
                  [this, last = int64_t{0}]() mutable {
                    return static_cast<double>(last = store_->CompactedThrough().value_or(last));
                  });
  metrics_->Gauge("pingan_cache_usable", "1 while answers may come from the process's cache.",
                  [this] { return coherence_->Usable() ? 1 : 0; });
  metrics_->Gauge("pingan_cache_bytes", "Bytes of answers kept in the process.",
                  [this] { return static_cast<double>(replies_->bytes()); });
  metrics_->Gauge("pingan_database_up", "1 while the database answers.",
                  [this] { return database_up_ ? 1 : 0; });
  metrics_->Gauge("pingan_database_writable", "1 unless the database refuses writes.",
                  [this] { return store_->Writable() ? 1 : 0; });
  metrics_->Gauge("pingan_jwks_read", "1 if the issuer's keys could be read.",
                  [this] { return authenticator_->trust().keys_read() ? 1 : 0; });
  metrics_->Gauge("pingan_revocations_read", "1 if the file of revocations could be read.",
                  [this] { return authenticator_->trust().revocations_read() ? 1 : 0; });
  metrics_->Gauge("pingan_revocations_unread", "Lines of that file that say nothing.",
                  [this] { return authenticator_->trust().revocations_unread(); });
  metrics_->Gauge("pingan_keyring_primary", "Id of the key that wraps new subject keys.",
                  [this] { return keyring_->Current()->primary; });
  metrics_->Gauge("pingan_keyring_file_read", "1 if the keyring's file could be taken over.",
                  [this] { return rotation_->file_read() ? 1 : 0; });
  metrics_->Gauge("pingan_keyring_remaining", "Subject keys wrapped by a key before the primary.",
                  [this] { return static_cast<double>(rotation_->remaining()); });
  metrics_->Gauge("pingan_keyring_missing", "Subject keys wrapped by a key that the file lacks.",
                  [this] { return static_cast<double>(rotation_->missing()); });
  metrics_->Gauge("pingan_keyring_unreadable", "Subject keys that could not be wrapped anew.",
                  [this] { return static_cast<double>(rotation_->unreadable()); });
}

void Process::EndStreams() {
  if (sweep_) sweep_->Stop();
  if (rotation_) rotation_->Stop();
  if (fold_) fold_->Stop();
  if (feed_) feed_->Stop();
}

void Process::Stop() {
  EndStreams();
  if (store_) store_->Close();
  if (coherence_) coherence_->Stop();
  if (workers_) workers_->Stop();
  if (finisher_) finisher_->Stop();
}

}  // namespace pingan::server
