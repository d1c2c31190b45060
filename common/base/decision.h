// The words of a decision: pure functions `Decide<Verb>(before, request, env) ->
// StatusOr<Decision<Record>>`.
//
// A decision reads nothing but its arguments: all reads were gathered before, time and caller come
// in through Env. So it can be run again after a conflict, and tested as a table.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/base/limits.h"

namespace pingan {

namespace area {
class Tree;
}
namespace auth {
struct Caller;
}
namespace calendar {
class Calendar;
}

// What the world looks like to one decision.
struct Env {
  const auth::Caller& caller;
  absl::Time now;
  const area::Tree& areas;
  const calendar::Calendar& calendar;
  const Limits& limits;  // of the service, as the city wants them
};

// Something a record can be found by that is not one of its columns: one of several values, or a
// secret one, of which only a blind index is stored.
struct Term {
  std::string index;  // "id_number"; alike for all records of a table
  std::string value;  // in normal form
  bool secret = false;
  std::string table = {};  // whose records are searched; empty = that of the request
};

// These records as they were read. Whether the caller may see them is for the decision to say.
class Related {
 public:
  using Message = google::protobuf::Message;

  void Add(std::string name, std::shared_ptr<const Message> record) {
    records_.emplace(std::move(name), std::move(record));
  }

  // Null if there is none of that name, or not of that type.
  template <class Record>
  const Record* Get(std::string_view name) const {
    const auto found = records_.find(name);
    return found == records_.end() ? nullptr : As<Record>(*found->second);
  }

  // All of that type, by name.
  template <class Record>
  std::vector<const Record*> All() const {
    std::vector<const Record*> all;
    for (const auto& [name, record] : records_) {
      if (const Record* one = As<Record>(*record)) all.push_back(one);
    }
    return all;
  }

 private:
  template <class Record>
  static const Record* As(const Message& record) {
    return record.GetDescriptor() == Record::descriptor() ? static_cast<const Record*>(&record)
                                                          : nullptr;
  }

  std::map<std::string, std::shared_ptr<const Message>, std::less<>> records_;
};

// The records that a decision looks at besides the one it changes. By term, at most `limit`. That a
// term finds no others is guarded while it finds fewer than twenty: what more share, such as the
// telephone of an office, would hold up everybody who writes to one of them.
struct Wanted {
  std::vector<std::string> names;
  std::vector<Term> terms;
  int limit = 20;
  // What these lead to; null = no further.
  std::function<Wanted(const Related& found)> then;
};

// Another record that changes together with the one decided on.
struct Change {
  std::string name;  // wanted by that name before; empty = `link` names a new one
  std::shared_ptr<google::protobuf::Message> after;
  std::vector<std::string> events;
  // Fills in what only the commit knows: the name of a new main record.
  std::function<void(const google::protobuf::Message& main, google::protobuf::Message* after)> link;
  bool forget = false;        // as Decision::forget
  std::string rests_on = {};  // a record wanted before that must be as it was read; empty = none
};

// The record as it is to be stored, and what happened, in order: each kind becomes one event with
// its own revision ("dispute.accepted"). At least one.
template <class Record>
struct Decision {
  Record after;
  std::vector<std::string> events;
  std::vector<Change> also;
  // Destroys the key of everything stored about the subject so far; `after` is under a new one.
  bool forget = false;
};

// A decision as a change that goes with another; without a name, of a new record that is named
// already.
template <class Record>
Change ChangeOf(std::string name, Decision<Record> decision) {
  return {.name = std::move(name),
          .after = std::make_shared<Record>(std::move(decision.after)),
          .events = std::move(decision.events),
          .link = nullptr,
          .forget = decision.forget,
          .rests_on = {}};
}

}  // namespace pingan
