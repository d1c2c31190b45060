// list_depth, scope_cost, statistics_sql: reads over a million disputes on PostgreSQL.
#include <functional>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/bench/benches.h"
#include "tests/bench/lab.h"
#include "tests/bench/million.h"

namespace pingan::bench {
namespace {

namespace v1 = disputes::v1;

constexpr int kRounds = 5;

using Answer = std::map<std::string, std::vector<int64_t>>;  // group -> counts

v1::GetStatisticsRequest RandomQuestion(const Million& million, std::mt19937_64* random) {
  constexpr std::array kDigits = {4, 6, 9, 12};
  constexpr std::array kGroups = {"", "month", "category", "level"};
  const auto month = [&](int n) {
    return absl::StrFormat("%d-%02d", 2024 + (n + 10) / 12, (n + 10) % 12 + 1);
  };
  v1::GetStatisticsRequest question;
  const auto& place = million.places()[(*random)() % million.places().size()].first;
  question.set_area(place.substr(0, kDigits[(*random)() % kDigits.size()]));
  const int from = static_cast<int>((*random)() % 24);
  question.set_from_month(month(from));
  question.set_to_month(month(from + static_cast<int>((*random)() % (24 - from))));
  const std::string group = kGroups[(*random)() % kGroups.size()];
  if (!group.empty()) question.add_group_by(group);
  return question;
}

std::string GroupOf(const v1::GetStatisticsRequest& question) {
  return question.group_by().empty() ? "" : question.group_by(0);
}

Answer BySql(PGconn* sql, const v1::GetStatisticsRequest& question) {
  const std::string group = GroupOf(question).empty() ? "''" : GroupOf(question);
  const auto sum = [](std::string* out, const Counter& counter) {
    absl::StrAppend(out, "coalesce(sum(", counter.name, "), 0)");
  };
  const std::string text = absl::StrCat(
      "SELECT ", group, ", ", absl::StrJoin(kCounters, ", ", sum), " FROM facts WHERE area LIKE '",
      question.area(), "%' AND month BETWEEN '", question.from_month(), "' AND '",
      question.to_month(), "'", GroupOf(question).empty() ? "" : " GROUP BY 1");
  PGresult* result = PQexec(sql, text.c_str());
  if (PQresultStatus(result) != PGRES_TUPLES_OK) Die(PQerrorMessage(sql));
  Answer answer;
  for (int row = 0; row < PQntuples(result); ++row) {
    std::vector<int64_t>& counts = answer[PQgetvalue(result, row, 0)];
    for (int i = 1; i < PQnfields(result); ++i)
      counts.push_back(std::atoll(PQgetvalue(result, row, i)));
  }
  PQclear(result);
  return answer;
}

Answer ByRpc(const v1::GetStatisticsRequest& question, const v1::GetStatisticsResponse& response) {
  Answer answer;
  for (const auto& row : response.rows()) {
    const auto group = row.group().find(GroupOf(question));
    std::vector<int64_t>& counts = answer[group == row.group().end() ? "" : group->second];
    for (const Counter& counter : kCounters) {
      const auto it = row.counts().find(counter.name);
      counts.push_back(it == row.counts().end() ? 0 : it->second);
    }
  }
  return answer;
}

// What is asked in scope_cost: the caller's own area, without naming it.
struct Question {
  const char* name;
  int calls;  // a round; a p99 of quick calls wants many
  std::function<void(const rpc::Client&, const std::string& dispute)> ask;
};

const std::vector<Question>& Questions() {
  static const auto* const questions = new std::vector<Question>{
      {"Get", 2000,
       [](const rpc::Client& client, const std::string& dispute) {
         v1::GetDisputeRequest request;
         v1::Dispute response;
         request.set_name(dispute);
         Must(client.Call(request, &response));
       }},
      {"List", 600,
       [](const rpc::Client& client, const std::string&) {
         v1::ListDisputesResponse response;
         Must(client.Call(v1::ListDisputesRequest(), &response));
       }},
      {"Statistics", 2000, [](const rpc::Client& client, const std::string&) {
         v1::GetStatisticsResponse response;
         Must(client.Call(v1::GetStatisticsRequest(), &response));
       }}};
  return *questions;
}

// The ratios of p99, scoped to city-wide, round by round.
std::vector<double> ScopeRatios(const Question& question, const std::string& scope,
                                const std::string& role) {
  const Million& million = Million::Shared();
  const auto scoped = million.As(role, scope), wide = million.As("city_officer");
  std::vector<std::string> names;
  for (const auto& [area, name] : million.places()) {
    if (area.starts_with(scope)) names.push_back(name);
  }
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const auto [ours, city] = InTurn(
        question.calls, [&](int i) { question.ask(*scoped, names[i % names.size()]); },
        [&](int i) { question.ask(*wide, names[i % names.size()]); });
    ratios.push_back(Quantile(ours, 0.99) / Quantile(city, 0.99));
    Log(absl::StrFormat(
        "  scope_cost %s %d digits: p50 %.3f / %.3f ms, p99 %.3f / %.3f ms, ratio %.3f",
        question.name, scope.size(), Quantile(ours, 0.5), Quantile(city, 0.5), Quantile(ours, 0.99),
        Quantile(city, 0.99), ratios.back()));
  }
  return ratios;
}

}  // namespace

