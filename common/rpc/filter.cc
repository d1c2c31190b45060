#include "common/rpc/filter.h"

#include <cctype>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"

namespace pingan::rpc {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using store::Condition;

constexpr int kConditionsMax = 16;

Status Wanted(std::string_view wanted, size_t at) {
  return FieldError("filter", absl::StrCat("want ", AbslView(wanted), " at character ", at + 1),
                    common::v1::FILTER_INVALID);
}

bool IsWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
}

bool IsComparison(Condition::Op op) {
  return op != Condition::kEq && op != Condition::kNe;
}

std::string NamesOf(const EnumDescriptor& names) {
  std::string text;
  for (int i = 0; i < names.value_count(); ++i) {
    absl::StrAppend(&text, i > 0 ? " " : "", names.value(i)->name());
  }
  return text;
}

bool Holds(int number, Condition::Op op, int than) {
  switch (op) {
    case Condition::kLt:
      return number < than;
    case Condition::kLe:
      return number <= than;
    case Condition::kGt:
      return number > than;
    default:
      return number >= than;
  }
}

// The condition on a column of names; of a comparison, those that leave out the others.
void AddNamed(Condition condition, const EnumDescriptor& names, const EnumValueDescriptor& named,
              std::vector<Condition>* conditions) {
  if (!IsComparison(condition.op)) {
    condition.value = named.name();
    return conditions->push_back(std::move(condition));
  }
  for (int i = 0; i < names.value_count(); ++i) {
    const EnumValueDescriptor& other = *names.value(i);
    if (other.number() != 0 && Holds(other.number(), condition.op, named.number())) continue;
    conditions->push_back({condition.column, Condition::kNe, other.name()});
  }
}

class Parser {
 public:
  Parser(const Table& table, std::string_view text) : table_(table), text_(text) {}

  StatusOr<std::vector<Condition>> Parse() {
    std::vector<Condition> conditions;
    for (int read = 1;; ++read) {
      RETURN_IF_ERROR(One(&conditions));
      Space();
      if (at_ == text_.size()) return conditions;
      const size_t begin = at_;
      if (Word() != "AND") return Wanted("AND", begin);
      if (read == kConditionsMax) return Wanted("at most 16 conditions", begin);
    }
  }

 private:
  Status One(std::vector<Condition>* conditions) {
    Space();
    const size_t begin = at_;
    Condition condition{.column = std::string(Word())};
    const auto filter = table_.filters.find(condition.column);
    if (filter == table_.filters.end()) return Wanted("a column that can be filtered by", begin);
    const auto& [kind, names] = filter->second;
    Space();
    const size_t op = at_;
    if (!Operator(&condition.op)) return Wanted("= != < <= > or >=", op);
    const bool ordered = kind != FilterKind::kEnum && kind != FilterKind::kSealed;
    if (!ordered && IsComparison(condition.op)) {
      return Wanted("= or != for what has no order", op);
    }
    Space();
    const size_t value = at_;
    ASSIGN_OR_RETURN(std::string text, Literal());
    if (!names) {
      if (!Convert(kind, text, &condition.value)) return Wanted(Kind(kind), value);
      // What has no time is stored as the last of all, and is neither before nor after any.
      const bool after = condition.op == Condition::kGt || condition.op == Condition::kGe;
      if (kind == FilterKind::kTime && after) {
        conditions->push_back({condition.column, Condition::kLt, kNoTime});
      }
      conditions->push_back(std::move(condition));
      return absl::OkStatus();
    }
    const EnumValueDescriptor* named = names->FindValueByName(text);
    if (!named) return Wanted(absl::StrCat("one of ", NamesOf(*names)), value);
    AddNamed(std::move(condition), *names, *named, conditions);
    return absl::OkStatus();
  }

  void Space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string_view Word() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool Operator(Condition::Op* op) {
    static constexpr std::pair<std::string_view, Condition::Op> kOperators[] = {
        {"!=", Condition::kNe}, {"<=", Condition::kLe}, {">=", Condition::kGe},
        {"=", Condition::kEq},  {"<", Condition::kLt},  {">", Condition::kGt}};
    for (const auto& [sign, value] : kOperators) {
      if (text_.substr(at_, sign.size()) != sign) continue;
      at_ += sign.size();
      *op = value;
      return true;
    }
    return false;
  }

  StatusOr<std::string> Literal() {
    const size_t begin = at_;
    if (at_ == text_.size() || text_[at_] != '"') {
      std::string word(Word());
      if (word.empty()) return Wanted("a value", begin);
      return word;
    }
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return value;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_];
    }
    return Wanted("a closing quote", begin);
  }

  static std::string_view Kind(FilterKind kind) {
    switch (kind) {
      case FilterKind::kInteger:
        return "a whole number";
      case FilterKind::kBool:
        return "true or false";
      case FilterKind::kTime:
        return "a time such as \"2026-01-31T00:00:00Z\"";
      default:
        return "a value";
    }
  }

  static bool Convert(FilterKind kind, const std::string& text, store::Value* value) {
    int64_t number = 0;
    absl::Time time;
    switch (kind) {
      case FilterKind::kInteger:
        if (!absl::SimpleAtoi(text, &number)) return false;
        *value = number;
        return true;
      case FilterKind::kBool:
        if (text != "true" && text != "false") return false;
        *value = int64_t{text == "true"};
        return true;
      case FilterKind::kTime:
        if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return false;
        *value = absl::ToUnixMicros(time);
        return true;
      default:
        *value = text;
        return true;
    }
  }

  const Table& table_;
  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

StatusOr<std::vector<Condition>> ParseFilter(const Table& table, std::string_view filter) {
  if (filter.find_first_not_of(' ') == std::string_view::npos) return std::vector<Condition>();
  return Parser(table, filter).Parse();
}

StatusOr<OrderBy> ParseOrderBy(const Table& table, std::string_view order_by) {
  const std::string text = order_by.empty() ? table.default_order : std::string(order_by);
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  const bool shape =
      words.size() == 1 || (words.size() == 2 && (words[1] == "desc" || words[1] == "asc"));
  for (const auto& order : table.spec.orders) {
    if (shape && words[0] == order.column)
      return OrderBy{order.column, words.size() == 2 && words[1] == "desc"};
  }
  std::string known;
  for (const auto& order : table.spec.orders)
    absl::StrAppend(&known, known.empty() ? "" : " or ", order.column);
  return FieldError("order_by", absl::StrCat("want ", known, ", with or without desc"),
                    common::v1::FILTER_INVALID);
}

}  // namespace pingan::rpc
