#include "common/cache/register_check.h"

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "common/testing/matchers.h"

namespace pingan::cache {
namespace {

constexpr int kKeys = 6;

const store::TableSpec& Things() {
  static const auto* const table = new store::TableSpec{.name = "things"};
  return *table;
}

std::string KeyOf(int i) {
  return "things/" + std::to_string(i);
}

}  // namespace

Replica::Replica(const std::string& database, Coherence::Options options, Plant plant) {
  const store::TableSpec* const tables[] = {&Things()};
  store_ = store::Open({.database = database}, "checks", tables).value();
  const auto invalidate = [this, plant](std::string_view name) {
    if (plant != Plant::kDeaf) l1_.Invalidate(name);
  };
  coherence_ = Coherence::Start(std::move(options), store_.get(), invalidate, [this] {
                 l1_.Flush();
               }).value();
  store_->Observe([this, plant](const store::Batch& batch, std::function<void()> release) {
    if (plant == Plant::kSilent) return release();
    coherence_->OnBatch(batch, std::move(release));
  });
}

Replica::~Replica() {
  store_->Close();
  coherence_->Stop();
}

Replica::Read Replica::Get(const std::string& key) {
  const bool usable = coherence_->Usable();
  if (usable) {
    if (const auto found = l1_.Find(key, 0)) return {absl::OkStatus(), *found, true};
  }
  L1<int64_t>::Ticket ticket;
  if (usable) ticket = l1_.Reserve(key, 0);
  const auto row = coherence_->Get(Things(), key);
  if (!row.ok()) return {row.status()};
  const int64_t version = *row ? (*row)->version : 0;
  if (usable) l1_.Fill(ticket, std::make_shared<const int64_t>(version), sizeof(version));
  return {absl::OkStatus(), version};
}

StatusOr<int64_t> Replica::Put(const std::string& key, int64_t before) {
  store::WriteSet set;
  set.guards = {{&Things(), key, before}};
  set.encode = [key](const store::Numbers& numbers) -> StatusOr<store::Changes> {
    store::Changes changes;
    changes.puts = {
        {&Things(),
         {.key = key, .area = "411602003001", .version = numbers.revision, .body = "b"}}};
    changes.events = {{.name = key, .area = "411602003001", .kind = "thing.written"}};
    return changes;
  };
  std::promise<store::Outcome> outcome;
  set.done = [&](const store::Outcome& done) { outcome.set_value(done); };
  store_->Commit(std::move(set));
  const store::Outcome done = outcome.get_future().get();
  if (done.kind == store::Outcome::kCommitted) return done.revision;
  return done.status.ok() ? absl::AbortedError("conflict") : done.status;
}

bool Replica::WaitUsable(bool usable) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (coherence_->Usable() != usable) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void CheckRegisters(Replica& a, Replica& b, const std::function<void()>& faults, Report* report) {
  std::array<std::atomic<int64_t>, kKeys> acknowledged{};
  std::atomic<bool> stop = false;
  const auto write = [&](Replica& replica, int key) {
    int64_t version = 0;
    while (!stop) {
      const auto written = replica.Put(KeyOf(key), version);
      if (!written.ok()) {
        ++report->failed;
        ADD_FAILURE() << written.status();
        return;
      }
      acknowledged[key] = version = *written;
      ++report->writes;
      std::this_thread::sleep_for(std::chrono::milliseconds(key));  // leaves room for hits
    }
  };
  const auto read = [&](Replica& replica) {
    for (int i = 0; !stop; ++i) {
      const int key = i % kKeys;
      const int64_t floor = acknowledged[key];
      const Replica::Read got = replica.Get(KeyOf(key));
      ++report->reads;
      if (!got.status.ok())
        ++report->failed;
      else if (got.version < floor)
        ++report->stale;
      if (got.from_l1) ++report->l1_hits;
    }
  };
  std::vector<std::thread> threads;
  for (int key = 0; key < kKeys; ++key) threads.emplace_back(write, std::ref(key % 2 ? a : b), key);
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back(read, std::ref(a));
    threads.emplace_back(read, std::ref(b));
  }
  faults();
  stop = true;
  for (auto& thread : threads) thread.join();
}

}  // namespace pingan::cache
