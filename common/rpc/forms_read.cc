#include <set>

#include "absl/strings/str_cat.h"
#include "common/area/scope.h"
#include "common/auth/scope.h"
#include "common/rpc/forms.h"
#include "common/rpc/mask.h"
#include "common/rpc/page_token.h"
#include "common/rpc/wanted.h"

namespace pingan::rpc {
namespace {

constexpr int kMasked = 0;  // the variant that is cached

std::unique_ptr<Message> CopyOf(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

void FillReply(const Parts& parts, const Table& table, const Message& record,
               const ReplyCache::Ticket& ticket) {
  const Message& resource = table.Resource(record);
  std::unique_ptr<Message> masked = CopyOf(resource);
  Mask(masked.get());
  auto reply = std::make_shared<CachedReply>();
  reply->area = ResourceText(resource, "area");
  reply->shared_area = table.shared_area(record);
  reply->bytes = ToBuffer(*masked);
  const size_t size = reply->bytes.Length() + reply->area.size() + reply->shared_area.size();
  parts.replies->Fill(ticket, std::move(reply), size);
}

// What will be known at a revision that has not come is not known: an answer would change.
Status CheckKnown(const Call& call) {
  const auto* field = call.method.fields.known_revision;
  if (!field) return absl::OkStatus();
  const int64_t revision = call.request->GetReflection()->GetInt64(*call.request, field);
  ASSIGN_OR_RETURN(const bool reached, call.parts.feed->HasReached(revision));
  if (reached) return absl::OkStatus();
  return Error(absl::StatusCode::kOutOfRange, common::v1::REVISION_AHEAD,
               "known_revision is beyond the last revision");
}

// What the answer and the messages it consists of say of themselves: deeper down stand the names of
// others.
void AddStrings(const Message& message, int depth, std::set<std::string>* strings) {
  using google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      strings->insert(reflection->GetString(message, field));
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || !field->is_repeated()) continue;
    for (int i = 0; depth > 0 && i < reflection->FieldSize(message, field); ++i) {
      AddStrings(reflection->GetRepeatedMessage(message, field, i), depth - 1, strings);
    }
  }
}

// A search that has pages says itself where the next one begins; outside that is sealed, bound to
// caller and request.
class SearchPage {
 public:
  explicit SearchPage(const Call& call) : call_(call) {}

  // The request as the search reads it.
  StatusOr<std::unique_ptr<Message>> Open() {
    auto request = CopyOf(*call_.request);
    const auto* token = request->GetDescriptor()->FindFieldByName("page_token");
    if (!token) return request;
    const std::string sent(StringField(*request, token));
    const auto* reflection = request->GetReflection();
    reflection->ClearField(request.get(), token);
    const auto query = CopyOf(*request);
    reflection->ClearField(query.get(), query->GetDescriptor()->FindFieldByName("page_size"));
    binding_ = absl::StrCat(call_.method.short_name, "\n", call_.caller().subject, "\n",
                            query->SerializeAsString());
    ASSIGN_OR_RETURN(auto position, DecodePageToken(*call_.parts.keyring, binding_, sent));
    if (position) reflection->SetString(request.get(), token, position->second);
    return request;
  }

  void Seal(Message* answer) const {
    const auto* next = answer->GetDescriptor()->FindFieldByName("next_page_token");
    if (!next || StringField(*answer, next).empty()) return;
    const std::string start(StringField(*answer, next));
    answer->GetReflection()->SetString(
        answer, next, EncodePageToken(*call_.parts.keyring, binding_, {std::monostate(), start}));
  }

 private:
  const Call& call_;
  std::string binding_;
};

StatusOr<Stored> Fetch(const Call& call, const Table& table, std::string_view name) {
  ASSIGN_OR_RETURN(auto row, call.parts.coherence->Get(table.spec, name));
  if (!row) return NotFound();
  ASSIGN_OR_RETURN(Stored stored, call.parts.records->Open(table, *row));
  if (!MaySee(table, call.caller(), *stored.record)) return NotFound();
  return stored;
}

}  // namespace

bool MaySee(const Table& table, const auth::Caller& caller, const Message& record) {
  const Message& resource = table.Resource(record);
  // A party's token opens the one file in which it is a party.
  if (!caller.party.empty()) return table.has_party && table.has_party(record, caller.party);
  if (auth::AreaReaches(caller, ResourceText(resource, "area"))) return true;
  const std::string shared = table.shared_area(record);
  return !shared.empty() && auth::AreaReaches(caller, shared);
}

StatusOr<std::string> ScopeFor(const Parts& parts, const auth::Caller& caller,
                               std::string_view area) {
  if (area.empty()) return caller.area;
  if (!area::IsScope(area)) return FieldError("area", "want a scope of 2, 4, 6, 9 or 12 digits");
  // A 12-digit code of a county means the county.
  const std::string scope = area::ScopeOf(area);
  if (!auth::AreaReaches(caller, scope)) return NotFound();
  if (!parts.areas->Meets(scope)) return FieldError("area", "no such area");
  return scope;
}

StatusOr<Stored> FindSeen(const Call& call, const Table& table) {
  return Fetch(call, table, StringField(*call.request, call.method.fields.name));
}

std::shared_ptr<const CachedReply> FindReply(const Parts& parts, const Admitted& admitted,
                                             std::string_view name) {
  const auth::Caller& caller = *admitted.caller;
  if (admitted.reveal || !caller.party.empty() || !parts.coherence->Usable()) return nullptr;
  auto reply = parts.replies->Find(name, kMasked);
  if (!reply || auth::AreaReaches(caller, reply->area)) return reply;
  return !reply->shared_area.empty() && auth::AreaReaches(caller, reply->shared_area) ? reply
                                                                                      : nullptr;
}

