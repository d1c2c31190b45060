#include "services/population/service_item.h"

#include <string>
#include <utility>

#include "services/population/days.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Item = v1::ServiceItem;

bool IsOpen(const Item& item) {
  return item.state() == Item::REQUESTED || item.state() == Item::ACCEPTED;
}

Item* FindItem(v1::Person* person, const std::string& id) {
  for (Item& item : *person->mutable_service_items()) {
    if (item.id() == id) return &item;
  }
  return nullptr;
}

void Close(Item* item, Item::State state, const Env& env) {
  item->set_state(state);
  item->set_end_date(Text(Today(env)));
  if (Today(env) > DayOf(item->due_date())) item->set_late(true);
}

Status NoSuch(const char* state) {
  return FieldError("item", std::string("want the id of a service that is ") + state);
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideRequestService(const v1::PersonRecord& before,
                                                          const v1::RequestServiceRequest& request,
                                                          const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRequestService, env));
  const Item::Kind kind = request.item().kind();
  if (kind == Item::KIND_UNSPECIFIED) {
    return FieldError("item.kind", "want a kind of service", common::v1::FIELD_REQUIRED);
  }
  if (before.person().service_items_size() >= kFactsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 200 services on a file");
  }
  for (const Item& item : before.person().service_items()) {
    if (item.kind() != kind || !IsOpen(item)) continue;
    if (kind == Item::SCHOOLING && item.detail() != request.item().detail()) continue;
    return Error(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS,
                 "a service of this kind is open already");
  }
  v1::PersonRecord after = before;
  Item item;
  item.set_id(NextId(&after));
  item.set_kind(kind);
  item.set_detail(request.item().detail());
  item.set_state(Item::REQUESTED);
  item.set_request_date(Text(Today(env)));
  item.set_due_date(
      Text(env.calendar.AddWorkingDays(Today(env), ServiceWorkingDays(kind, env.limits))));
  *after.mutable_person()->add_service_items() = std::move(item);
  return Settle(std::move(after), {"service.requested"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideAcceptService(const v1::PersonRecord& before,
                                                         const v1::AcceptServiceRequest& request,
                                                         const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kAcceptService, env));
  v1::PersonRecord after = before;
  Item* item = FindItem(after.mutable_person(), request.item());
  if (item == nullptr || item->state() != Item::REQUESTED) return NoSuch("REQUESTED");
  item->set_state(Item::ACCEPTED);
  item->set_accept_date(Text(Today(env)));
  return Settle(std::move(after), {"service.accepted"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideDeliverService(const v1::PersonRecord& before,
                                                          const v1::DeliverServiceRequest& request,
                                                          const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kDeliverService, env));
  v1::PersonRecord after = before;
  Item* item = FindItem(after.mutable_person(), request.item());
  if (item == nullptr || item->state() != Item::ACCEPTED) return NoSuch("ACCEPTED");
  Close(item, Item::DELIVERED, env);
  return Settle(std::move(after), {"service.delivered"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideDenyService(const v1::PersonRecord& before,
                                                       const v1::DenyServiceRequest& request,
                                                       const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kDenyService, env));
  v1::PersonRecord after = before;
  Item* item = FindItem(after.mutable_person(), request.item());
  if (item == nullptr || !IsOpen(*item)) return NoSuch("open");
  Close(item, Item::DENIED, env);
  item->set_reason(request.reason());
  return Settle(std::move(after), {"service.denied"}, env);
}

}  // namespace pingan::population
