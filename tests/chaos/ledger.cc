#include "tests/chaos/ledger.h"

#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/clock.h"

namespace pingan::chaos {
namespace {

constexpr size_t kExamplesMax = 10;
constexpr size_t kSerialDigits = 6;  // of `disputes/<county>-<year>-<6 digits>`
constexpr char kCreated[] = "dispute.registered";

enum class Answer {
  kDone,
  kRefused,  // not written, and why lies in the request
  kNotNow,   // not written, and why lies in the server
  kDoubt,
};

Answer AnswerOf(const Status& status) {
  if (status.ok()) return Answer::kDone;
  // Without a reason of the service's own it was the connection that failed, not the request.
  if (DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED) return Answer::kDoubt;
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return Answer::kDoubt;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return Answer::kNotNow;
    default:
      return Answer::kRefused;
  }
}

using Events = std::vector<const Observed::Event*>;

bool Contains(const Events& events, const std::string& name, int64_t revision) {
  return std::any_of(events.begin(), events.end(), [&](const auto* event) {
    return event->name == name && event->revision == revision;
  });
}

class Checker {
 public:
  explicit Checker(const Observed& observed) : observed_(observed) {
    for (const auto& event : observed.events) by_request_[event.request_id].push_back(&event);
  }

  void Acknowledged(const std::string& id, const std::string& name, int64_t revision) {
    const auto it = by_request_.find(id);
    if (it == by_request_.end() || !Contains(it->second, name, revision))
      Add(&verdict_.lost, "lost", absl::StrCat(id, " ", name, " revision ", revision));
  }

  void Failed(const std::string& id) {
    if (by_request_.contains(id)) Add(&verdict_.denied, "there though failed", id);
  }

  void Unsettled(const std::string& id) { Add(&verdict_.unsettled, "not settled", id); }
  void Contradicted(const std::string& id, const std::string& answer) {
    Add(&verdict_.doubled, "two answers", absl::StrCat(id, " then ", answer));
  }

  void Effects(const std::function<bool(const std::string&)>& sent) {
    for (const auto& [id, events] : by_request_) {
      if (!sent(id)) Add(&verdict_.denied, "never sent", id);
      std::set<std::string> kinds;
      for (const auto* event : events) {
        if (kinds.insert(event->kind).second && event->name == events.front()->name) continue;
        Add(&verdict_.doubled, "doubled", absl::StrCat(id, " ", event->kind, " ", event->name));
        break;
      }
    }
  }

  void Numbers() {
    int64_t last = 0;
    std::map<std::string, std::set<int64_t>> serials;
    for (const auto& event : observed_.events) {
      if (event.revision != last + 1)
        Add(&verdict_.numbering, "revision", absl::StrCat(event.revision, " after ", last));
      last = event.revision;
      if (event.kind != kCreated) continue;
      const size_t border = event.name.size() - std::min(event.name.size(), kSerialDigits);
      int64_t serial = 0;
      const bool number = absl::SimpleAtoi(event.name.substr(border), &serial);
      if (!number || !serials[event.name.substr(0, border)].insert(serial).second)
        Add(&verdict_.numbering, "code given twice", event.name);
    }
    for (const auto& [series, numbers] : serials) {
      for (int64_t want = 1; want <= *numbers.rbegin(); ++want) {
        if (!numbers.contains(want))
          Add(&verdict_.numbering, "code missing", absl::StrCat(series, want));
      }
    }
  }

  void Rows() {
    std::map<std::string, int64_t> versions;
    for (const auto& event : observed_.events) versions[event.name] = event.revision;
    for (const auto& row : observed_.rows) {
      const auto it = versions.find(row.name);
      if (it == versions.end() || it->second != row.version)
        Add(&verdict_.records, "row is not the last event", row.name);
      if (it != versions.end()) versions.erase(it);
    }
    for (const auto& [name, version] : versions) Add(&verdict_.records, "no row", name);
  }

