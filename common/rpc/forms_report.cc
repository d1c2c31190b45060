#include <google/protobuf/message.h>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/rpc/event.h"
#include "common/rpc/forms.h"
#include "common/rpc/page.h"
#include "common/rpc/page_token.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kPageDefault = 50;
constexpr int kEntriesDefault = 10'000;  // that one VerifyAudit looks at

// The fields of a request for a page of something numbered, and of its answer.
struct PageFields {
  const FieldDescriptor *page_size, *page_token, *items, *next;

  PageFields(Shape* request, Shape* response)
      : page_size(request->One("page_size", FieldDescriptor::CPPTYPE_INT32)),
        page_token(request->One("page_token", FieldDescriptor::CPPTYPE_STRING)),
        items(response->Items()),
        next(response->One("next_page_token", FieldDescriptor::CPPTYPE_STRING)) {}
};

struct HistoryFields : PageFields {
  const FieldDescriptor* compacted;

  HistoryFields(Shape* request, Shape* response)
      : PageFields(request, response),
        compacted(response->One("compacted_revision", FieldDescriptor::CPPTYPE_INT64)) {}
};

struct CountsFields {
  const FieldDescriptor *area, *from_month, *to_month, *group_by, *min_revision, *rows, *as_of;

  CountsFields(Shape* request, Shape* response)
      : area(request->One("area", FieldDescriptor::CPPTYPE_STRING)),
        from_month(request->One("from_month", FieldDescriptor::CPPTYPE_STRING)),
        to_month(request->One("to_month", FieldDescriptor::CPPTYPE_STRING)),
        group_by(request->Many("group_by", FieldDescriptor::CPPTYPE_STRING)),
        min_revision(request->One("min_revision", FieldDescriptor::CPPTYPE_INT64)),
        rows(response->Items()),
        as_of(response->One("as_of_revision", FieldDescriptor::CPPTYPE_INT64)) {}
};

// Where a page starts and how long it is.
struct NumberedPage {
  std::string binding;
  int64_t start = 0;
  int size = kPageDefault;
};

StatusOr<NumberedPage> PageOf(const Call& call, const PageFields& fields, std::string_view of) {
  const Message& request = *call.request;
  NumberedPage page;
  page.binding =
      absl::StrCat(call.method.short_name, "\n", call.caller().subject, "\n", AbslView(of));
  ASSIGN_OR_RETURN(auto position, DecodePageToken(*call.parts.keyring, page.binding,
                                                  StringField(request, fields.page_token)));
  if (position) page.start = std::get<int64_t>(position->first);
  const int size = request.GetReflection()->GetInt32(request, fields.page_size);
  if (size > 0) page.size = size;
  return page;
}

void SetNext(const Call& call, const PageFields& fields, const NumberedPage& page, int64_t next,
             Message* response) {
  response->GetReflection()->SetString(
      response, fields.next, EncodePageToken(*call.parts.keyring, page.binding, {next, ""}));
}

StatusOr<std::unique_ptr<Message>> HistoryPage(const Call& call, const Table& table,
                                               const HistoryFields& fields, const std::string& name,
                                               const Message& prototype) {
  ASSIGN_OR_RETURN(const NumberedPage page, PageOf(call, fields, name));
  std::vector<store::Event> events;
  const auto read = [&](const store::Event* last, int limit) {
    return call.parts.store->History(name, last ? last->revision : page.start, limit);
  };
  ASSIGN_OR_RETURN(const bool more, FillPage(page.size, read, &events));
  // After the events: what a compaction drops, it has told before.
  ASSIGN_OR_RETURN(const int64_t compacted, call.parts.store->CompactedThrough());
  std::unique_ptr<Message> response(prototype.New());
  response->GetReflection()->SetInt64(response.get(), fields.compacted, compacted);
  if (more) SetNext(call, fields, page, events.back().revision, response.get());
  for (const auto& event : events) {
    auto* added = response->GetReflection()->AddMessage(response.get(), fields.items);
    RETURN_IF_ERROR(FillEvent(*call.parts.records, *call.parts.tables, event, call.admitted.reveal,
                              static_cast<common::v1::Event*>(added)));
  }
  return response;
}

