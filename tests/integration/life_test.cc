// A server process from its start to its drained end, as its surroundings see it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <future>
#include <set>
#include <thread>

#include "common/testing/matchers.h"
#include "tests/integration/probes.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

rpc::Client Officer(const TestServer& server) {
  return server.As({.roles = {"county_officer"}, .area = "411602"});
}

TEST(ServerLife, StartsServesEndsAndStartsAgain) {
  TestServer server;
  v1::Dispute created, read;
  ASSERT_OK(Officer(server).Call(NewDispute("411602001002"), &created));
  ASSERT_OK_AND_ASSIGN(const bool serving, Serving(server.target()));
  EXPECT_TRUE(serving);
  const std::string calls = "pingan_rpc_calls_total{code=\"OK\",method=\"CreateDispute\"}";
  EXPECT_EQ(Metric(server.metrics(), calls), 1) << Scrape(server.metrics());
  EXPECT_EQ(server.Stop(), 0) << server.Log();
  EXPECT_NE(access((server.state() + "/disputes.ready").c_str(), F_OK), 0);
  server.Start();
  v1::GetDisputeRequest get;
  get.set_name(created.name());
  ASSERT_OK(server.As({.roles = {"viewer"}, .area = "411602"}).Call(get, &read));
  EXPECT_EQ(read.etag(), created.etag());
}

