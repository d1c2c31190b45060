// The keyring rotates twice while people are registered, changed, read and erased: nobody notices,
// and afterwards nothing is wrapped by the keys before.
#include <atomic>
#include <mutex>
#include <thread>

#include "common/crypto/temp_keyring.h"
#include "common/rpc/records.h"
#include "tests/integration/population_replicas.h"
#include "tests/integration/probes.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;
using Flags = std::vector<std::string>;

constexpr int kBefore = 150, kWriters = 3;
// Calls of a kind that are made however slow the machine is.
constexpr int kLeast = 100;
const Flags kLookOften = {"--keyring_seconds=1", "--rewrap_rate=500"};

// What happens meanwhile, on all replicas; counts what was written and every refusal.
class Load {
 public:
  using As =
      std::function<rpc::Client(int replica, const std::string& role, const std::string& purpose)>;

  Load(As as, std::vector<std::string> names) : as_(std::move(as)), names_(std::move(names)) {
    for (int i = 0; i < kWriters; ++i) threads_.emplace_back([this, i] { Write(i); });
    threads_.emplace_back([this] { Read(); });
    threads_.emplace_back([this] { Erase(); });
  }

  // The names of all that was written, in the end.
  std::vector<std::string> Stop() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
    return names_;
  }
  int64_t writes() const { return writes_; }
  int64_t reads() const { return reads_; }
  int64_t erased() const { return erased_; }

 private:
  void Write(int writer);
  void Read();
  void Erase();

  std::string Any(int turn) {
    std::lock_guard lock(mutex_);
    return names_[static_cast<size_t>(turn) % names_.size()];
  }

  const As as_;
  std::mutex mutex_;
  std::vector<std::string> names_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> writes_{0}, reads_{0}, erased_{0};
  std::vector<std::thread> threads_;
};

v1::CreatePersonRequest Somebody(int number) {
  v1::CreatePersonRequest request;
  request.set_request_id(RandomUuid());
  auto& person = *request.mutable_person();
  person.set_area(kHere);
  person.set_kind(v1::HOUSEHOLD);
  person.set_display_name("王" + std::to_string(number));
  person.set_phone(std::to_string(13800000000 + number));
  return request;
}

void Load::Write(int writer) {
  const rpc::Client client = as_(writer, "police_officer", "");
  for (int turn = 0; !stop_ || writes_ <= kLeast; ++turn) {
    v1::Person person;
    const Status created = client.Call(Somebody(10000 * (writer + 1) + turn), &person);
    // A machine that is held up may refuse; nothing else is a reason.
    if (DetailsOf(created).reason == common::v1::OVERLOADED) continue;
    ASSERT_OK(created);
    auto verify = v1::VerifyPersonRequest();
    verify.set_request_id(RandomUuid());
    verify.set_name(person.name());
    const Status verified = client.Call(verify, &person);
    EXPECT_TRUE(verified.ok() || DetailsOf(verified).reason == common::v1::OVERLOADED) << verified;
    writes_ += 2;
    std::lock_guard lock(mutex_);
    names_.push_back(person.name());
  }
}

void Load::Read() {
  const rpc::Client clients[] = {as_(0, "police_officer", "data_quality"),
                                 as_(1, "police_officer", "data_quality")};
  for (int turn = 0; !stop_ || reads_ <= kLeast; ++turn) {
    v1::Person person;
    v1::GetPersonRequest get;
    get.set_name(Any(turn * 7));
    ASSERT_OK(clients[turn % 2].Call(get, &person));
    v1::ListPersonsResponse page;
    ASSERT_OK(clients[turn % 2].Call(v1::ListPersonsRequest(), &page));
    reads_ += 2;
  }
}

// Of those that were there before, the first ones.
void Load::Erase() {
  const rpc::Client client = as_(1, "data_protection_officer", "data_subject_request");
  for (int turn = 0; turn < kBefore / 2; ++turn) {
    v1::EraseSubjectRequest erase;
    erase.set_request_id(RandomUuid());
    erase.set_name(Any(turn));
    erase.set_ground(v1::PURPOSE_ENDED);
    v1::EraseSubjectResponse response;
    ASSERT_OK(client.Call(erase, &response));
    ++erased_;
  }
}

// By the key that the wrapped bytes name, as the database holds them: how many subject keys.
std::map<uint32_t, int> KeysInUse(const std::string& database) {
  const store::TableSpec* const tables[] = {&rpc::kSubjectKeys};
  const auto connection = store::Open({.database = database}, "population", tables).value();
  std::map<uint32_t, int> in_use;
  store::Query query = {.table = &rpc::kSubjectKeys, .order_by = "key", .limit = 500};
  for (;;) {
    const auto rows = connection->Select(query).value();
    if (rows.empty()) return in_use;
    for (const auto& row : rows) {
      const uint32_t kek = crypto::WrappedUnder(row.body);
      EXPECT_EQ(row.columns.at(0), store::Value(int64_t{kek})) << row.key;
      ++in_use[kek];
    }
    query.after.emplace(store::Value(), rows.back().key);
  }
}