void AddShown(const Table& table, const Message& resource, std::vector<Shown>* shown) {
  shown->push_back({ResourceText(resource, "name"), ResourceText(resource, "area")});
  if (!table.about) return;
  for (Shown& one : table.about(resource)) shown->push_back(std::move(one));
}

void NoteShown(const Parts& parts, const Method& method, const Admitted& admitted,
               std::vector<Shown> shown, std::function<void(const Status&)> done) {
  store::Changes changes;
  for (auto& [name, area] : shown) {
    changes.audits.push_back({.time_us = absl::ToUnixMicros(admitted.now),
                              .actor = admitted.caller->subject,
                              .method = method.short_name,
                              .name = std::move(name),
                              .area = std::move(area),
                              .purpose = std::string(admitted.purpose)});
  }
  store::WriteSet set;
  set.events = 0;
  set.encode = [changes = std::move(changes)](const store::Numbers&) { return changes; };
  set.done = [&parts, done = std::move(done)](const store::Outcome& outcome) {
    parts.workers->Finish([done, outcome] {
      done(outcome.kind == store::Outcome::kCommitted ? absl::OkStatus() : outcome.status);
    });
  };
  parts.store->Commit(std::move(set));
}

namespace {

void Note(std::shared_ptr<Call> call, std::vector<Shown> shown, std::function<void()> then) {
  NoteShown(call->parts, call->method, call->admitted, std::move(shown),
            [call, then = std::move(then)](const Status& status) {
              status.ok() ? then() : call->Fail(status);
            });
}

}  // namespace

void AuditReveal(std::shared_ptr<Call> call, std::vector<Shown> shown, std::function<void()> then) {
  const bool noted = call->admitted.reveal || call->method.rule.purpose();
  if (!noted || shown.empty()) return then();
  Note(std::move(call), std::move(shown), std::move(then));
}

Handler ReadForm(const Table& table, ReadFn read) {
  return [&table, read = std::move(read)](std::shared_ptr<Call> call) {
    if (Status known = CheckKnown(*call); !known.ok()) return call->Fail(known);
    auto stored = FindSeen(*call, table);
    if (!stored.ok()) return call->Fail(stored.status());
    auto answer = read(*stored->record, *call->request, call->env());
    if (!answer.ok()) return call->Fail(answer.status());
    std::shared_ptr<Message> held = *std::move(answer);
    std::vector<Shown> shown;
    AddShown(table, table.Resource(*stored->record), &shown);
    const bool told = ShowsToParty(*held, ViewerOf(call->caller()));
    (told ? Note : AuditReveal)(call, std::move(shown), [call, held] { call->Answer(held.get()); });
  };
}

Handler FindForm(const Table& table, FindFn find, WantedFn wanted) {
  return [&table, find = std::move(find), wanted](std::shared_ptr<Call> call) {
    if (Status known = CheckKnown(*call); !known.ok()) return call->Fail(known);
    SearchPage page(*call);
    const auto request = page.Open();
    if (!request.ok()) return call->Fail(request.status());
    const Wanted one = wanted(*table.make_record(), **request);
    auto read = ReadWanted(call->parts.records, *call->parts.tables, table, {&one, 1});
    if (!read.ok()) return call->Fail(read.status());
    Related seen;
    for (auto& [name, found] : read->front().seen) {
      const Table* of = call->parts.tables->OfName(name);
      if (found.record && MaySee(*of, call->caller(), *found.record)) seen.Add(name, found.record);
    }
    auto answer = find(**request, seen, call->env());
    if (!answer.ok()) return call->Fail(answer.status());
    std::shared_ptr<Message> held = *std::move(answer);
    page.Seal(held.get());
    // What was looked at and is not told was not shown.
    std::set<std::string> told;
    AddStrings(*held, /*depth=*/1, &told);
    std::vector<Shown> shown;
    for (auto& [name, found] : read->front().seen) {
      if (!found.record || !told.contains(name)) continue;
      const Table& of = *call->parts.tables->OfName(name);
      AddShown(of, of.Resource(*found.record), &shown);
    }
    // Who asks for one number after another leaves a trace, though nobody's.
    if (shown.empty()) shown.push_back({.name = "", .area = call->caller().area});
    AuditReveal(call, std::move(shown), [call, held] { call->Answer(held.get()); });
  };
}

Handler GetForm(const Table& table) {
  return [&table](std::shared_ptr<Call> call) {
    const std::string name(StringField(*call->request, call->method.fields.name));
    // The placeholder comes before the read, so that a write in between keeps the old reply out.
    const bool cacheable = call->parts.coherence->Usable();
    ReplyCache::Ticket ticket;
    if (cacheable) ticket = call->parts.replies->Reserve(name, kMasked);
    auto stored = Fetch(*call, table, name);
    if (!stored.ok()) return call->Fail(stored.status());
    if (cacheable) FillReply(call->parts, table, *stored->record, ticket);
    std::shared_ptr<Message> answer = CopyOf(table.Resource(*stored->record));
    std::vector<Shown> shown;
    AddShown(table, *answer, &shown);
    AuditReveal(call, std::move(shown), [call, answer] { call->Answer(answer.get()); });
  };
}

}  // namespace pingan::rpc