TEST(ServerLife, DrainsWhatItAcceptedAndTellsWatchersToComeBack) {
  TestServer server;
  const rpc::Client officer = Officer(server);
  v1::Dispute first;
  ASSERT_OK(officer.Call(NewDispute("411602001002"), &first));
  std::promise<void> watching;
  Status watched;
  std::thread watcher([&] {
    bool told = false;
    watched = officer.Watch(v1::WatchDisputesRequest(), v1::WatchDisputesResponse(),
                            absl::Seconds(30), [&](const auto&) {
                              if (!std::exchange(told, true)) watching.set_value();
                              return true;
                            });
  });
  watching.get_future().wait();

  std::atomic<int> begun = 0, stored = 0;
  std::vector<std::thread> callers;
  std::mutex mutex;
  std::vector<Status> statuses;
  for (int i = 0; i < 50; ++i) {
    callers.emplace_back([&] {
      for (Status status; status.ok();) {
        ++begun;
        v1::Dispute dispute;
        status = officer.Call(NewDispute("411602001002"), &dispute);
        stored += status.ok();
        std::lock_guard lock(mutex);
        if (!status.ok()) statuses.push_back(status);
      }
    });
  }
  while (begun < 200) std::this_thread::yield();
  EXPECT_EQ(server.Stop(), 0) << server.Log();
  for (auto& caller : callers) caller.join();
  watcher.join();
  EXPECT_THAT(watched, Fails(StatusCode::kUnavailable, reason::DRAINING));
  // A call that came too late was never begun; nobody is left with an open question.
  for (const Status& status : statuses)
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status;

  server.Start();
  int found = 0;
  v1::ListDisputesRequest list;
  list.set_page_size(500);
  v1::ListDisputesResponse page;
  do {
    ASSERT_OK(Officer(server).Call(list, &page));
    found += page.disputes_size();
    list.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_EQ(found, stored + 1);
}

TEST(ServerLife, AnImportIsToldThatTheServerGoesAway) {
  TestServer server;
  const rpc::Client importer = server.As({.roles = {"importer"}, .area = "411602"});
  std::promise<void> flowing;
  Status status;
  std::thread sender([&] {
    v1::ImportDisputesRequest row;
    v1::ImportDisputesResponse report;
    int sent = 0;
    status = importer.Upload(
        v1::ImportDisputesRequest::descriptor(),
        [&]() {
          if (++sent == 100) flowing.set_value();
          row.set_row_id("row-" + std::to_string(sent));
          return &row;
        },
        &report);
  });
  flowing.get_future().wait();
  EXPECT_EQ(server.Stop(), 0) << server.Log();
  sender.join();
  EXPECT_THAT(status, Fails(StatusCode::kUnavailable, reason::DRAINING));
}

// What the server's program says beside its log, and its exit code, when it is started with these
// flags in `folder`.
std::string RunIn(const std::string& folder, const std::string& flags) {
  const std::string program = std::filesystem::absolute("services/disputes/disputes_server");
  const std::string command = "cd " + folder + " && " + program + " --dev --state=state " + flags +
                              " 2>&1; echo \"exit $?\"";
  std::string output;
  FILE* const pipe = popen(command.c_str(), "r");
  for (char line[4096]; std::fgets(line, sizeof(line), pipe) != nullptr;) {
    if (line[0] != '{') output += line;
  }
  pclose(pipe);
  return output;
}

TEST(ServerLife, AStartThatCannotBeEndsWithOneLine) {
  const TestServer server;
  const std::string areas = std::filesystem::absolute("common/area/data/zhoukou.tsv");
  const std::string folder = server.state();
  EXPECT_EQ(
      RunIn(folder, "--metrics=127.0.0.1:0 --areas=" + areas + " --listen=" + server.target()),
      "disputes: --listen: cannot listen on " + server.target() + "\nexit 1\n");
  EXPECT_EQ(RunIn(folder, "--metrics=127.0.0.1:0 --listen=127.0.0.1:0"),
            "disputes: --areas: want the file of the deployment's areas, cannot read "
            "common/area/data/zhoukou.tsv from " +
                folder + "\nexit 1\n");
}

TEST(ServerLife, AQuotaIsPerCallerAndSaysWhenToComeBack) {
  TestServer server({"--quota=0.1", "--quota_burst=3"});
  const rpc::Client officer = Officer(server);
  v1::ListDisputesResponse page;
  for (int i = 0; i < 3; ++i) ASSERT_OK(officer.Call(v1::ListDisputesRequest(), &page));
  const Status status = officer.Call(v1::ListDisputesRequest(), &page);
  EXPECT_THAT(status, Fails(StatusCode::kResourceExhausted, reason::QUOTA_EXCEEDED));
  EXPECT_GT(DetailsOf(status).retry_after_ms, 0);
  EXPECT_LE(DetailsOf(status).retry_after_ms, 10001);
  EXPECT_OK(server.As({.roles = {"viewer"}}).Call(v1::ListDisputesRequest(), &page))
      << "another caller";
}

TEST(ServerLife, CodesHaveLabelsInBothLanguages) {
  TestServer server;
  v1::ListCodesRequest request;
  v1::ListCodesResponse response;
  ASSERT_OK(Officer(server).Call(request, &response));
  EXPECT_GE(response.lists_size(), 7);
  for (const auto& list : response.lists()) {
    EXPECT_FALSE(list.version().empty() || list.codes().empty()) << list.name();
    for (const auto& code : list.codes()) {
      EXPECT_FALSE(code.label_zh().empty() || code.label_en().empty())
          << list.name() << code.code();
    }
  }
  request.set_list("dispute-category");
  ASSERT_OK(Officer(server).Call(request, &response));
  EXPECT_EQ(response.lists_size(), 1);
  request.set_list("no-such-list");
  EXPECT_THAT(Officer(server).Call(request, &response), NamesField("list"));
}

TEST(ServerLife, SaysWhatItCanDoAndWhatTheCallerMay) {
  TestServer server;
  reason::Capabilities officers, partys;
  ASSERT_OK(Officer(server).Call(v1::GetCapabilitiesRequest(), &officers));
  const auto* service = v1::GetDisputeRequest::descriptor()->file()->service(0);
  EXPECT_EQ(officers.service(), service->full_name());
  EXPECT_FALSE(officers.program().empty());
  ASSERT_EQ(officers.methods_size(), service->method_count());
  for (int i = 0; i < service->method_count(); ++i) {
    EXPECT_EQ(officers.methods(i).name(), service->method(i)->name());
  }
  v1::ListCodesResponse codes;
  ASSERT_OK(Officer(server).Call(v1::ListCodesRequest(), &codes));
  ASSERT_EQ(officers.code_lists_size(), codes.lists_size());
  for (int i = 0; i < codes.lists_size(); ++i) {
    codes.mutable_lists(i)->clear_codes();
    EXPECT_EQ(officers.code_lists(i).SerializeAsString(), codes.lists(i).SerializeAsString());
  }

  ASSERT_OK(server.As({.roles = {"party"}, .area = "411602", .party = "disputes/x/parties/1"})
                .Call(v1::GetCapabilitiesRequest(), &partys));
  std::set<std::string> allowed;
  for (const auto& method : partys.methods()) {
    if (method.allowed()) allowed.insert(method.name());
  }
  EXPECT_EQ(allowed, (std::set<std::string>{"GetDispute", "PostMessage", "ListMessages",
                                            "ExplainDeadline", "GetCapabilities"}));
}

}  // namespace
}  // namespace pingan::testing
