// Ledger: what clients asked for and were told while servers died, and the check of that against
// what is there afterwards.
//
//   ledger.Intend(id);  // before each try
//   const Status status = client.Call(request, &answer);
//   bool settled = ledger.Record(id, status, answer.name(), answer.revision());
//   Verdict verdict = ledger.Check(observed);
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/base/status.h"

namespace pingan::chaos {

// What the feed and the tables hold after a run.
struct Observed {
  struct Event {
    int64_t revision = 0;
    std::string request_id, name, kind;
  };
  struct Audit {
    int64_t revision = 0;
    std::string request_id, name;
  };
  struct Row {
    std::string name;
    int64_t version = 0;
  };
  std::vector<Event> events;  // in the order of the feed
  std::vector<Audit> audits;  // of writes
  std::vector<Row> rows;
};

// What does not agree, counted.
struct Verdict {
  int lost = 0;       // acknowledged, but not there as it was acknowledged
  int doubled = 0;    // one request with two effects or two different answers
  int denied = 0;     // there, though every try was answered with "not written", or never sent
  int unsettled = 0;  // not known at the end
  int numbering = 0;  // revisions or case codes missing or given twice
  int records = 0;    // rows or audit rows that disagree with the events
  int unread = 0;     // acknowledged, but Get answers something older
  int stuck = 0;      // no write succeeded any more
  int cancelled = 0;  // commits that did not wait for the standby to the end
  std::vector<std::string> examples;  // the first of them

  bool ok() const {
    return lost + doubled + denied + unsettled + numbering + records + unread + stuck + cancelled ==
           0;
  }
};

// Thread-safe.
class Ledger {
 public:
  // The request is about to be sent, for the first time or again.
  void Intend(const std::string& request_id);

  // What a try was answered. True if the request is settled: acknowledged, or failed for good. What
  // may or may not have happened stays open until a retry is acknowledged or refused for a reason
  // of its own; "not now" settles only what was never in doubt.
  bool Record(const std::string& request_id, const Status& status, const std::string& name,
              int64_t revision);

  // Waits until so many requests are acknowledged; false after the timeout.
  bool AwaitAcknowledged(int64_t count, absl::Duration timeout) const;

  int64_t acknowledged() const;
  int64_t failed() const;
  int64_t doubted() const;  // requests that were in doubt at some time
  // The longest time between two acknowledgements: so long nobody could write.
  int64_t longest_pause_ms() const;

  // (name, revision) of every acknowledged request.
  std::vector<std::pair<std::string, int64_t>> Acknowledged() const;

  Verdict Check(const Observed& observed) const;

 private:
  struct Entry {
    enum State { kOpen, kAcknowledged, kFailed };
    State state = kOpen;
    bool doubted = false;       // a try may have been carried out
    std::string contradiction;  // an answer that cannot be true beside the first; empty = none
    std::string name;
    int64_t revision = 0;
  };

  int64_t Count(Entry::State state) const;
  void Acknowledge();

  mutable absl::Mutex mutex_;
  std::map<std::string, Entry> entries_;
  int64_t acknowledged_ = 0;
  int64_t last_us_ = 0, longest_us_ = 0;  // the last acknowledgement, the longest pause
};

}  // namespace pingan::chaos