bool ListDepth() {
  const auto officer = Million::Shared().As("city_officer");
  v1::ListDisputesRequest first, second, deep;
  v1::ListDisputesResponse page;
  Must(officer->Call(first, &page));
  second.set_page_token(page.next_page_token());
  deep.set_page_token(Million::Shared().deep_token());
  const auto list = [&](const v1::ListDisputesRequest& request) {
    return [&](int) {
      Must(officer->Call(request, &page));
      if (page.disputes_size() != 50) Die("a page is not full");
    };
  };
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const auto [deep_ms, first_ms] = InTurn(300, list(deep), list(first));
    const auto [again_ms, second_ms] = InTurn(300, list(deep), list(second));
    ratios.push_back(Quantile(deep_ms, 0.5) / Quantile(first_ms, 0.5));
    Log(absl::StrFormat(
        "  list_depth: at depth %d %.3f ms, page 1 %.3f ms, ratio %.3f; page 2, which does "
        "not count either: %.3f ms, ratio %.3f",
        Million::kDepth, Quantile(deep_ms, 0.5), Quantile(first_ms, 0.5), ratios.back(),
        Quantile(second_ms, 0.5), Quantile(again_ms, 0.5) / Quantile(second_ms, 0.5)));
  }
  return Report({"list_depth", 1.5, 1.1, true}, ratios);
}

bool ScopeCost() {
  constexpr std::array kRoles = {"county_officer", "township_mediator", "village_mediator"};
  constexpr std::array kDigits = {6, 9, 12};
  const std::string village = Million::Shared().places()[0].first;
  std::vector<double> worst(1, 0);
  for (size_t i = 0; i < kRoles.size(); ++i) {
    for (const Question& question : Questions()) {
      const auto ratios = ScopeRatios(question, village.substr(0, kDigits[i]), kRoles[i]);
      Log(absl::StrFormat("  scope_cost %s as %s: %.3f", question.name, kRoles[i],
                          Quantile(ratios, 0.5)));
      if (Quantile(ratios, 0.5) > Quantile(worst, 0.5)) worst = ratios;
    }
  }
  return Report({"scope_cost", 1.2, 1.05, true}, worst);
}

bool StatisticsSql() {
  const Million& million = Million::Shared();
  const auto officer = million.As("city_officer");
  std::mt19937_64 random(1);
  v1::GetStatisticsRequest wait;
  v1::GetStatisticsResponse response;
  wait.set_min_revision(million.revision());
  Must(officer->Call(wait, &response));
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    constexpr int kQuestions = 40;
    std::vector<v1::GetStatisticsRequest> questions;
    for (int i = 0; i < kQuestions; ++i) questions.push_back(RandomQuestion(million, &random));
    std::vector<Answer> plain(kQuestions), live(kQuestions);
    const auto [sql_ms, rpc_ms] = InTurn(
        kQuestions, [&](int i) { plain[i] = BySql(million.sql(), questions[i]); },
        [&](int i) {
          Must(officer->Call(questions[i], &response));
          live[i] = ByRpc(questions[i], response);
        });
    for (int i = 0; i < kQuestions; ++i) {
      if (plain[i] != live[i]) Die("answers differ: " + questions[i].ShortDebugString());
    }
    ratios.push_back(Quantile(sql_ms, 0.5) / Quantile(rpc_ms, 0.5));
    Log(absl::StrFormat(
        "  statistics_sql: SQL %.1f ms, GetStatistics %.3f ms, ratio %.0f, %d answers equal",
        Quantile(sql_ms, 0.5), Quantile(rpc_ms, 0.5), ratios.back(), kQuestions));
  }
  return Report({"statistics_sql", 50, 500}, ratios);
}

}  // namespace pingan::bench
