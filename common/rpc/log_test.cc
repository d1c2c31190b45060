#include "common/rpc/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <climits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

namespace pingan::rpc {
namespace {

// While there is one, standard error is a pipe.
class ErrorPipe {
 public:
  ErrorPipe() {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    dup2(ends_[1], STDERR_FILENO);
    close(ends_[1]);
  }
  ~ErrorPipe() {
    End();
    close(ends_[0]);
  }
  void End() {
    if (before_ < 0) return;
    dup2(before_, STDERR_FILENO);
    close(std::exchange(before_, -1));
  }
  // What is in it.
  std::string ReadNow() {
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    return Read();
  }
  // Up to its end.
  std::string Read() {
    std::string text;
    char part[1000];
    for (ssize_t n; (n = read(ends_[0], part, sizeof(part))) > 0;) text.append(part, n);
    return text;
  }

 private:
  int before_ = dup(STDERR_FILENO);
  int ends_[2];
};

// What `body` writes to standard error, as whoever reads a pipe of it gets it.
std::string Written(const std::function<void()>& body) {
  ErrorPipe pipe;
  std::string text;
  std::thread reading([&] { text = pipe.Read(); });
  body();
  pipe.End();
  reading.join();
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

// Nobody waits for who should read it, and what was lost is told once there is room.
TEST(Log, APipeThatNobodyReadsHoldsNothingUp) {
  constexpr int kLines = 5000;  // more than a pipe holds
  Log log("disputes");
  ErrorPipe pipe;
  for (int i = 0; i < kLines; ++i) log.Note("one");
  const auto kept = Lines(pipe.ReadNow());
  log.Note("awake");
  const auto after = Lines(pipe.ReadNow());
  pipe.End();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0]["event"], "log lines lost");
  EXPECT_EQ(kept.size() + std::stoul(after[0]["detail"].get<std::string>()), size_t{kLines});
  EXPECT_EQ(after[1]["event"], "awake");
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
