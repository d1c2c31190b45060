#include "services/disputes/tables.h"

#include "google/protobuf/util/time_util.h"
#include "pingan/disputes/v1/dispute.pb.h"
#include "services/disputes/message.h"
#include "services/disputes/registration.h"
#include "services/disputes/statistics.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes {
namespace {

namespace v1 = pingan::disputes::v1;
using google::protobuf::Message;
using google::protobuf::util::TimeUtil;
using rpc::FilterKind;
using store::Type;
using store::Value;

const v1::DisputeRecord& Record(const Message& message) {
  return static_cast<const v1::DisputeRecord&>(message);
}

Value Time(bool set, const google::protobuf::Timestamp& time) {
  return set ? TimeUtil::TimestampToMicroseconds(time) : rpc::kNoTime;
}

// In the order of the columns below.
std::vector<Value> Columns(const Message& message) {
  const v1::Dispute& dispute = Record(message).dispute();
  return {Time(true, dispute.create_time()),
          Time(dispute.has_next_due_time(), dispute.next_due_time()),
          v1::Dispute::State_Name(dispute.state()),
          dispute.category(),
          v1::Risk_Name(dispute.risk()),
          v1::Level_Name(dispute.level()),
          int64_t{dispute.major()},
          dispute.owner().unit().code(),
          v1::Source_Name(dispute.source()),
          dispute.external_id(),
          dispute.has_transfer() ? dispute.transfer().to().area() : std::string()};
}

// What is asked of a list by.
void AddColumns(rpc::Table* to) {
  rpc::Table& table = *to;
  table.spec = {.name = "disputes",
                .columns = {{"create_time", Type::kInteger},
                            {"next_due_time", Type::kInteger},
                            {"state", Type::kText},
                            {"category", Type::kText},
                            {"risk", Type::kText},
                            {"level", Type::kText},
                            {"major", Type::kInteger},
                            {"owner", Type::kText},
                            {"source", Type::kText},
                            {"external_id", Type::kText},
                            {"shared_area", Type::kText}},
                .orders = {{"create_time", true}, {"next_due_time", false}},
                .indexed = {"shared_area"}};
  table.filters = {{"create_time", {FilterKind::kTime}},
                   {"next_due_time", {FilterKind::kTime}},
                   {"state", {FilterKind::kEnum, v1::Dispute::State_descriptor()}},
                   {"category", {FilterKind::kText}},
                   {"risk", {FilterKind::kRank, v1::Risk_descriptor()}},
                   {"level", {FilterKind::kRank, v1::Level_descriptor()}},
                   {"major", {FilterKind::kBool}},
                   {"owner", {FilterKind::kText}},
                   {"source", {FilterKind::kEnum, v1::Source_descriptor()}},
                   {"external_id", {FilterKind::kText}}};
  table.default_order = "create_time desc";
  table.columns = Columns;
}

rpc::Table Make() {
  rpc::Table table;
  AddColumns(&table);
  table.noun = "dispute";
  table.make_record = [] { return std::make_unique<v1::DisputeRecord>(); };
  table.resource = [](Message* record) -> Message* {
    return static_cast<v1::DisputeRecord*>(record)->mutable_dispute();
  };
  table.shared_area = [](const Message& record) {
    const v1::Dispute& dispute = Record(record).dispute();
    return dispute.has_transfer() ? dispute.transfer().to().area() : std::string();
  };
  table.has_party = [](const Message& record, std::string_view party) {
    return !PartyOf(Record(record).dispute(), party).empty();
  };
  table.shared_list = "transfers_offered";
  table.sequence = [](const Message& record, absl::Time now) {
    return SequenceOf(Record(record), now);
  };
  table.number = [](Message* record, int64_t serial) {
    Number(static_cast<v1::DisputeRecord*>(record), serial);
  };
  table.tick = [](const Message& before, const Related&, const Env& env) -> StatusOr<rpc::Plan> {
    ASSIGN_OR_RETURN(auto decision, DecideTick(Record(before), env));
    return rpc::PlanOf(std::move(decision));
  };
  table.recounts = true;
  table.measures = {.dimensions = {kDimensions.begin(), kDimensions.end()},
                    .counters = {kCounters.begin(), kCounters.end()},
                    .derived = {{"group", "category", 2}}};
  table.measure = [](const Message& record, int sign, common::v1::Deltas* deltas) {
    Measure(Record(record).dispute(), sign, deltas);
  };
  return table;
}

}  // namespace

const rpc::Table& DisputeTable() {
  static const rpc::Table* const table = new rpc::Table(Make());
  return *table;
}

}  // namespace pingan::disputes
