#include "common/rpc/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <climits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

namespace pingan::rpc {
namespace {

// What `body` writes to standard error, as whoever reads a pipe of it gets it.
std::string Written(const std::function<void()>& body) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const int before = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  close(ends[1]);
  std::string text;
  std::thread reading([&] {
    char part[1000];
    for (ssize_t n; (n = read(ends[0], part, sizeof(part))) > 0;) text.append(part, n);
  });
  body();
  dup2(before, STDERR_FILENO);
  close(before);
  reading.join();
  close(ends[0]);
  return text;
}

std::vector<nlohmann::json> Lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Log, ALineSaysWhatIsKnownOfACall) {
  Log log("disputes");
  const auto lines = Lines(Written([&] {
    log.Call(
        {.method = "Get", .subject = "a \"quoted\" \\ 名\x01\xff", .milliseconds = 1234567.8914},
        Error(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT, "not found"));
    log.Call({.method = "Create", .revision = 7, .milliseconds = 0.5, .write = true},
             absl::OkStatus());
    log.Note("started");
  }));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["subject"], "a \"quoted\" \\ 名\x01\uFFFD");
  EXPECT_EQ(lines[0]["reason"], "RESOURCE_ABSENT");
  EXPECT_EQ(lines[0]["ms"], 1234567.891);
  EXPECT_EQ(lines[1]["code"], "OK");
  EXPECT_EQ(lines[1]["revision"], 7);
  EXPECT_FALSE(lines[1].contains("subject"));
  EXPECT_EQ(lines[2]["event"], "started");
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  constexpr int kThreads = 4, kRounds = 20, kTogether = 100;
  Log log("disputes");
  const auto lines = Lines(Written([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, method = std::string(100 * i + 1, 'm')] {
        for (int round = 0; round < kRounds; ++round) {
          const LinesTogether together;
          for (int k = 0; k < kTogether; ++k)
            log.Call({.method = method, .write = true}, absl::OkStatus());
        }
      });
    }
  }));
  EXPECT_EQ(lines.size(), size_t{kThreads * kRounds * kTogether});
}

TEST(Log, LinesThatGoTogetherWaitForItsEnd) {
  Log log("disputes");
  std::string before;
  const std::string after = Written([&] {
    const LinesTogether together;
    before = Written([&] { log.Note("first"); });
    log.Note("second");
  });
  EXPECT_EQ(before, "");
  EXPECT_EQ(Lines(after).size(), 2u);
}

}  // namespace
}  // namespace pingan::rpc
