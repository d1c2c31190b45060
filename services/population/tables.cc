#include "services/population/tables.h"

#include <limits>

#include "google/protobuf/util/time_util.h"
#include "services/population/compose.h"
#include "services/population/dwelling.h"
#include "services/population/person.h"
#include "services/population/spells.h"
#include "services/population/statistics.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

using google::protobuf::Message;
using google::protobuf::util::TimeUtil;
using rpc::FilterKind;
using store::Type;
using store::Value;

template <class Record>
const Record& As(const Message& message) {
  return static_cast<const Record&>(message);
}

Value Time(const google::protobuf::Timestamp& time) {
  return TimeUtil::TimestampToMicroseconds(time);
}

// An order column is never NULL: what has no time comes after all that has.
template <class Resource>
Value Due(const Resource& resource) {
  return resource.has_next_due_time() ? Time(resource.next_due_time())
                                      : Value(std::numeric_limits<int64_t>::max());
}

// In the order of the columns of the table, as the others below.
std::vector<Value> PersonColumns(const Message& message) {
  const v1::Person& person = As<v1::PersonRecord>(message).person();
  const v1::Residence* home = OpenSpell(person, v1::Residence::MAIN);
  std::string employer;
  for (const auto& job : person.employments()) {
    if (job.to_date().empty() && employer.empty()) employer = job.employer();
  }
  return {Time(person.create_time()),
          Due(person),
          v1::Person::State_Name(person.state()),
          v1::PersonKind_Name(person.kind()),
          home ? home->dwelling() : std::string(),
          employer,
          v1::ResidencePermit::State_Name(person.permit().state()),
          int64_t{person.verification_due()},
          person.move().to_area()};
}

std::vector<Value> DwellingColumns(const Message& message) {
  const v1::Dwelling& dwelling = As<v1::DwellingRecord>(message).dwelling();
  int64_t open_hazards = 0;
  for (const auto& hazard : dwelling.hazards()) open_hazards += hazard.rectify_date().empty();
  return {
      Time(dwelling.create_time()),        Due(dwelling), v1::Dwelling::Use_Name(dwelling.use()),
      int64_t{dwelling.over_occupied()},   open_hazards,  dwelling.external_id(),
      int64_t{dwelling.verification_due()}};
}

std::vector<Value> TaskColumns(const Message& message) {
  const v1::VerificationTask& task = As<v1::TaskRecord>(message).task();
  return {Time(task.create_time()),
          Due(task),
          v1::VerificationTask::State_Name(task.state()),
          v1::VerificationTask::Cause_Name(task.cause()),
          task.subject(),
          task.grid(),
          task.assignee(),
          int64_t{task.overdue()}};
}

std::vector<Value> DuplicateColumns(const Message& message) {
  const v1::DuplicateCandidate& candidate = As<v1::DuplicateRecord>(message).candidate();
  return {Time(candidate.create_time()),
          int64_t{candidate.points()},
          v1::DuplicateCandidate::State_Name(candidate.state()),
          candidate.first(),
          candidate.second(),
          candidate.second_area()};
}

// What all tables have alike.
template <class Record>
rpc::Table Make(const std::string& noun, std::vector<Value> (*columns)(const Message&)) {
  rpc::Table table;
  table.spec.name = noun + "s";
  table.noun = noun;
  table.spec.columns = {{"create_time", Type::kInteger}};
  table.filters = {{"create_time", {FilterKind::kTime}}};
  table.default_order = "create_time desc";
  table.make_record = [] { return std::make_unique<Record>(); };
  table.columns = columns;
  return table;
}

// Those that time does something to by itself.
template <class Record>
void AddTick(rpc::Table* table) {
  table->spec.columns.push_back({"next_due_time", Type::kInteger});
  table->spec.orders = {{"create_time", true}, {"next_due_time", false}};
  table->filters["next_due_time"] = {FilterKind::kTime};
  table->tick_wants = [](const Message& before) { return WantedByTick(As<Record>(before)); };
  table->tick = [](const Message& before, const Related& related,
                   const Env& env) -> StatusOr<rpc::Plan> {
    ASSIGN_OR_RETURN(auto decision, ComposeTick(As<Record>(before), related, env));
    return rpc::PlanOf(std::move(decision));
  };
}

// A column and how it is filtered by.
struct Filtered {
  const char* name;
  Type type;
  FilterKind kind;
  const google::protobuf::EnumDescriptor* names = nullptr;
};
void AddColumns(std::initializer_list<Filtered> columns, rpc::Table* table) {
  for (const auto& [name, type, kind, names] : columns) {
    table->spec.columns.push_back({name, type});
    table->filters[name] = {kind, names};
  }
}

// Records that are named by the decision that makes them, or by a link.
void NameBefore(rpc::Table* table) {
  table->sequence = [](const Message&, absl::Time) { return std::string(); };
  table->number = [](Message*, int64_t) {};
}

template <class Record>
void NameBySerial(rpc::Table* table) {
  table->sequence = [](const Message& record, absl::Time) {
    return SequenceOf(As<Record>(record));
  };
  table->number = [](Message* record, int64_t serial) {
    Number(static_cast<Record*>(record), serial);
  };
}

