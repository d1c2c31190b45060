#include "common/store/records.h"

#include "absl/strings/str_join.h"

namespace pingan::store {
namespace {

// Spreads decoded values over the members of a record, in order.
struct Spread {
  std::vector<Value> values;
  size_t next = 0;
  Spread& operator>>(int64_t& to) { return to = Integer(values.at(next++)), *this; }
  Spread& operator>>(std::string& to) { return to = String(std::move(values.at(next++))), *this; }
};

template <class... T>
std::vector<Value> Values(T&&... members) {
  std::vector<Value> values;
  values.reserve(sizeof...(members));
  (values.emplace_back(std::forward<T>(members)), ...);
  return values;
}

}  // namespace

std::vector<Column> ColumnsOf(const TableSpec& table) {
  std::vector<Column> columns = {
      {"key"}, {"area"}, {"version", Type::kInteger}, {"body", Type::kBytes}};
  columns.insert(columns.end(), table.columns.begin(), table.columns.end());
  return columns;
}

const std::vector<Column>& EventColumns() {
  static const auto* const columns = new std::vector<Column>{{"revision", Type::kInteger},
                                                             {"time_us", Type::kInteger},
                                                             {"actor"},
                                                             {"request_id"},
                                                             {"name"},
                                                             {"area"},
                                                             {"kind"},
                                                             {"subject"},
                                                             {"body", Type::kBytes},
                                                             {"deltas", Type::kBytes},
                                                             {"also"}};
  return *columns;
}

const std::vector<Column>& AuditColumns() {
  static const auto* const columns = new std::vector<Column>{{"id", Type::kInteger},
                                                             {"time_us", Type::kInteger},
                                                             {"actor"},
                                                             {"method"},
                                                             {"name"},
                                                             {"area"},
                                                             {"purpose"},
                                                             {"request_id"},
                                                             {"revision", Type::kInteger},
                                                             {"link", Type::kBytes}};
  return *columns;
}

const std::vector<Column>& ReplyColumns() {
  static const auto* const columns = new std::vector<Column>{{"key", Type::kBytes},
                                                             {"fingerprint", Type::kBytes},
                                                             {"name"},
                                                             {"revision", Type::kInteger},
                                                             {"time_us", Type::kInteger}};
  return *columns;
}

std::vector<std::string> Names(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

std::string SelectList(const std::vector<Column>& columns) {
  return absl::StrJoin(columns, ", ",
                       [](std::string* out, const Column& column) { *out += Quoted(column.name); });
}

std::vector<Value> Encode(Row row) {
  auto values = Values(std::move(row.key), std::move(row.area), row.version, std::move(row.body));
  values.insert(values.end(), std::make_move_iterator(row.columns.begin()),
                std::make_move_iterator(row.columns.end()));
  return values;
}

std::vector<Value> Encode(Event e) {
  return Values(e.revision, e.time_us, std::move(e.actor), std::move(e.request_id),
                std::move(e.name), std::move(e.area), std::move(e.kind), std::move(e.subject),
                std::move(e.body), std::move(e.deltas), std::move(e.also));
}

std::vector<Value> Encode(Audit a) {
  return Values(a.id, a.time_us, std::move(a.actor), std::move(a.method), std::move(a.name),
                std::move(a.area), std::move(a.purpose), std::move(a.request_id), a.revision,
                std::move(a.link));
}

std::vector<Value> Encode(Reply r) {
  return Values(std::move(r.key), std::move(r.fingerprint), std::move(r.name), r.revision,
                r.time_us);
}

Row DecodeRow(std::vector<Value> values) {
  Row row;
  Spread from{std::move(values)};
  from >> row.key >> row.area >> row.version >> row.body;
  row.columns.assign(std::make_move_iterator(from.values.begin() + from.next),
                     std::make_move_iterator(from.values.end()));
  return row;
}

Event DecodeEvent(std::vector<Value> values) {
  Event e;
  Spread{std::move(values)} >> e.revision >> e.time_us >> e.actor >> e.request_id >> e.name >>
      e.area >> e.kind >> e.subject >> e.body >> e.deltas >> e.also;
  return e;
}

Audit DecodeAudit(std::vector<Value> values) {
  Audit a;
  Spread{std::move(values)} >> a.id >> a.time_us >> a.actor >> a.method >> a.name >> a.area >>
      a.purpose >> a.request_id >> a.revision >> a.link;
  return a;
}

Reply DecodeReply(std::vector<Value> values) {
  Reply r;
  Spread{std::move(values)} >> r.key >> r.fingerprint >> r.name >> r.revision >> r.time_us;
  return r;
}

int64_t Integer(const Value& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer ? *integer : 0;
}

std::string String(Value value) {
  auto* string = std::get_if<std::string>(&value);
  return string ? std::move(*string) : std::string();
}

}  // namespace pingan::store
