#include "common/store/query.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/area/scope.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

Status Malformed(std::string_view what, std::string_view name) {
  return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
               absl::StrCat("query: ", AbslView(what), " ", AbslView(name)));
}

std::string Add(std::vector<Param>* params, Param param) {
  params->push_back(std::move(param));
  return absl::StrCat("$", params->size());
}

bool Fits(const Value& value, Type type) {
  return type == Type::kInteger ? std::holds_alternative<int64_t>(value)
                                : std::holds_alternative<std::string>(value);
}

std::optional<Type> TypeOf(const std::vector<Column>& columns, std::string_view name) {
  for (const Column& column : columns) {
    if (column.name == name && name != "body") return column.type;
  }
  return std::nullopt;
}

std::string_view Operator(Condition::Op op) {
  switch (op) {
    case Condition::kEq:
      return "=";
    case Condition::kNe:
      return "IS DISTINCT FROM";
    case Condition::kLt:
      return "<";
    case Condition::kLe:
      return "<=";
    case Condition::kGt:
      return ">";
    case Condition::kGe:
      return ">=";
  }
  return "";
}

StatusOr<std::string> ToText(const Condition& condition, const std::vector<Column>& columns,
                             std::vector<Param>* params) {
  const auto type = TypeOf(columns, condition.column);
  if (!type.has_value()) return Malformed("unknown column", condition.column);
  const std::string name = Quoted(condition.column);
  const bool null = std::holds_alternative<std::monostate>(condition.value);
  if (null && condition.op == Condition::kEq) return name + " IS NULL";
  if (null && condition.op == Condition::kNe) return name + " IS NOT NULL";
  if (!Fits(condition.value, *type))
    return Malformed("value of another type for", condition.column);
  return absl::StrCat(name, " ", AbslView(Operator(condition.op)), " ",
                      Add(params, {condition.value, *type}));
}

}  // namespace

std::string ScopeCondition(std::string_view scope, std::vector<Param>* params) {
  if (scope.empty()) return "";
  const Value value = std::string(scope);
  if (scope.size() == area::kCodeLength) return "area = " + Add(params, value);
  if (scope.size() >= 6)
    return absl::StrCat("substr(area, 1, ", scope.size(), ") = ", Add(params, value));
  const std::string from = "area >= " + Add(params, value);
  return from + " AND area < " + Add(params, Value(area::UpperBound(scope)));
}

namespace {

// Everything after the select list: from the table to the limit.
StatusOr<Sql> FromWhere(const Query& query) {
  const std::vector<Column> columns = ColumnsOf(*query.table);
  const bool by_key = query.order_by == "key";
  const bool declared =
      std::any_of(query.table->orders.begin(), query.table->orders.end(),
                  [&](const Order& order) { return order.column == query.order_by; });
  if (!by_key && !declared) return Malformed("unknown order", query.order_by);
  if (!query.scope.empty() && !area::IsScope(query.scope))
    return Malformed("bad scope", query.scope);
  if (query.limit < 1) return Malformed("bad", "limit");

  Sql sql;
  std::vector<std::string> where;
  if (!query.scope.empty()) where.push_back(ScopeCondition(query.scope, &sql.params));
  for (const Condition& condition : query.conditions) {
    ASSIGN_OR_RETURN(std::string text, ToText(condition, columns, &sql.params));
    where.push_back(std::move(text));
  }
  const std::string order = Quoted(query.order_by);
  const char* const beyond = query.descending ? "<" : ">";
  if (query.after.has_value()) {
    const auto& [value, key] = *query.after;
    const Type type = *TypeOf(columns, query.order_by);
    if (!by_key && !Fits(value, type))
      return Malformed("value of another type for", query.order_by);
    if (by_key) {
      where.push_back(absl::StrCat("key ", beyond, " ", Add(&sql.params, Value(key))));
    } else {
      const std::string from = Add(&sql.params, {value, type});
      where.push_back(absl::StrCat("(", order, ", key) ", beyond, " (", from, ", ",
                                   Add(&sql.params, Value(key)), ")"));
    }
  }
  sql.text = absl::StrCat(" FROM ", Quoted(query.table->name), where.empty() ? "" : " WHERE ",
                          absl::StrJoin(where, " AND "));
  const char* const direction = query.descending ? " DESC" : "";
  absl::StrAppend(&sql.text, " ORDER BY ", by_key ? "" : absl::StrCat(order, direction, ", "),
                  "key", direction, " LIMIT ", Add(&sql.params, Value(int64_t{query.limit})));
  return sql;
}

}  // namespace

StatusOr<Sql> ToSql(const Query& query) {
  ASSIGN_OR_RETURN(Sql sql, FromWhere(query));
  sql.text = absl::StrCat("SELECT ", SelectList(ColumnsOf(*query.table)), sql.text);
  return sql;
}

StatusOr<Sql> ToCount(const Query& query) {
  // Without the order the database would gather all that match before it takes as many as wanted.
  ASSIGN_OR_RETURN(Sql sql, FromWhere(query));
  sql.text = absl::StrCat("SELECT count(*) FROM (SELECT 1", sql.text, ") AS matching");
  return sql;
}

}  // namespace pingan::store