rpc::Table MakePersons() {
  using Record = v1::PersonRecord;
  auto table = Make<Record>("person", PersonColumns);
  AddTick<Record>(&table);
  table.recounts = true;
  AddColumns(
      {{"state", Type::kText, FilterKind::kEnum, v1::Person::State_descriptor()},
       {"kind", Type::kText, FilterKind::kEnum, v1::PersonKind_descriptor()},
       {"dwelling", Type::kText, FilterKind::kText},
       {"employer", Type::kText, FilterKind::kSealed},
       {"permit_state", Type::kText, FilterKind::kEnum, v1::ResidencePermit::State_descriptor()},
       {"verification_due", Type::kInteger, FilterKind::kBool}},
      &table);
  table.spec.columns.push_back({"shared_area", Type::kText});
  table.spec.indexed = {"shared_area"};
  table.resource = [](Message* record) -> Message* {
    return static_cast<Record*>(record)->mutable_person();
  };
  table.terms = [](const Message& record) { return TermsOf(As<Record>(record)); };
  table.shared_area = [](const Message& record) {
    return As<Record>(record).person().move().to_area();
  };
  table.shared_list = "moves_offered";
  NameBySerial<Record>(&table);
  table.stamp = [](Message* record, int64_t revision) {
    StampRevision(static_cast<Record*>(record), revision);
  };
  table.measures = {.dimensions = {kDimensions.begin(), kDimensions.end()},
                    .counters = {kCounters.begin(), kCounters.end()},
                    .derived = {}};
  table.measure = [](const Message& record, int sign, common::v1::Deltas* deltas) {
    Measure(As<Record>(record).person(), sign, deltas);
  };
  return table;
}

rpc::Table MakeDwellings() {
  using Record = v1::DwellingRecord;
  auto table = Make<Record>("dwelling", DwellingColumns);
  AddTick<Record>(&table);
  table.recounts = true;
  AddColumns({{"use", Type::kText, FilterKind::kEnum, v1::Dwelling::Use_descriptor()},
              {"over_occupied", Type::kInteger, FilterKind::kBool},
              {"open_hazards", Type::kInteger, FilterKind::kInteger},
              {"external_id", Type::kText, FilterKind::kText},
              {"verification_due", Type::kInteger, FilterKind::kBool}},
             &table);
  table.resource = [](Message* record) -> Message* {
    return static_cast<Record*>(record)->mutable_dwelling();
  };
  table.terms = [](const Message& record) { return TermsOf(As<Record>(record)); };
  NameBySerial<Record>(&table);
  table.measure = [](const Message& record, int sign, common::v1::Deltas* deltas) {
    Measure(As<Record>(record).dwelling(), sign, deltas);
  };
  return table;
}

rpc::Table MakeTasks() {
  using Record = v1::TaskRecord;
  auto table = Make<Record>("task", TaskColumns);
  AddTick<Record>(&table);
  AddColumns({{"state", Type::kText, FilterKind::kEnum, v1::VerificationTask::State_descriptor()},
              {"cause", Type::kText, FilterKind::kEnum, v1::VerificationTask::Cause_descriptor()},
              {"subject", Type::kText, FilterKind::kText},
              {"grid", Type::kText, FilterKind::kText},
              {"assignee", Type::kText, FilterKind::kText},
              {"overdue", Type::kInteger, FilterKind::kBool}},
             &table);
  table.resource = [](Message* record) -> Message* {
    return static_cast<Record*>(record)->mutable_task();
  };
  table.about = [](const Message& resource) {
    const auto& task = As<v1::VerificationTask>(resource);
    return std::vector<rpc::Shown>{{task.subject(), task.area()}};
  };
  NameBefore(&table);
  table.measure = [](const Message& record, int sign, common::v1::Deltas* deltas) {
    Measure(As<Record>(record).task(), sign, deltas);
  };
  return table;
}

rpc::Table MakeDuplicates() {
  using Record = v1::DuplicateRecord;
  auto table = Make<Record>("duplicate", DuplicateColumns);
  table.spec.orders = {{"create_time", true}, {"points", true}};
  AddColumns({{"points", Type::kInteger, FilterKind::kInteger},
              {"state", Type::kText, FilterKind::kEnum, v1::DuplicateCandidate::State_descriptor()},
              {"first", Type::kText, FilterKind::kText},
              {"second", Type::kText, FilterKind::kText}},
             &table);
  table.spec.columns.push_back({"shared_area", Type::kText});
  table.spec.indexed = {"shared_area"};
  table.resource = [](Message* record) -> Message* {
    return static_cast<Record*>(record)->mutable_candidate();
  };
  table.terms = [](const Message& record) { return TermsOf(As<Record>(record)); };
  table.shared_area = [](const Message& record) {
    return As<Record>(record).candidate().second_area();
  };
  table.shared_list = "of_second";
  table.about = [](const Message& resource) {
    const auto& pair = As<v1::DuplicateCandidate>(resource);
    return std::vector<rpc::Shown>{{pair.first(), pair.area()},
                                   {pair.second(), pair.second_area()}};
  };
  NameBefore(&table);
  table.measure = [](const Message& record, int sign, common::v1::Deltas* deltas) {
    Measure(As<Record>(record).candidate(), sign, deltas);
  };
  return table;
}

}  // namespace

const rpc::Table& PersonTable() {
  static const rpc::Table* const table = new rpc::Table(MakePersons());
  return *table;
}

const rpc::Table& DwellingTable() {
  static const rpc::Table* const table = new rpc::Table(MakeDwellings());
  return *table;
}

const rpc::Table& TaskTable() {
  static const rpc::Table* const table = new rpc::Table(MakeTasks());
  return *table;
}

const rpc::Table& DuplicateTable() {
  static const rpc::Table* const table = new rpc::Table(MakeDuplicates());
  return *table;
}

std::vector<const rpc::Table*> AllTables() {
  return {&PersonTable(), &DwellingTable(), &TaskTable(), &DuplicateTable()};
}

}  // namespace pingan::population
