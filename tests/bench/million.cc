#include "tests/bench/million.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "tests/bench/cases.h"

namespace pingan::bench {
namespace {

namespace v1 = disputes::v1;
using v1::Dispute;

constexpr int kPage = 500, kImporters = 4;

template <v1::Level level>
int64_t ResolvedAt(const Dispute& d) {
  return d.has_resolve_time() && d.resolved_level() == level;
}

template <Dispute::State state>
int64_t Is(const Dispute& d) {
  return d.state() == state;
}

std::string MonthOf(const Dispute& dispute) {
  return absl::FormatTime("%Y-%m", absl::FromUnixSeconds(dispute.create_time().seconds()),
                          absl::FixedTimeZone(8 * 3600));
}

}  // namespace

const std::array<Counter, 20> kCounters = {{
    {"registered", [](const Dispute&) -> int64_t { return 1; }},
    {"resolved", [](const Dispute& d) -> int64_t { return d.has_resolve_time(); }},
    {"major_registered", [](const Dispute& d) -> int64_t { return d.major(); }},
    {"major_resolved",
     [](const Dispute& d) -> int64_t { return d.major() && d.has_resolve_time(); }},
    {"on_time",
     [](const Dispute& d) -> int64_t { return d.has_resolve_time() && !d.statutory().missed(); }},
    {"late", [](const Dispute& d) -> int64_t { return d.statutory().missed(); }},
    {"resolved_household", &ResolvedAt<v1::HOUSEHOLD>},
    {"resolved_village", &ResolvedAt<v1::VILLAGE>},
    {"resolved_township", &ResolvedAt<v1::TOWNSHIP>},
    {"resolved_county", &ResolvedAt<v1::COUNTY>},
    {"resolved_city", &ResolvedAt<v1::CITY>},
    {"closed", &Is<Dispute::CLOSED>},
    {"refused", &Is<Dispute::REFUSED>},
    {"diverted", &Is<Dispute::DIVERTED>},
    {"failed", &Is<Dispute::FAILED>},
    {"reopened", [](const Dispute& d) -> int64_t { return d.reopenings_size(); }},
    {"turned_criminal", [](const Dispute& d) -> int64_t { return d.turned_criminal(); }},
    {"group_incidents",
     [](const Dispute& d) -> int64_t { return d.scale() >= v1::ORDINARY_GROUP; }},
    {"satisfaction_count", [](const Dispute& d) -> int64_t { return d.has_satisfaction(); }},
    {"satisfaction_sum", [](const Dispute& d) -> int64_t { return d.satisfaction().score(); }},
}};

Million& Million::Shared() {
  static Million million;
  return million;
}

Million::Million() : database_(postgres_.NewDatabase()), sql_(PQconnectdb(database_.c_str())) {
  server_ = std::make_unique<Server>(database_);
  Import();
  ReadAll();
  revision_ =
      std::atoll(postgres_.Query(database_, "SELECT revision FROM public.revision").c_str());
  postgres_.Query(database_, "VACUUM ANALYZE");
}

Million::~Million() {
  PQfinish(sql_);
}

void Million::Import() {
  const Cases cases(1);
  std::atomic<int64_t> next = 0;
  const auto import = [&] {
    v1::ImportDisputesRequest row;
    v1::ImportDisputesResponse report;
    Must(As("importer")
             ->Upload(
                 v1::ImportDisputesRequest::descriptor(),
                 [&]() -> const google::protobuf::Message* {
                   const int64_t n = next++;
                   if (n >= kRows) return nullptr;
                   if (n % 100'000 == 0) Log(absl::StrFormat("  imported %d of %d", n, kRows));
                   row = cases.Past(n);
                   return &row;
                 },
                 &report));
    if (report.rows_refused() > 0) Die(report.refusals(0).ShortDebugString());
  };
  const int64_t start = MonotonicMicros();
  std::vector<std::thread> threads;
  for (int i = 0; i < kImporters; ++i) threads.emplace_back(import);
  for (std::thread& thread : threads) thread.join();
  const double seconds = static_cast<double>(MonotonicMicros() - start) / 1e6;
  Log(absl::StrFormat("  imported %d disputes in %.0f s, %.0f a second", kRows, seconds,
                      kRows / seconds));
}

// Pages through everything: for the deep page token, for where the disputes are, and for the facts,
// which so come from what the service answers and not from what it has added up.
void Million::ReadAll() {
  std::string columns =
      "area text COLLATE \"C\", month text COLLATE \"C\", category text, level text";
  for (const Counter& counter : kCounters) absl::StrAppend(&columns, ", ", counter.name, " int");
  postgres_.Query(database_, "CREATE TABLE facts (" + columns + ")");
  Copy("COPY facts FROM STDIN");
  const auto officer = As("city_officer");
  v1::ListDisputesRequest request;
  v1::ListDisputesResponse page;
  request.set_page_size(kPage);
  int64_t seen = 0;
  do {
    if (seen == kDepth) deep_token_ = request.page_token();
    Must(officer->Call(request, &page));
    std::string facts;
    for (const Dispute& d : page.disputes()) {
      absl::StrAppend(&facts, d.area(), "\t", MonthOf(d), "\t", d.category(), "\t",
                      v1::Level_Name(d.level()));
      for (const Counter& counter : kCounters) absl::StrAppend(&facts, "\t", counter.count(d));
      facts += '\n';
      if (seen++ % 100 == 0) places_.emplace_back(d.area(), d.name());
    }
    if (PQputCopyData(sql_, facts.data(), static_cast<int>(facts.size())) != 1) Fail();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EndCopy();
  if (seen != kRows) Die(absl::StrFormat("listed %d of %d disputes", seen, kRows));
}

void Million::Copy(const std::string& command) {
  PGresult* result = PQexec(sql_, command.c_str());
  if (PQresultStatus(result) != PGRES_COPY_IN) Fail();
  PQclear(result);
}

void Million::EndCopy() {
  if (PQputCopyEnd(sql_, nullptr) != 1) Fail();
  while (PGresult* result = PQgetResult(sql_)) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) Fail();
    PQclear(result);
  }
}

void Million::Fail() const {
  Die(PQerrorMessage(sql_));
}

}  // namespace pingan::bench
