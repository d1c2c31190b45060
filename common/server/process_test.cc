#include "common/server/process.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <future>

#include "common/server/process_fixture.h"
#include "common/testing/matchers.h"

namespace pingan::server {
namespace {

namespace v1 = disputes::v1;
using testing::Temp;
using testing::Things;

constexpr char kName[] = "disputes/411602-2026-000001";

StatusOr<std::unique_ptr<Process>> Start(const std::string& state = Temp("state"),
                                         const std::string& limits = "") {
  Flags flags = testing::SmallFlags(state);
  flags.limits = limits;
  return Process::Start(flags, testing::Spec());
}

// A port of the loopback that is taken while this lives.
class BusyPort {
 public:
  BusyPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(fd_, raw, size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, raw, &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~BusyPort() { close(fd_); }

  const std::string& address() const { return address_; }

 private:
  const int fd_;
  std::string address_;
};

store::Outcome Commit(store::Store* store, store::WriteSet set) {
  std::promise<store::Outcome> outcome;
  set.done = [&](const store::Outcome& is) { outcome.set_value(is); };
  store->Commit(std::move(set));
  return outcome.get_future().get();
}

// A sealed record with its key, new or in the place of the one of revision `before`; the revision.
int64_t Create(const rpc::Parts& parts, int64_t before = 0) {
  const crypto::SubjectKey key = crypto::NewSubjectKey();
  const bool absent = before == 0;
  store::WriteSet write;
  if (!absent) {
    write.guards = {{&Things().spec, kName, before},
                    {&rpc::kSubjectKeys, parts.records->KeyRow(kName, before, key).key, before}};
  }
  write.encode = [&](const store::Numbers& numbers) -> StatusOr<store::Changes> {
    const int64_t revision = numbers.revision;
    v1::DisputeRecord record;
    record.mutable_dispute()->set_name(kName);
    record.mutable_dispute()->set_description("雨水");
    store::Changes changes;
    changes.events.push_back({.revision = revision, .name = kName, .kind = "thing.written"});
    changes.puts.push_back({&Things().spec,
                            {.key = kName,
                             .version = revision,
                             .body = parts.records->Encode(record, kName, revision, key),
                             .columns = {int64_t{1}}},
                            absent});
    changes.puts.push_back(
        {&rpc::kSubjectKeys, parts.records->KeyRow(kName, revision, key), absent});
    return changes;
  };
  const store::Outcome written = Commit(parts.store, std::move(write));
  EXPECT_EQ(written.kind, store::Outcome::kCommitted) << written.status;
  return written.revision;
}

void DestroyKey(const rpc::Parts& parts, int64_t revision) {
  store::WriteSet destroy;
  const std::string key = parts.records->KeyRow(kName, revision, {}).key;
  destroy.guards = {{&rpc::kSubjectKeys, key, revision}};
  destroy.encode = [key](const store::Numbers& numbers) -> StatusOr<store::Changes> {
    store::Changes changes;
    changes.erases = {{&rpc::kSubjectKeys, key}};
    changes.events.push_back({.revision = numbers.revision, .name = kName, .kind = "thing.erased"});
    return changes;
  };
  const store::Outcome destroyed = Commit(parts.store, std::move(destroy));
  EXPECT_EQ(destroyed.kind, store::Outcome::kCommitted) << destroyed.status;
}

// A child runs it, and ends.
TEST(MainDeathTest, ABusyMetricsPortEndsItWithItsFlag) {
  const BusyPort busy;
  std::vector<std::string> words = {
      "server",
      "--dev",
      "--listen=127.0.0.1:0",
      "--metrics=" + busy.address(),
      "--state=" + Temp("busy"),
  };
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  const ServiceSpec spec = testing::Spec();
  EXPECT_EXIT(std::exit(Main(static_cast<int>(argv.size()), argv.data(), spec)),
              ::testing::ExitedWithCode(1),
              "things: --metrics: cannot listen on " + busy.address());
}

TEST(Process, AStateFolderThatCannotBeWrittenIsRefused) {
  const std::string file = Temp("file");
  std::ofstream(file).put('x');
  for (const std::string& state : {std::string("/proc"), file, file + "/below"}) {
    EXPECT_THAT(Start(state), testing::NamesField("--state")) << state;
  }
}

TEST(Process, ABadFileOfLimitsIsRefusedByFlagLineAndLimit) {
  const std::string path = Temp("limits.tsv");
  std::ofstream(path) << "# version: city\nmove.days\t10\n";
  EXPECT_THAT(Start(Temp("limited"), path).status().message(),
              ::testing::HasSubstr("--limits: " + path + ":2: move.days: no such limit"));
  EXPECT_THAT(Start(Temp("limited"), path + ".none").status().message(),
              ::testing::HasSubstr("--limits: cannot read"));
  const auto without =
      Process::Start({.state = Temp("limited"), .areas = "common/area/data/zhoukou.tsv"},
                     {.name = "things", .tables = {&Things()}});
  EXPECT_EQ(without.status().code(), absl::StatusCode::kInternal);
}

TEST(Process, AKeyThatWasDestroyedOpensNothingAnyMore) {
  ASSERT_OK_AND_ASSIGN(const auto process, Start());
  const rpc::Parts& parts = process->parts();
  rpc::Records told_nothing(parts.store, parts.keyring), knows_it(parts.store, parts.keyring);
  knows_it.KeepKeysWhile([] { return false; });
  const int64_t revision = Create(parts);
  for (auto* records : {parts.records, &told_nothing, &knows_it}) {
    ASSERT_OK(records->Find(Things(), kName));
  }
  DestroyKey(parts, revision);
  const auto unreadable =
      testing::Fails(absl::StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE);
  EXPECT_THAT(parts.records->Find(Things(), kName), unreadable);
  EXPECT_THAT(knows_it.Find(Things(), kName), unreadable) << "keeps none in memory";
  EXPECT_OK(told_nothing.Find(Things(), kName)) << "what the others are kept from";
  told_nothing.ForgetAll();
  EXPECT_THAT(told_nothing.Find(Things(), kName), unreadable);
}

// A reader has the row of before the erasure, and finds the key of after it.
TEST(Process, ARowThatWasErasedWhileItWasReadIsReadAsItIsNow) {
  ASSERT_OK_AND_ASSIGN(const auto process, Start(Temp("erased")));
  const rpc::Parts& parts = process->parts();
  const int64_t before = Create(parts);
  ASSERT_OK_AND_ASSIGN(const auto row, parts.store->Get(Things().spec, kName));
  ASSERT_TRUE(row.has_value());
  EXPECT_GT(Create(parts, before), before) << "with a key of its own";
  ASSERT_OK_AND_ASSIGN(const auto one, parts.records->Open(Things(), *row));
  EXPECT_GT(one.version, before);
  ASSERT_OK_AND_ASSIGN(const auto all, parts.records->OpenAll(Things(), {&*row, 1}));
  EXPECT_EQ(all.at(0).version, one.version);
}

}  // namespace
}  // namespace pingan::server
