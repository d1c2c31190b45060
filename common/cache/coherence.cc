#include "common/cache/coherence.h"

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/cache/announcer.h"
#include "common/cache/invalidation_link.h"
#include "common/cache/l2.h"
#include "common/cache/lease_keeper.h"

namespace pingan::cache {

StatusOr<std::unique_ptr<Coherence>> Coherence::Start(
    Options options, store::Store* store, std::function<void(std::string_view)> invalidate,
    std::function<void()> flush) {
  if (options.replica.empty()) options.replica = RandomUuid();
  if (options.replica.find(':') != std::string::npos) return FieldError("replica", "want no ':'");
  if (options.connections < 1) return FieldError("connections", "want at least 1");
  if (options.mode == kShared) {
    RETURN_IF_ERROR(CheckRedisAddress(options.redis.address));
    RETURN_IF_ERROR(CheckRedisCredentials(options.redis.credentials_file));
  }
  std::unique_ptr<Coherence> coherence(
      new Coherence(std::move(options), store, std::move(invalidate), std::move(flush)));
  if (coherence->options_.mode == kShared) coherence->Connect();
  return coherence;
}

Coherence::Coherence(Options options, store::Store* store,
                     std::function<void(std::string_view)> invalidate, std::function<void()> flush)
    : options_(std::move(options)),
      local_(options_.mode == kLocal),
      store_(store),
      invalidate_(std::move(invalidate)),
      flush_(std::move(flush)) {}

Coherence::~Coherence() {
  Stop();
}

void Coherence::Connect() {
  const auto lost = [this](uint64_t epoch) { Lose(epoch); };
  pool_ = std::make_unique<EntryPool>();
  l2_ = std::make_unique<L2>(options_.prefix, options_.entry_ttl, pool_.get(), lost);
  announcer_ = std::make_unique<Announcer>(options_.prefix, options_.replica, store_,
                                           Announcer::Hooks{invalidate_, lost}, &counters_);
  keeper_ = std::make_unique<LeaseKeeper>(
      options_.replica, store_, &gate_,
      LeaseKeeper::Hooks{
          [this](std::string_view name) {
            for (const std::string& each : WithBeside(name)) invalidate_(each);
          },
          flush_, [this](std::string_view name, int64_t revision) { Repeat(name, revision); }},
      &counters_);
  InvalidationLink::Hooks hooks;
  hooks.up = [this](Session& session, uint64_t epoch) {
    announcer_->Attach(std::move(session.tell), epoch);
    pool_->Fill(std::move(session.entries), epoch);
    keeper_->LinkUp(epoch);
  };
  hooks.lost = lost;
  hooks.changed = [this](const std::vector<Notice>& notices) {
    for (const Notice& notice : notices) {
      invalidate_(notice.name);
      keeper_->Told(notice.name, notice.revision);
    }
  };
  hooks.flushed = flush_;
  hooks.acked = [this](int64_t batch, std::string_view replica) {
    announcer_->OnAck(batch, replica);
  };
  link_ = std::make_unique<InvalidationLink>(options_.redis, options_.prefix, options_.replica,
                                             options_.connections, &gate_, std::move(hooks));
}

void Coherence::Lose(uint64_t epoch) {
  if (!gate_.Shut(epoch)) return;
  ++counters_.lost;
  flush_();
  keeper_->LinkLost();
}

void Coherence::OnBatch(const store::Batch& batch, std::function<void()> release) {
  if (!batch.repeated.empty()) {
    store::Batch changed = batch;
    changed.repeated.clear();
    for (const auto& [table, name] : batch.repeated) {
      for (std::string& each : WithBeside(name)) changed.keys.emplace_back(table, std::move(each));
    }
    return OnBatch(changed, std::move(release));
  }
  if (announcer_ != nullptr) {
    for (const auto& [table, key] : batch.keys) keeper_->Told(key, batch.revision);
    announcer_->OnBatch(batch, std::move(release));
    return;
  }
  for (const auto& [table, key] : batch.keys) invalidate_(key);
  release();
}

void Coherence::Remember(const store::TableSpec& table) {
  std::lock_guard lock(tables_mutex_);
  tables_.insert(&table);
}

std::vector<std::string> Coherence::WithBeside(std::string_view name) const {
  std::vector<std::string> names = {std::string(name)};
  for (const std::string& before : options_.beside) names.push_back(before + names.front());
  return names;
}

void Coherence::Repeat(std::string_view name, int64_t revision) {
  store::Batch batch{.revision = revision};
  {
    std::lock_guard lock(tables_mutex_);
    for (const store::TableSpec* table : tables_) {
      for (std::string& each : WithBeside(name)) batch.keys.emplace_back(table, std::move(each));
    }
  }
  if (!batch.keys.empty()) announcer_->Repeat(batch);
}

StatusOr<std::optional<store::Row>> Coherence::Get(const store::TableSpec& table,
                                                   std::string_view key) {
  const std::string flight = absl::StrCat(table.name, "\n", AbslView(key));
  return flights_.Do(flight, options_.patience, [&] { return Fetch(table, key); });
}

StatusOr<std::optional<store::Row>> Coherence::Fetch(const store::TableSpec& table,
                                                     std::string_view key) {
  const auto read = [&] {
    ++counters_.misses;
    return store_->Get(table, key);
  };
  if (l2_ == nullptr || !gate_.Open()) return read();
  Remember(table);
  L2::Got got = l2_->Get(table.name, key, gate_.generation(), read);
  if (got.hit) ++counters_.hits;
  return std::move(got.row);
}

void Coherence::Stop() {
  if (link_ == nullptr) return;
  link_->Stop();
  keeper_->Stop();
  announcer_->Stop();
}

}  // namespace pingan::cache