using AuditsFn = std::function<StatusOr<std::vector<store::Audit>>(int64_t before, int limit)>;

// A page of what `read` gives; `of` binds its page token.
StatusOr<std::unique_ptr<Message>> AuditPage(const Call& call, std::string_view of,
                                             const AuditsFn& read, const PageFields& fields,
                                             const Message& prototype) {
  ASSIGN_OR_RETURN(const NumberedPage page, PageOf(call, fields, of));
  ASSIGN_OR_RETURN(auto audits, read(page.start, page.size + 1));
  std::unique_ptr<Message> response(prototype.New());
  if (audits.size() > static_cast<size_t>(page.size)) {
    audits.pop_back();
    SetNext(call, fields, page, audits.back().id, response.get());
  }
  for (const auto& audit : audits) {
    auto* entry = static_cast<common::v1::AuditEntry*>(
        response->GetReflection()->AddMessage(response.get(), fields.items));
    entry->set_id(audit.id);
    entry->mutable_time()->CopyFrom(ToProto(absl::FromUnixMicros(audit.time_us)));
    entry->set_actor(audit.actor);
    entry->set_method(audit.method);
    entry->set_name(audit.name);
    entry->set_area(audit.area);
    entry->set_purpose(audit.purpose);
    entry->set_request_id(audit.request_id);
    entry->set_revision(audit.revision);
  }
  return response;
}

StatusOr<std::unique_ptr<Message>> Counts(const Call& call, const Table& table,
                                          const CountsFields& fields, const Message& prototype) {
  const Message& request = *call.request;
  const auto* reflection = request.GetReflection();
  events::CubeQuery query;
  ASSIGN_OR_RETURN(query.scope,
                   ScopeFor(call.parts, call.caller(), StringField(request, fields.area)));
  if (query.scope.empty()) query.scope = call.parts.areas->Home();
  query.from_period = std::string(StringField(request, fields.from_month));
  query.to_period = std::string(StringField(request, fields.to_month));
  if (!query.to_period.empty() && query.to_period < query.from_period) {
    return FieldError("to_month", "is before from_month");
  }
  for (int i = 0; i < reflection->FieldSize(request, fields.group_by); ++i) {
    query.group_by.push_back(reflection->GetRepeatedString(request, fields.group_by, i));
  }
  const int64_t min_revision = reflection->GetInt64(request, fields.min_revision);
  RETURN_IF_ERROR(call.parts.fold->CheckReached(min_revision));
  ASSIGN_OR_RETURN(const auto answer,
                   call.parts.fold->Ask(query, min_revision, call.admitted.deadline));
  std::unique_ptr<Message> response(prototype.New());
  for (const auto& counted : answer.rows) {
    auto* row = static_cast<common::v1::StatisticsRow*>(
        response->GetReflection()->AddMessage(response.get(), fields.rows));
    row->mutable_group()->insert(counted.group.begin(), counted.group.end());
    for (size_t i = 0; i < counted.counts.size(); ++i) {
      (*row->mutable_counts())[table.measures.counters[i]] = counted.counts[i];
    }
  }
  response->GetReflection()->SetInt64(response.get(), fields.as_of, answer.as_of_revision);
  return response;
}

// Runs the report and answers. What it tells is no personal data.
Handler Answering(std::function<StatusOr<std::unique_ptr<Message>>(const Call&)> report) {
  return [report = std::move(report)](std::shared_ptr<Call> call) {
    auto answer = report(*call);
    answer.ok() ? call->Answer(answer->get()) : call->Fail(answer.status());
  };
}

}  // namespace