void AwaitMetric(const TestServer& server, const std::string& name, double value) {
  const absl::Time limit = Clock::Real().Now() + absl::Seconds(60);
  while (Metric(server.metrics(), name) != value) {
    ASSERT_LT(Clock::Real().Now(), limit) << name << " of " << value;
  }
}

// Two rotations under load; what is left afterwards is checked by the caller.
void RotateTwice(const std::vector<const TestServer*>& servers, const std::string& keyring) {
  for (int primary : {2, 3}) {
    RotateKeys(keyring);
    for (const TestServer* server : servers) {
      AwaitMetric(*server, "pingan_keyring_primary", primary);
      AwaitMetric(*server, "pingan_keyring_remaining", 0);
      EXPECT_EQ(Metric(server->metrics(), "pingan_keyring_missing"), 0);
      EXPECT_EQ(Metric(server->metrics(), "pingan_keyring_unreadable"), 0);
      EXPECT_EQ(Metric(server->metrics(), "pingan_keyring_file_read"), 1);
    }
  }
}

template <class World>
class Rotating : public World {
 protected:
  explicit Rotating(const Flags& flags) : World(flags) {}

  void Run(const std::vector<const TestServer*>& servers, const std::string& database) {
    for (int i = 0; i < kBefore; ++i) {
      names_.push_back(
          World::template Must<v1::Person>(World::Police("411602"), Somebody(i)).name());
      if (i < kBefore / 2) Bury(names_.back());
    }
    Load load(
        [&](int replica, const std::string& role, const std::string& purpose) {
          return World::AsOn(*servers[static_cast<size_t>(replica) % servers.size()], role,
                             "411602", purpose);
        },
        names_);
    RotateTwice(servers, World::server_.state() + "/keyring");
    names_ = load.Stop();
    std::printf("%ld writes, %ld reads, %ld erased meanwhile\n", load.writes(), load.reads(),
                load.erased());
    EXPECT_GT(load.writes(), kLeast);
    EXPECT_GT(load.reads(), kLeast);
    EXPECT_EQ(load.erased(), kBefore / 2);
    // A write that was under way at the second rotation is found by the next look.
    for (const TestServer* server : servers) {
      AwaitMetric(*server, "pingan_keyring_remaining", 0);
    }
    const rpc::Client police = World::Police("411602", "data_quality");
    for (size_t i = 0; i < names_.size(); ++i) {
      EXPECT_EQ(World::Get(names_[i], police).display_name().empty(), i < kBefore / 2) << i;
    }
    EXPECT_GT(World::VerifyAudit().entry(), static_cast<int64_t>(names_.size()));
    database_ = database;
    all_ = static_cast<int>(names_.size());
  }

  // Only the file of somebody who is not here any more may be erased.
  void Bury(const std::string& name) {
    auto death = World::template On<v1::RecordDeathRequest>(name);
    death.set_death_date("2026-03-02");
    World::template Must<v1::Person>(World::Police("411602"), death);
  }

  void ExpectAllUnderTheThird() {
    EXPECT_THAT(KeysInUse(database_), ::testing::ElementsAre(std::pair(3u, all_)));
  }

  std::vector<std::string> names_;
  std::string database_;
  int all_ = 0;
};

class RotatingFile : public Rotating<PopulationWorld> {
 protected:
  RotatingFile() : Rotating(kLookOften) {}
};

TEST_F(RotatingFile, TwiceUnderLoadLeavesNothingUnderTheKeysBefore) {
  Run({&server_}, "sqlite:" + server_.state() + "/population.db");
  ASSERT_EQ(server_.Stop(), 0);
  ExpectAllUnderTheThird();
  server_.Start();
  EXPECT_EQ(Get(names_.back(), Police("411602", "data_quality")).display_name().substr(0, 3), "王");
}

class RotatingReplicas : public Rotating<PopulationReplicas> {
 protected:
  RotatingReplicas() : Rotating(kLookOften) {}
};

TEST_F(RotatingReplicas, TwiceUnderLoadLeavesNothingUnderTheKeysBefore) {
  Run({&server_, &other()}, database);
  ExpectAllUnderTheThird();
  EXPECT_EQ(Postgres::Shared().Query(
                database,
                "SELECT count(*), sum(('x' || encode(substr(body, 2, 4), 'hex'))::bit(32)"
                "::int) FROM subject_keys"),
            std::to_string(all_) + "|" + std::to_string(3 * all_) + "\n");
}

}  // namespace
}  // namespace pingan::testing
