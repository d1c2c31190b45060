#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "common/area/scope.h"
#include "common/rpc/admission.h"
#include "common/rpc/columns.h"
#include "common/rpc/filter.h"
#include "common/rpc/forms.h"
#include "common/rpc/page.h"
#include "common/rpc/page_token.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kPageDefault = 50;
constexpr int kCountMax = 1000;

// The fields that list requests and responses share; `shared` is null where the table has none.
struct ListFields {
  const FieldDescriptor *area, *filter, *order_by, *page_size, *page_token, *shared;
  const FieldDescriptor *items, *next, *total;

  static StatusOr<ListFields> Of(const Table& table, const Shapes& shapes) {
    Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
    ListFields fields{.area = request.One("area", FieldDescriptor::CPPTYPE_STRING),
                      .filter = request.One("filter", FieldDescriptor::CPPTYPE_STRING),
                      .order_by = request.One("order_by", FieldDescriptor::CPPTYPE_STRING),
                      .page_size = request.One("page_size", FieldDescriptor::CPPTYPE_INT32),
                      .page_token = request.One("page_token", FieldDescriptor::CPPTYPE_STRING),
                      .shared = nullptr,
                      .items = response.Items(),
                      .next = response.One("next_page_token", FieldDescriptor::CPPTYPE_STRING),
                      .total = response.One("total_size_at_least", FieldDescriptor::CPPTYPE_INT32)};
    if (!table.shared_list.empty()) {
      fields.shared = request.One(table.shared_list, FieldDescriptor::CPPTYPE_BOOL);
    }
    RETURN_IF_ERROR(request.status());
    RETURN_IF_ERROR(response.status());
    return fields;
  }
};

struct Page {
  store::Query query;
  std::string binding;  // of the page token
  int size;
};

StatusOr<Page> PageOf(const Call& call, const Table& table, const ListFields& fields) {
  const Message& request = *call.request;
  Page page;
  page.query.table = &table.spec;
  ASSIGN_OR_RETURN(const std::string scope,
                   ScopeFor(call.parts, call.caller(), StringField(request, fields.area)));
  const std::string_view filter = StringField(request, fields.filter);
  ASSIGN_OR_RETURN(page.query.conditions, ConditionsFor(call.parts, call.admitted, table, filter));
  if (BoolField(request, fields.shared)) {
    // What is shared is little: its own index serves it, whatever area the file is in.
    page.query.conditions.push_back({"shared_area", store::Condition::kNe, std::string()});
    page.query.conditions.push_back({"shared_area", store::Condition::kGe, scope});
    page.query.conditions.push_back({"shared_area", store::Condition::kLt, scope + ":"});
  } else {
    page.query.scope = scope;
  }
  ASSIGN_OR_RETURN(OrderBy order, ParseOrderBy(table, StringField(request, fields.order_by)));
  page.query.order_by = order.column;
  page.query.descending = order.descending;
  const int size = request.GetReflection()->GetInt32(request, fields.page_size);
  page.size = size > 0 ? size : kPageDefault;
  page.binding =
      absl::StrCat(call.method.short_name, "\n", call.caller().subject, "\n", scope, "\n",
                   AbslView(filter), "\n", order.column, order.descending ? "-" : "+",
                   BoolField(request, fields.shared) ? "s" : "");
  ASSIGN_OR_RETURN(page.query.after, DecodePageToken(*call.parts.keyring, page.binding,
                                                     StringField(request, fields.page_token)));
  return page;
}

// The position of a row in the order.
Position PositionOf(const Table& table, const store::Query& query, const store::Row& row) {
  for (size_t i = 0; i < table.spec.columns.size(); ++i) {
    if (table.spec.columns[i].name == query.order_by) return {row.columns[i], row.key};
  }
  return {std::monostate(), row.key};
}

// How many match at least. Counted, up to a limit, where an index alone tells; else what is known:
// the rows of this page, and one more where there is a next.
StatusOr<int64_t> CountOf(const Call& call, const store::Query& query, size_t rows, bool more) {
  const int64_t known = static_cast<int64_t>(rows) + more;
  if (!more && !query.after) return known;
  for (const auto& condition : query.conditions) {
    if (condition.column != query.order_by && condition.column != "shared_area") return known;
  }
  return call.parts.store->Count(query, kCountMax);
}

StatusOr<std::unique_ptr<Message>> ListPage(const Call& call, const Table& table,
                                            const ListFields& fields, const Message& prototype) {
  ASSIGN_OR_RETURN(Page page, PageOf(call, table, fields));
  std::vector<store::Row> rows;
  const auto read = [&, query = page.query](const store::Row* last, int limit) mutable {
    query.limit = limit;
    if (last) query.after = PositionOf(table, query, *last);
    return call.parts.store->Select(query);
  };
  ASSIGN_OR_RETURN(const bool more, FillPage(page.size, read, &rows));
  std::unique_ptr<Message> response(prototype.New());
  const auto* reflection = response->GetReflection();
  if (more) {
    reflection->SetString(response.get(), fields.next,
                          EncodePageToken(*call.parts.keyring, page.binding,
                                          PositionOf(table, page.query, rows.back())));
  }
  ASSIGN_OR_RETURN(auto opened, call.parts.records->OpenAll(table, rows));
  for (const auto& stored : opened) {
    reflection->AddMessage(response.get(), fields.items)->CopyFrom(table.Resource(*stored.record));
  }
  ASSIGN_OR_RETURN(const int64_t count, CountOf(call, page.query, rows.size(), more));
  reflection->SetInt32(response.get(), fields.total, static_cast<int32_t>(count));
  return response;
}

std::vector<Shown> ShownOn(const Table& table, const Message& page, const FieldDescriptor* items) {
  const auto* reflection = page.GetReflection();
  std::vector<Shown> shown;
  for (int i = 0; i < reflection->FieldSize(page, items); ++i) {
    AddShown(table, reflection->GetRepeatedMessage(page, items, i), &shown);
  }
  return shown;
}

}  // namespace

StatusOr<std::vector<store::Condition>> ConditionsFor(const Parts& parts, const Admitted& admitted,
                                                      const Table& table, std::string_view filter) {
  ASSIGN_OR_RETURN(auto conditions, ParseFilter(table, filter));
  if (SealConditions(*parts.keyring, table, &conditions)) RETURN_IF_ERROR(CheckReveal(admitted));
  return conditions;
}

StatusOr<Handler> ListForm(const Table& table, const Shapes& shapes) {
  ASSIGN_OR_RETURN(const ListFields fields, ListFields::Of(table, shapes));
  std::shared_ptr<Message> prototype(shapes.response.New());
  return [&table, fields, prototype](std::shared_ptr<Call> call) {
    auto page = ListPage(*call, table, fields, *prototype);
    if (!page.ok()) return call->Fail(page.status());
    std::shared_ptr<Message> held = *std::move(page);
    AuditReveal(call, ShownOn(table, *held, fields.items),
                [call, held] { call->Answer(held.get()); });
  };
}

}  // namespace pingan::rpc