  void Audits() {
    std::set<std::string> audited;
    std::set<int64_t> revisions;
    for (const auto& audit : observed_.audits) {
      const auto it = by_request_.find(audit.request_id);
      if (it == by_request_.end() || !Contains(it->second, audit.name, audit.revision) ||
          !revisions.insert(audit.revision).second) {
        Add(&verdict_.records, "audit row of no event", audit.request_id);
      }
      audited.insert(audit.request_id);
    }
    for (const auto& [id, events] : by_request_) {
      if (!audited.contains(id)) Add(&verdict_.records, "no audit row", id);
    }
  }

  Verdict Take() { return std::move(verdict_); }

 private:
  void Add(int* count, const std::string& what, const std::string& which) {
    ++*count;
    if (verdict_.examples.size() < kExamplesMax) verdict_.examples.push_back(what + ": " + which);
  }

  const Observed& observed_;
  std::map<std::string, Events> by_request_;
  Verdict verdict_;
};

}  // namespace

void Ledger::Intend(const std::string& request_id) {
  absl::MutexLock lock(&mutex_);
  entries_[request_id];
}

bool Ledger::Record(const std::string& request_id, const Status& status, const std::string& name,
                    int64_t revision) {
  absl::MutexLock lock(&mutex_);
  Entry& entry = entries_[request_id];
  switch (AnswerOf(status)) {
    case Answer::kDone:
      if (entry.state == Entry::kAcknowledged) {
        if (entry.name != name || entry.revision != revision)
          entry.contradiction = absl::StrCat("done as ", name, " revision ", revision);
        return true;
      }
      entry.state = Entry::kAcknowledged;
      entry.name = name;
      entry.revision = revision;
      Acknowledge();
      return true;
    case Answer::kDoubt:
      entry.doubted = true;
      break;
    case Answer::kRefused:
      if (entry.state == Entry::kAcknowledged) entry.contradiction = status.ToString();
      if (entry.state == Entry::kOpen) entry.state = Entry::kFailed;
      break;
    case Answer::kNotNow:
      if (entry.state == Entry::kOpen && !entry.doubted) entry.state = Entry::kFailed;
      break;
  }
  return entry.state != Entry::kOpen;
}

void Ledger::Acknowledge() {
  ++acknowledged_;
  const int64_t now = MonotonicMicros();
  if (last_us_ > 0) longest_us_ = std::max(longest_us_, now - last_us_);
  last_us_ = now;
}

int64_t Ledger::longest_pause_ms() const {
  absl::MutexLock lock(&mutex_);
  return longest_us_ / 1000;
}

bool Ledger::AwaitAcknowledged(int64_t count, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto enough = [&] { return acknowledged_ >= count; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), timeout);
}

int64_t Ledger::Count(Entry::State state) const {
  absl::MutexLock lock(&mutex_);
  return std::count_if(entries_.begin(), entries_.end(),
                       [&](const auto& entry) { return entry.second.state == state; });
}

int64_t Ledger::acknowledged() const {
  return Count(Entry::kAcknowledged);
}
int64_t Ledger::failed() const {
  return Count(Entry::kFailed);
}

int64_t Ledger::doubted() const {
  absl::MutexLock lock(&mutex_);
  return std::count_if(entries_.begin(), entries_.end(),
                       [](const auto& entry) { return entry.second.doubted; });
}

std::vector<std::pair<std::string, int64_t>> Ledger::Acknowledged() const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::pair<std::string, int64_t>> all;
  for (const auto& [id, entry] : entries_) {
    if (entry.state == Entry::kAcknowledged) all.emplace_back(entry.name, entry.revision);
  }
  return all;
}

Verdict Ledger::Check(const Observed& observed) const {
  absl::MutexLock lock(&mutex_);
  Checker checker(observed);
  for (const auto& [id, entry] : entries_) {
    if (!entry.contradiction.empty()) checker.Contradicted(id, entry.contradiction);
    if (entry.state == Entry::kAcknowledged) checker.Acknowledged(id, entry.name, entry.revision);
    if (entry.state == Entry::kFailed) checker.Failed(id);
    if (entry.state == Entry::kOpen) checker.Unsettled(id);
  }
  checker.Effects([&](const std::string& id) { return entries_.contains(id); });
  checker.Numbers();
  checker.Rows();
  checker.Audits();
  return checker.Take();
}

}  // namespace pingan::chaos
