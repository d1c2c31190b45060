// Table: everything the pipeline must know of one kind of record to read, decide, write and list
// it. A service fills one per record in its tables.cc; there is no other code between proto and
// row.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/events/cube.h"
#include "common/store/row.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::rpc {

using google::protobuf::Message;

// How a declared column is written in a filter.
enum class FilterKind {
  kText,
  kSealed,  // text of which only the blind index is stored: = and != by who may see it, no order
  kInteger,
  kBool,  // stored as 0 and 1
  kTime,  // stored as Unix microseconds or kNoTime, written in RFC 3339
  kEnum,  // stored by its name, of no order
  kRank,  // stored by its name, ordered by its number
};

// What a kTime column holds of a record that has no such time: it comes after all that has one.
inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::max();

// A column that clients may filter by.
struct Filter {
  FilterKind kind;
  const google::protobuf::EnumDescriptor* names = nullptr;  // of kEnum and kRank
};

// What a decision wants written, whatever the type of its record.
struct Plan {
  std::shared_ptr<Message> after;
  std::vector<std::string> events;  // kinds; none = nothing to write
  std::vector<Change> also = {};
  bool forget = false;
};

template <class Record>
Plan PlanOf(Decision<Record> decision) {
  return {std::make_shared<Record>(std::move(decision.after)), std::move(decision.events),
          std::move(decision.also), decision.forget};
}

// A resource that an answer shows or tells of.
struct Shown {
  std::string name, area;
};

// `Record` is the stored message; the resource of the API is a message inside it with the fields
// name, area, create_time, update_time, etag and revision, which the pipeline sets.
struct Table {
  store::TableSpec spec;
  // What its records are called in permissions: whoever reads one by whatever method must hold
  // `<noun>.get`, and to see its sensitive fields `<noun>.reveal`.
  std::string noun;
  std::map<std::string, Filter> filters;  // by column
  std::string default_order;              // "create_time desc"

  std::function<std::unique_ptr<Message>()> make_record;
  std::function<Message*(Message* record)> resource;

  // The values of spec.columns.
  std::function<std::vector<store::Value>(const Message& record)> columns;

  // What else it can be found by; null = nothing.
  std::function<std::vector<Term>(const Message& record)> terms;

  // A second area that may see the record, such as the one it is offered to; empty = none.
  std::function<std::string(const Message& record)> shared_area = [](const Message&) {
    return std::string();
  };
  // The bool field of a List request that asks for the records shared with the area instead of
  // those in it; such a table keeps the shared area in an indexed column `shared_area`. Empty =
  // there is none.
  std::string shared_list;

  // Whether the party of this resource name is one of the record's own, who sees it and nothing
  // else; null = no record has any.
  std::function<bool(const Message& record, std::string_view party)> has_party;

  // Whom it tells of besides, as a task does of its subject: who is shown the record is shown
  // something of these; null = nobody.
  std::function<std::vector<Shown>(const Message& resource)> about;

  // The gapless counter that names a new record, and the naming itself, which may come again with
  // another serial; null where every record is named by the decision that makes it.
  std::function<std::string(const Message& record, absl::Time now)> sequence;
  std::function<void(Message* record, int64_t serial)> number;

  // Fills in the revision of the write where the record remembers it and has none yet; null =
  // nowhere.
  std::function<void(Message* record, int64_t revision)> stamp;

  // What the clock does by itself to a record whose column next_due_time has come; null = nothing.
  // Then next_due_time is among the orders (Unix microseconds; kNoTime = never). It has at hand
  // what `tick_wants` names; null = nothing.
  std::function<StatusOr<Plan>(const Message& before, const Related&, const Env&)> tick;
  std::function<Wanted(const Message& before)> tick_wants;
  // Whether days are counted by the calendar and limits of now, whenever the record was written:
  // then `tick` of a record whose day has not come also restates it where it waits for another.
  bool recounts = false;

  // What is counted, and adding (sign 1) or taking away (-1) what the record counts; `measure` may
  // be null. A service counts by the measures of its main table.
  events::Measures measures;
  std::function<void(const Message& record, int sign, common::v1::Deltas*)> measure;

  // What a row holds in a declared column; NULL in one that is not.
  const store::Value& ValueOf(const store::Row& row, std::string_view column) const;

  const Message& Resource(const Message& record) const {
    return *resource(const_cast<Message*>(&record));
  }
};

// The common fields of a resource.
std::string ResourceText(const Message& resource,
                         const char* field);  // "" if there is no such field
void StampResource(Message* resource, int64_t revision, absl::Time now);

}  // namespace pingan::rpc
