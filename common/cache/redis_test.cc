#include "common/cache/redis.h"

#include <poll.h>

#include <fstream>

#include "common/testing/matchers.h"
#include "common/testing/redis.h"

namespace pingan::cache {
namespace {

using absl::StatusCode;
using testing::Fails;
using testing::RedisServer;

const auto kTimeout = absl::Seconds(5);
constexpr auto kNone = common::v1::REASON_UNSPECIFIED;

std::unique_ptr<Redis> ConnectTo(const RedisServer& server) {
  return Redis::Connect({.address = server.socket_path()}, kTimeout).value();
}

TEST(Redis, RepliesHaveTheirTypesAndAnyBytes) {
  RedisServer server;
  auto redis = Redis::Connect({.address = server.tcp_address()}, kTimeout).value();
  const std::string bytes("a\0\r\n b\xff", 7);
  const RedisCommand commands[] = {{"SET", bytes, bytes}, {"GET", bytes},
                                   {"GET", "absent"},     {"INCR", "n"},
                                   {"INCR", bytes},       {"MGET", bytes, "absent"}};
  ASSERT_OK_AND_ASSIGN(const auto replies, redis->Run(commands));
  ASSERT_EQ(replies.size(), 6u);
  EXPECT_EQ(replies[0].type, RedisReply::kStatus);
  EXPECT_EQ(replies[0].text, "OK");
  EXPECT_EQ(replies[1].type, RedisReply::kString);
  EXPECT_EQ(replies[1].text, bytes);
  EXPECT_EQ(replies[2].type, RedisReply::kNil);
  EXPECT_EQ(replies[3].type, RedisReply::kInteger);
  EXPECT_EQ(replies[3].integer, 1);
  EXPECT_EQ(replies[4].type, RedisReply::kError);
  ASSERT_EQ(replies[5].type, RedisReply::kArray);
  EXPECT_EQ(replies[5].elements[0].text, bytes);
  EXPECT_EQ(replies[5].elements[1].type, RedisReply::kNil);
  EXPECT_THAT(redis->Run({"INCR", bytes}), Fails(StatusCode::kFailedPrecondition, kNone));
  EXPECT_OK(redis->Run({"PING"})) << "an error reply does not break the connection";
}

TEST(Redis, MessagesAreTakenOneByOne) {
  RedisServer server;
  auto feed = ConnectTo(server), other = ConnectTo(server);
  ASSERT_OK(feed->Run({"SUBSCRIBE", "c"}));
  const RedisCommand publish[] = {{"PUBLISH", "c", "1"}, {"PUBLISH", "c", "2"}};
  ASSERT_OK(other->Run(publish));
  std::string heard;
  while (heard.size() < 2) {
    pollfd ready = {feed->fd(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 5000), 1);
    ASSERT_OK(feed->Receive());
    for (;;) {
      ASSERT_OK_AND_ASSIGN(const auto message, feed->Next());
      if (!message) break;
      ASSERT_EQ(message->elements.size(), 3u);
      heard += message->elements[2].text;
    }
  }
  EXPECT_EQ(heard, "12");
}

TEST(Redis, AddressesAreChecked) {
  for (const char* address :
       {"", "localhost", "localhost:", "localhost:0", "localhost:65536", "localhost:x"}) {
    EXPECT_THAT(Redis::Connect({.address = address}, kTimeout),
                Fails(StatusCode::kInvalidArgument, kNone))
        << address;
  }
  EXPECT_THAT(Redis::Connect({.address = "/nowhere/redis.sock"}, kTimeout),
              Fails(StatusCode::kUnavailable, kNone));
}

TEST(Redis, SignsInFromAFile) {
  RedisServer server("--requirepass secret --user reader on '>other' '~*' '+@all'");
  const std::string file = server.folder() + "/credentials";
  const auto sign_in = [&](const std::string& line) -> Status {
    std::ofstream(file) << line << "\n";
    ASSIGN_OR_RETURN(
        auto redis,
        Redis::Connect({.address = server.socket_path(), .credentials_file = file}, kTimeout));
    return redis->Run({"GET", "a"}).status();
  };
  EXPECT_OK(sign_in("secret"));
  EXPECT_OK(sign_in("reader other"));
  EXPECT_THAT(sign_in("wrong"), Fails(StatusCode::kUnauthenticated, kNone));
  EXPECT_THAT(sign_in("reader secret"), Fails(StatusCode::kUnauthenticated, kNone));
  EXPECT_THAT(sign_in(""), Fails(StatusCode::kInvalidArgument, kNone));
  EXPECT_THAT(
      Redis::Connect({.address = server.socket_path(), .credentials_file = "/nowhere"}, kTimeout),
      Fails(StatusCode::kInvalidArgument, kNone));
  auto stranger = ConnectTo(server);
  EXPECT_THAT(stranger->Run({"GET", "a"}), Fails(StatusCode::kFailedPrecondition, kNone));
}

TEST(Redis, APausedServerTimesOutAndTheConnectionStaysBroken) {
  RedisServer server;
  auto redis = Redis::Connect({.address = server.socket_path()}, absl::Milliseconds(50)).value();
  server.Pause();
  EXPECT_THAT(redis->Run({"PING"}), Fails(StatusCode::kUnavailable, kNone));
  server.Resume();
  EXPECT_THAT(redis->Run({"PING"}), Fails(StatusCode::kUnavailable, kNone));
  EXPECT_THAT(redis->Receive(), Fails(StatusCode::kUnavailable, kNone));
  EXPECT_THAT(redis->Next(), Fails(StatusCode::kUnavailable, kNone));
}

TEST(Redis, AKilledServerIsAnErrorNotASignal) {
  RedisServer server;
  auto redis = ConnectTo(server);
  server.Kill9();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(redis->Run({"PING"}), Fails(StatusCode::kUnavailable, kNone));
  EXPECT_THAT(Redis::Connect({.address = server.tcp_address()}, kTimeout),
              Fails(StatusCode::kUnavailable, kNone));
  server.Start();
  EXPECT_OK(ConnectTo(server)->Run({"PING"}));
}

}  // namespace
}  // namespace pingan::cache