StatusOr<Handler> HistoryForm(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const HistoryFields fields(&request, &response);
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  std::shared_ptr<Message> prototype(shapes.response.New());
  return [fields, prototype](std::shared_ptr<Call> call) {
    const std::string_view asked = StringField(*call->request, call->method.fields.name);
    const Table* table = call->parts.tables->OfName(asked);
    if (!table) return call->Fail(NotFound());
    if (Status may = AdmitTo(call->parts, *table, &call->admitted); !may.ok()) {
      return call->Fail(may);
    }
    auto now = FindSeen(*call, *table);
    if (!now.ok()) return call->Fail(now.status());
    const Message& resource = table->Resource(*now->record);
    const std::string name = ResourceText(resource, "name");
    auto page = HistoryPage(*call, *table, fields, name, *prototype);
    if (!page.ok()) return call->Fail(page.status());
    std::shared_ptr<Message> held = *std::move(page);
    std::vector<Shown> shown;
    AddShown(*table, resource, &shown);
    AuditReveal(call, std::move(shown), [call, held] { call->Answer(held.get()); });
  };
}

StatusOr<Handler> AuditForm(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const auto* area = request.One("area", FieldDescriptor::CPPTYPE_STRING);
  const PageFields fields(&request, &response);
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  std::shared_ptr<Message> prototype(shapes.response.New());
  return Answering(
      [area, fields, prototype](const Call& call) -> StatusOr<std::unique_ptr<Message>> {
        ASSIGN_OR_RETURN(const std::string scope,
                         ScopeFor(call.parts, call.caller(), StringField(*call.request, area)));
        const auto read = [&](int64_t before, int limit) {
          return call.parts.store->Audits(scope, before, limit);
        };
        return AuditPage(call, scope, read, fields, *prototype);
      });
}

StatusOr<Handler> ReadsForm(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const PageFields fields(&request, &response);
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  std::shared_ptr<Message> prototype(shapes.response.New());
  return Answering([fields, prototype](const Call& call) -> StatusOr<std::unique_ptr<Message>> {
    const std::string_view name = StringField(*call.request, call.method.fields.name);
    const Table* table = call.parts.tables->OfName(name);
    if (!table) return NotFound();
    RETURN_IF_ERROR(FindSeen(call, *table).status());
    const auto read = [&](int64_t before, int limit) {
      return call.parts.store->Reads(name, before, limit);
    };
    return AuditPage(call, name, read, fields, *prototype);
  });
}

StatusOr<Handler> AuditCheckForm(const google::protobuf::Descriptor* asked_by) {
  Shape request(asked_by);
  const auto* after_entry = request.One("after_entry", FieldDescriptor::CPPTYPE_INT64);
  const auto* after_link = request.One("after_link", FieldDescriptor::CPPTYPE_STRING);
  const auto* limit = request.One("limit", FieldDescriptor::CPPTYPE_INT32);
  RETURN_IF_ERROR(request.status());
  return Answering([=](const Call& call) -> StatusOr<std::unique_ptr<Message>> {
    const auto* reflection = call.request->GetReflection();
    const int asked = reflection->GetInt32(*call.request, limit);
    const store::AuditMark after = {
        .id = reflection->GetInt64(*call.request, after_entry),
        .link = absl::HexStringToBytes(AbslView(StringField(*call.request, after_link)))};
    ASSIGN_OR_RETURN(const auto check,
                     call.parts.store->CheckAudit(after, asked > 0 ? asked : kEntriesDefault));
    auto response = std::make_unique<common::v1::AuditCheck>();
    response->set_entry(check.through.id);
    response->set_link(absl::BytesToHexString(check.through.link));
    response->set_last_entry(check.last);
    response->set_unlinked_through(check.since);
    response->set_fault(static_cast<common::v1::AuditCheck::Fault>(check.fault));
    response->set_faulty_entry(check.wrong);
    return response;
  });
}

StatusOr<Handler> StatisticsForm(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const CountsFields fields(&request, &response);
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  std::shared_ptr<Message> prototype(shapes.response.New());
  return Answering([fields, prototype](const Call& call) {
    return Counts(call, call.parts.tables->main(), fields, *prototype);
  });
}

}  // namespace pingan::rpc
