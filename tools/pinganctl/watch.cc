// pinganctl watch: the event feed, one line of JSON each.
#include <algorithm>
#include <cstdio>
#include <thread>

#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(Goes on until Ctrl-C or --count events. When the server goes away it is asked again, from the last
revision on, so that every event is printed once. Personal data is masked.
)";

constexpr absl::Duration kPauseMin = absl::Milliseconds(100);
constexpr absl::Duration kPauseMax = absl::Seconds(5);

// Whether the stream ended in a way that is worth coming back for.
bool ComesBack(const Status& status) {
  return status.ok() || status.code() == absl::StatusCode::kUnavailable ||
         DetailsOf(status).reason == common::v1::TOKEN_EXPIRED;
}

class Watcher {
 public:
  explicit Watcher(const Options& options) : options_(options), left_(options.Number("count")) {
    request_.set_area(options.Text("area"));
    request_.set_from_revision(options.Number("from"));
  }

  Status Run() {
    auto client = Connect(options_);
    if (!client.ok()) return client.status();
    absl::Duration pause = kPauseMin;
    while (true) {
      const int64_t before = request_.from_revision();
      if (client.ok()) {
        const Status status = Follow(**client);
        if (!printed_.ok()) return printed_;
        if (finished_) return absl::OkStatus();
        if (!ComesBack(status)) return status;
      }
      pause = request_.from_revision() > before ? kPauseMin : std::min(pause * 2, kPauseMax);
      std::this_thread::sleep_for(absl::ToChronoMilliseconds(pause));
      // A new connection with a new token: the server may have moved to another port, and at the
      // old one another may listen by now.
      client = Connect(options_);
    }
  }

 private:
  Status Follow(const rpc::Client& client) {
    return client.Watch(request_, v1::WatchDisputesResponse::default_instance(),
                        absl::InfiniteDuration(), [this](const google::protobuf::Message& answer) {
                          return Take(static_cast<const v1::WatchDisputesResponse&>(answer));
                        });
  }

  bool Take(const v1::WatchDisputesResponse& answer) {
    request_.set_from_revision(answer.revision());
    if (!answer.has_event()) return true;
    const auto json = Json(answer.event());
    printed_ = json.status();
    if (!json.ok()) return false;
    std::printf("%s\n", json->c_str());
    std::fflush(stdout);
    finished_ = left_ > 0 && --left_ == 0;
    return !finished_;
  }

  const Options& options_;
  v1::WatchDisputesRequest request_;
  int64_t left_;  // 0 = without end
  bool finished_ = false;
  Status printed_;
};

Status Watch(const Options& options) {
  return Watcher(options).Run();
}

}  // namespace

Verb WatchVerb() {
  return {
      "watch",
      "",
      "Prints events as they happen, one line of JSON each",
      kHelp,
      ServerFlags({{"from", Flag::kNumber, "-1", "revision to begin after; 0 = all, -1 = now", -1},
                   {"area", Flag::kText, "", "scope; empty = the token's own"},
                   {"count", Flag::kNumber, "0", "end after so many events; 0 = never", 0}}),
      0,
      0,
      Watch};
}

}  // namespace pingan::ctl
