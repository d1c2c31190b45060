// Streams whose caller is revoked or runs out of time: they end, typed, whether anything moves on
// them or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/raw_streams.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::ContainsRegex;
namespace v1 = disputes::v1;
namespace reason = common::v1;

// A reading of the revocations, a beat of the streams, and some for the machine.
constexpr absl::Duration kSoon = absl::Seconds(25);
// A token that lasts until after the first beat, and less than the time from its end to the second.
constexpr absl::Duration kLasts = absl::Seconds(11), kAtOnce = absl::Seconds(8);

class Streams : public ::testing::Test {
 protected:
  ~Streams() override { std::filesystem::remove(revocations_); }

  auth::Caller Caller(const std::string& subject, absl::Time expires = In(absl::Hours(1))) const {
    return {.subject = subject,
            .roles = {"county_officer", "importer"},
            .area = "411602",
            .expires = expires};
  }
  static absl::Time In(absl::Duration duration) { return Clock::Real().Now() + duration; }

  // How a watch of the caller ends; `moving` is set by the first answer.
  std::future<Status> Watch(const auth::Caller& caller, std::promise<void>* moving) const {
    return std::async(std::launch::async, [client = server_.As(caller), moving] {
      bool moves = false;
      return client.Watch(v1::WatchDisputesRequest(), v1::WatchDisputesResponse(), absl::Minutes(2),
                          [&](const auto&) {
                            if (!std::exchange(moves, true)) moving->set_value();
                            return true;
                          });
    });
  }

  // How an import ends that goes on and on; `moving` is set by the first row.
  std::future<Status> Import(const auth::Caller& caller, std::promise<void>* moving) const {
    return std::async(std::launch::async, [client = server_.As(caller), moving] {
      const v1::ImportDisputesRequest row;  // refused, each by itself
      v1::ImportDisputesResponse report;
      bool moves = false;
      const auto next = [&] {
        if (!std::exchange(moves, true)) moving->set_value();
        return &row;
      };
      return client.Upload(row.GetDescriptor(), next, &report);
    });
  }

  // How an import ends that never says anything.
  Status IdleImport(const auth::Caller& caller, absl::Time deadline) const {
    return RawImport(server_, server_.Token(caller), deadline).End();
  }

  const std::string revocations_ = ::testing::TempDir() + "/revocations";
  TestServer server_{{"--trust_seconds=1", "--revocations=" + WriteRevocations("sub nobody\n")}};

  // Replaces the file, so that no half of it is ever read.
  std::string WriteRevocations(const std::string& lines) const {
    std::ofstream(revocations_ + ".new") << lines;
    std::filesystem::rename(revocations_ + ".new", revocations_);
    return revocations_;
  }
};

TEST_F(Streams, AWatchOfWhichThereIsNothingToTellSaysHowFarItIs) {
  const auth::Caller caller = Caller("watcher");
  v1::Dispute created;
  ASSERT_OK(server_.As(caller).Call(NewDispute("411602001002"), &created));
  RawReader watch(server_, server_.Token(caller), In(kLasts + kAtOnce), v1::WatchDisputesRequest());
  v1::WatchDisputesResponse answer;
  ASSERT_TRUE(watch.Read(&answer));
  EXPECT_TRUE(answer.has_event());
  ASSERT_TRUE(watch.Read(&answer)) << "a beat of ten seconds";
  EXPECT_FALSE(answer.has_event());
  EXPECT_EQ(answer.revision(), created.revision());
}

TEST_F(Streams, OfARevokedSubjectEndAlsoWhereNothingMoves) {
  v1::Dispute dispute;
  ASSERT_OK(server_.As(Caller("other")).Call(NewDispute("411602001002"), &dispute));
  std::promise<void> watching, importing;
  auto watch = Watch(Caller("watcher"), &watching);
  auto import = Import(Caller("importer"), &importing);
  watching.get_future().wait();
  importing.get_future().wait();
  WriteRevocations("sub watcher\nsub importer\n");
  const absl::Time end = In(kSoon);
  EXPECT_THAT(import.get(), Fails(StatusCode::kUnauthenticated, reason::TOKEN_INVALID));
  EXPECT_THAT(watch.get(), Fails(StatusCode::kUnauthenticated, reason::TOKEN_INVALID));
  EXPECT_LT(Clock::Real().Now(), end);
  EXPECT_OK(server_.As(Caller("other")).Call(NewDispute("411602001002"), &dispute));
  EXPECT_EQ(server_.Stop(), 0);
}

// What was read for the caller at once is told one by one: the rest of it no more.
TEST_F(Streams, WhatWasReadBeforeARevocationIsNotToldAfter) {
  constexpr int kReadAtOnce = 64;
  v1::CreateDisputeRequest large = NewDispute("411602001002");
  // So that they are more than a wire holds.
  for (int i = 1; i < 200; ++i)
    *large.mutable_dispute()->add_parties() = large.dispute().parties(0);
  for (int i = 0; i < kReadAtOnce; ++i) {
    v1::Dispute dispute;
    large.set_request_id(RandomUuid());
    ASSERT_OK(server_.As(Caller("other")).Call(large, &dispute));
  }
  RawReader watch(server_, server_.Token(Caller("watcher")), In(absl::Minutes(2)),
                  v1::WatchDisputesRequest());
  v1::WatchDisputesResponse answer;
  ASSERT_TRUE(watch.Read(&answer));
  WriteRevocations("sub watcher\n");
  const rpc::Client watcher = server_.As(Caller("watcher"));
  v1::ListDisputesResponse page;
  while (watcher.Call(v1::ListDisputesRequest(), &page).ok()) std::this_thread::yield();
  int told = 1;
  while (watch.Read(&answer)) ++told;
  EXPECT_LT(told, kReadAtOnce);
  // Cut off, where the machine was so slow that a beat came between.
  EXPECT_THAT(watch.End().code(),
              ::testing::AnyOf(StatusCode::kUnauthenticated, StatusCode::kCancelled));
}

TEST_F(Streams, EndWithTheirToken) {
  const absl::Time expires = In(kLasts);
  std::promise<void> watching, importing;
  auto watch = Watch(Caller("watcher", expires), &watching);
  auto import = Import(Caller("importer", expires), &importing);
  const Status idle = IdleImport(Caller("idler", expires), In(absl::Minutes(2)));
  for (const Status& ended : {watch.get(), import.get(), idle}) {
    EXPECT_THAT(ended, Fails(StatusCode::kUnauthenticated, reason::TOKEN_EXPIRED));
  }
  EXPECT_LT(Clock::Real().Now(), expires + kAtOnce);
  EXPECT_EQ(server_.Stop(), 0);
}

// gRPC tells the caller; that the server knows is seen in its log.
TEST_F(Streams, AnImportEndsWithItsDeadline) {
  EXPECT_EQ(IdleImport(Caller("idler"), In(absl::Seconds(1))).code(),
            StatusCode::kDeadlineExceeded);
  EXPECT_EQ(server_.Stop(), 0);
  EXPECT_THAT(server_.Log(),
              ContainsRegex("\"method\":\"ImportDisputes\",\"code\":\"(DEADLINE|CANCELLED)"));
}

}  // namespace
}  // namespace pingan::testing
