// The forms that calls come in, each a function from what a service says to a Handler.
//
// Requests and responses are handled by the names that all services share: name, area, filter,
// order_by, page_size, page_token, next_page_token (see the protos). They are looked up once, when
// the form is made: INTERNAL if a field is missing or of another type, and the server does not
// start.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/call.h"

namespace pingan::rpc {

using Handler = std::function<void(std::shared_ptr<Call>)>;
using DecideFn = std::function<StatusOr<Plan>(const Message& before, const Message& request,
                                              const Related&, const Env&)>;
using WantedFn = std::function<Wanted(const Message& before, const Message& request)>;
// What is wrong with a request whatever the record says.
using CheckFn = std::function<Status(const Message& request, const Env&)>;
using RespondFn = std::function<std::unique_ptr<Message>(const Message& record,
                                                         const Message& request, const Env&)>;
using ReadFn = std::function<StatusOr<std::unique_ptr<Message>>(
    const Message& record, const Message& request, const Env&)>;
using FindFn = std::function<StatusOr<std::unique_ptr<Message>>(const Message& request,
                                                                const Related&, const Env&)>;

// What a write is made of. Without `wanted` nothing else is read; without `respond` the answer is
// the resource.
struct WriteRules {
  DecideFn decide;
  WantedFn wanted;
  RespondFn respond;
  // The record may be one that the caller cannot see: `decide` answers NOT_FOUND to whom it is not
  // to be told. `check` is asked before the record is looked for, so that it tells nothing of it,
  // and who is shown it without a write has read it: that is on record, masked or not.
  bool unseen = false;
  CheckFn check;
};
Handler WriteForm(const Table& table, WriteRules rules);
Handler ReadForm(const Table& table, ReadFn read);
// A read of the records of the table that the request wants, rather than names. One in pages finds
// in page_token what it said itself in next_page_token; callers see neither (page_token.h).
Handler FindForm(const Table& table, FindFn find, WantedFn wanted);
Handler GetForm(const Table& table);

// What a form answers and is asked: empty messages of both types.
struct Shapes {
  const Message& request;
  const Message& response;
};
StatusOr<Handler> ListForm(const Table& table, const Shapes& shapes);
StatusOr<Handler> HistoryForm(const Shapes& shapes);
// What was revealed of the record that the request names, newest first.
StatusOr<Handler> ReadsForm(const Shapes& shapes);
StatusOr<Handler> AuditForm(const Shapes& shapes);
// Whether the audit is as it was written.
StatusOr<Handler> AuditCheckForm(const google::protobuf::Descriptor* request);
StatusOr<Handler> StatisticsForm(const Shapes& shapes);

// What the service with these methods and code lists can do.
Handler CapabilitiesForm(const std::vector<Method>& methods,
                         const std::vector<common::v1::CodeList>& lists);

// The answer of Get from the reply cache, or null: not cached, not usable, or not for this caller.
std::shared_ptr<const CachedReply> FindReply(const Parts& parts, const Admitted& admitted,
                                             std::string_view name);

// Whether the caller may see the record at all; if not, it is NotFound.
bool MaySee(const Table& table, const auth::Caller& caller, const Message& record);

// The scope that a request's `area` field means for this caller: its own when empty. NOT_FOUND for
// one outside the caller's, whether or not there is such an area; INVALID_ARGUMENT for one that is
// none, or lies in the caller's and does not exist.
StatusOr<std::string> ScopeFor(const Parts& parts, const auth::Caller& caller,
                               std::string_view area);

// The conditions of a request's `filter` field as the store compares them. Errors: those of
// ParseFilter; of CheckReveal when it asks by what is sealed.
StatusOr<std::vector<store::Condition>> ConditionsFor(const Parts& parts, const Admitted& admitted,
                                                      const Table& table, std::string_view filter);

// The record that the request names, seen by the caller.
StatusOr<Stored> FindSeen(const Call& call, const Table& table);

// Adds what an answer with that resource shows: the resource and whom it is about.
void AddShown(const Table& table, const Message& resource, std::vector<Shown>* shown);

// Notes who saw what before a revealing answer goes out, a row for each resource under its own
// area, so that its auditors and its subject find it, whoever read it; runs `then` when that is
// durable, fails the call otherwise. A masked answer needs no note, but of a method that demands a
// purpose: what for is on record whatever the answer shows; one that shows a party in the clear
// what was written to it has one, without a purpose.
void AuditReveal(std::shared_ptr<Call> call, std::vector<Shown> shown, std::function<void()> then);
// The same for a stream, which goes on by itself; runs `done` on a worker.
void NoteShown(const Parts& parts, const Method& method, const Admitted& admitted,
               std::vector<Shown> shown, std::function<void(const Status&)> done);

}  // namespace pingan::rpc
