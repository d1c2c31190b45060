// duplicate_scale, blind_index, memory_bound: a register of ten million people.
#include <numeric>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/clock.h"
#include "common/crypto/keyring.h"
#include "common/rpc/records.h"
#include "common/rpc/terms.h"
#include "services/population/match.h"
#include "services/population/tables.h"
#include "tests/bench/benches.h"
#include "tests/bench/drive.h"
#include "tests/bench/lab.h"
#include "tests/bench/register.h"

namespace pingan::bench {
namespace {

namespace v1 = population::v1;

constexpr int kRounds = 5, kCreates = 1500, kLookUps = 4000;
constexpr int64_t kNewcomers = 50'000'000;  // their first row
constexpr char kPurpose[] = "service_delivery";

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Registers people one by one: nine of ten are new, one is on file already without the clerk
// knowing.
class Clerk {
 public:
  explicit Clerk(const Register& in)
      : in_(in),
        run_(RandomUuid().substr(0, 8)),
        writer_(in.server().As("police_officer", "4116")),
        finder_(in.server().As("police_officer", "4116", kPurpose)) {}

  void Create(int64_t n) {
    v1::Person answer;
    Must(writer_->Call(n % 10 == 9 ? in_.people().Again(run_, n * 61 % 100'000)
                                   : in_.people().Create(run_, kNewcomers + n),
                       &answer));
  }

  // The check without the write; what it reveals is noted.
  void Find(int64_t n) {
    v1::FindDuplicatesRequest request;
    v1::FindDuplicatesResponse answer;
    *request.mutable_person() = in_.people().Again(run_, n * 67 % 100'000).person();
    Must(finder_->Call(request, &answer));
    if (answer.matches().empty()) Die("a person on file was not found");
  }

 private:
  const Register& in_;
  const std::string run_;
  const std::unique_ptr<rpc::Client> writer_, finder_;
};

// The look-ups of the pipeline in this process, by the blind index and by a plain one.
class LookUps {
 public:
  explicit LookUps(const Register& in)
      : persons_(in.persons()), keyring_(Must(crypto::Keyring::Load(in.server().keyring()))) {
    std::vector<const store::TableSpec*> tables = {&rpc::kSubjectKeys, &rpc::kTerms};
    for (const auto* table : population::AllTables()) tables.push_back(&table->spec);
    store_ = Must(store::Open({.database = in.database()}, "population", tables));
    records_ = std::make_unique<rpc::Records>(store_.get(), keyring_.get());
  }
  ~LookUps() { store_->Close(); }

  std::pair<std::vector<double>, std::vector<double>> Round() {
    std::vector<int64_t> rows;
    for (int i = 0; i < kLookUps; ++i)
      rows.push_back(static_cast<int64_t>(random_() % (persons_ / 10)) * 10);
    return InTurn(
        kLookUps,
        [&](int i) {
          Find({"key", NumberOf(rows[i]), true});
        },
        [&](int i) {
          Find({Register::kPlainIndex, NumberOf(rows[i])});
        });
  }

 private:
  static std::string NumberOf(int64_t row) {
    return population::DocumentKey("111", People::CitizenId(row));
  }

  void Find(const Term& term) {
    const rpc::Table& table = population::PersonTable();
    const auto names = Must(rpc::FindByTerms(store_.get(), *keyring_, table, {&term, 1}, 20));
    if (Must(records_->FindAll(table, names[0].names)).size() != 1)
      Die("want one person of a number");
  }

  const int64_t persons_;
  const std::unique_ptr<crypto::Keyring> keyring_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<rpc::Records> records_;
  std::mt19937_64 random_{1};
};

// Reads and writes over the whole register; calls that ended well.
int64_t Stream(const Register& in, int64_t* newcomers) {
  std::mt19937_64 random(static_cast<uint64_t>(*newcomers));
  const std::string run = RandomUuid().substr(0, 8);
  const auto drive = [&](const char* method, double seconds, std::function<std::string()> next) {
    const Tally tally = Drive({.target = in.server().target(),
                               .token = in.server().Token("police_officer", "4116"),
                               .method = absl::StrCat("/pingan.population.v1.Population/", method),
                               .next = std::move(next),
                               .outstanding = 64,
                               .warm_up = 0,
                               .seconds = seconds});
    for (const auto& [code, count] : tally.codes) {
      if (code != 0) Die(absl::StrFormat("%d calls of %s ended with code %d", count, method, code));
    }
    return tally.acknowledged;
  };
  return drive("GetPerson", 16,
               [&] {
                 v1::GetPersonRequest request;
                 request.set_name(in.NameOf(static_cast<int64_t>(random() % in.persons())));
                 return request.SerializeAsString();
               }) +
         drive("CreatePerson", 6, [&] {
           return in.people()
               .Create(run, kNewcomers + 10'000'000 + ++*newcomers)
               .SerializeAsString();
         });
}

}  // namespace

bool DuplicateScale() {
  Register &small = Register::Small(), &large = Register::Large();
  Clerk in_small(small), in_large(large);
  std::vector<double> ratios;
  int64_t n = 0;
  for (int round = 0; round <= kRounds; ++round, n += kCreates) {
    const auto [big, little] = InTurn(
        kCreates, [&](int i) { in_large.Create(n + i); }, [&](int i) { in_small.Create(n + i); });
    const auto [big_find, little_find] = InTurn(
        kCreates, [&](int i) { in_large.Find(n + i); }, [&](int i) { in_small.Find(n + i); });
    if (round == 0) continue;  // to warm up
    ratios.push_back(Quantile(big, 0.99) / Quantile(little, 0.99));
    Log(absl::StrFormat(
        "  duplicate_scale round %d: create among %d p50 %.2f p99 %.2f ms, among %d %.2f %.2f ms, "
        "ratio %.3f; FindDuplicates p50 %.2f p99 %.2f, %.2f %.2f, ratio %.3f",
        round, large.persons(), Quantile(big, 0.5), Quantile(big, 0.99), small.persons(),
        Quantile(little, 0.5), Quantile(little, 0.99), ratios.back(), Quantile(big_find, 0.5),
        Quantile(big_find, 0.99), Quantile(little_find, 0.5), Quantile(little_find, 0.99),
        Quantile(big_find, 0.99) / Quantile(little_find, 0.99)));
  }
  return Report({"duplicate_scale", 2, 1.2, true}, ratios);
}

bool BlindIndex() {
  const Register& in = Register::Large();
  LookUps look_ups(in);
  const auto officer = in.server().As("police_officer", "4116", kPurpose);
  std::vector<double> ratios;
  for (int round = 0; round <= kRounds; ++round) {
    const auto [blind, plain] = look_ups.Round();
    if (round == 0) continue;  // to warm up
    ratios.push_back(Sum(plain) / Sum(blind));
    Log(
        absl::StrFormat("  blind_index round %d: blind %.0f a second, p50 %.3f ms, plain %.0f, "
                        "%.3f ms, ratio %.3f",
                        round, kLookUps / Sum(blind) * 1e3, Quantile(blind, 0.5),
                        kLookUps / Sum(plain) * 1e3, Quantile(plain, 0.5), ratios.back()));
  }
  v1::LookupPersonRequest request;
  v1::LookupPersonResponse answer;
  request.set_document_number(People::CitizenId(7));
  Must(officer->Call(request, &answer));
  if (answer.persons_size() != 1) Die("LookupPerson found no person");
  return Report({"blind_index", 0.8, 0.95}, ratios);
}

bool MemoryBound() {
  const Register& in = Register::Large();
  std::vector<double> bytes;  // a person, after each round
  int64_t newcomers = 0, calls = 0;
  for (int round = 1; round <= kRounds; ++round) {
    calls += Stream(in, &newcomers);
    const int64_t now = in.server().process().ResidentBytes();
    bytes.push_back(static_cast<double>(now - in.empty_bytes()) /
                    static_cast<double>(in.persons()));
    Log(absl::StrFormat(
        "  memory_bound round %d: %d calls over %d persons; resident %d kB, "
        "%d kB when empty, %.2f bytes a person",
        round, calls, in.persons(), now >> 10, in.empty_bytes() >> 10, bytes.back()));
  }
  return ReportBounded("memory_bound", bytes);
}

}  // namespace pingan::bench
