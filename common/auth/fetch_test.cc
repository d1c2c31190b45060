#include "common/auth/fetch.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using absl::StatusCode;
using common::v1::REASON_UNSPECIFIED;
using testing::Fails;

// Answers one connection on loopback with the given bytes; without bytes it holds it open.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, generic, size) != 0 || listen(socket_, 1) != 0) abort();
    getsockname(socket_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] { Serve(answer); });
  }
  ~OneAnswer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  std::string Url(std::string_view host = "127.0.0.1") const {
    return absl::StrCat("http://", AbslView(host), ":", port_, "/jwks.json");
  }
  bool asked() const { return asked_; }

 private:
  void Serve(const std::string& answer) {
    const int peer = accept(socket_, nullptr, nullptr);
    if (peer < 0) return;
    asked_ = true;
    char request[4096];
    ssize_t got = read(peer, request, sizeof request);
    if (!answer.empty()) got = send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (!answer.empty()) shutdown(peer, SHUT_WR);
    while (got > 0) got = read(peer, request, sizeof request);  // until the client hangs up
    close(peer);
  }

  const int socket_;
  int port_ = 0;
  std::atomic<bool> asked_ = false;
  std::thread thread_;
};

FetchLimits Loopback() {
  return {.allowed_hosts = {"127.0.0.1"}};
}

TEST(Fetch, ReadsAUrlOfAnAllowedHost) {
  const OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Fetch(server.Url(), Loopback()));
  EXPECT_EQ(bytes, "{}");
}

TEST(Fetch, OtherHostsAreNotAsked) {
  const OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_THAT(Fetch(server.Url(), {}), Fails(StatusCode::kPermissionDenied, REASON_UNSPECIFIED));
  for (const std::string& url :
       {server.Url("localhost"), server.Url("127.0.0.1@localhost"), server.Url("127.1"),
        server.Url("2130706433"), std::string("file:///etc/passwd"), std::string("://")}) {
    const auto got = Fetch(url, {.allowed_hosts = {"127.0.0.9"}});
    EXPECT_THAT(got, Fails(StatusCode::kPermissionDenied, REASON_UNSPECIFIED)) << url;
  }
  EXPECT_FALSE(server.asked());
}

TEST(Fetch, PlainHttpStaysOnLoopback) {
  EXPECT_THAT(Fetch("http://issuer.example/jwks.json", {.allowed_hosts = {"issuer.example"}}),
              Fails(StatusCode::kPermissionDenied, REASON_UNSPECIFIED));
}

TEST(Fetch, AnswersThatAreNotTheKeysAreRefused) {
  const std::string large(300 * 1024, 'x');
  for (const std::string& answer : {
           std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"),
           std::string("HTTP/1.1 204 No Content\r\n\r\n"),
           std::string(
               "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
           absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", large),
           std::string("no http at all\r\n\r\n"),
       }) {
    const OneAnswer server(answer);
    EXPECT_THAT(Fetch(server.Url(), Loopback()),
                Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED))
        << answer.substr(0, 30);
    EXPECT_TRUE(server.asked());
  }
}

TEST(Fetch, DoesNotWaitLongerThanTold) {
  const OneAnswer silent("");
  FetchLimits limits = Loopback();
  limits.timeout = absl::Milliseconds(50);
  const int64_t start = MonotonicMicros();
  EXPECT_THAT(Fetch(silent.Url(), limits), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_LT(MonotonicMicros() - start, 2'500'000);
}

TEST(Fetch, ReadsFilesUpToTheLimit) {
  const std::string path = ::testing::TempDir() + "/fetched";
  std::ofstream(path) << "0123456789";
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Fetch(path, {.bytes_max = 10}));
  EXPECT_EQ(bytes, "0123456789");
  EXPECT_THAT(Fetch(path, {.bytes_max = 9}), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_THAT(Fetch(path + ".absent", {}), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
  EXPECT_THAT(Fetch(::testing::TempDir(), {}), Fails(StatusCode::kUnavailable, REASON_UNSPECIFIED));
}

}  // namespace
}  // namespace pingan::auth
