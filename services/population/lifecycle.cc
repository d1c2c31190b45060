#include "services/population/lifecycle.h"

#include <algorithm>
#include <utility>

#include "common/area/scope.h"
#include "common/area/tree.h"
#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Permit = v1::ResidencePermit;

struct Row {
  const char* action;
  bool allowed[4];
};

constexpr bool y = true, n = false;

// In the order of Action and of State.
// clang-format off
constexpr Row kTable[] = {
    // state:              act left dec  mer
    {"UpdatePerson",       {y,  y,  n,  n}},
    {"RecordDeath",        {y,  y,  n,  n}},
    {"RetractDeath",       {n,  n,  y,  n}},
    {"RelatePersons",      {y,  y,  n,  n}},
    {"UnrelatePersons",    {y,  y,  n,  n}},
    {"RegisterResidence",  {y,  y,  n,  n}},
    {"ChangeResidence",    {y,  n,  n,  n}},
    {"EndResidence",       {y,  y,  n,  n}},
    {"CorrectResidence",   {y,  y,  y,  n}},
    {"OfferMove",          {y,  n,  n,  n}},
    {"ClaimMove",          {y,  y,  n,  n}},
    {"AcceptMove",         {y,  n,  n,  n}},
    {"RejectMove",         {y,  n,  n,  n}},
    {"RevokeMove",         {y,  n,  n,  n}},
    {"ApplyForPermit",     {y,  n,  n,  n}},
    {"SupplyPapers",       {y,  n,  n,  n}},
    {"ExtendPermitIssue",  {y,  n,  n,  n}},
    {"IssuePermit",        {y,  n,  n,  n}},
    {"EndorsePermit",      {y,  n,  n,  n}},
    {"ReplacePermit",      {y,  n,  n,  n}},
    {"CancelPermit",       {y,  y,  n,  n}},
    {"RecordEmployment",   {y,  n,  n,  n}},
    {"EndEmployment",      {y,  y,  n,  n}},
    {"RetractEmployment",  {y,  y,  y,  n}},
    {"RecordReport",       {y,  y,  y,  n}},
    {"RequestService",     {y,  n,  n,  n}},
    {"AcceptService",      {y,  n,  n,  n}},
    {"DeliverService",     {y,  y,  n,  n}},
    {"DenyService",        {y,  y,  n,  n}},
    {"VerifyPerson",       {y,  y,  n,  n}},
    {"MergePersons",       {y,  y,  y,  n}},
    {"EraseSubject",       {n,  y,  y,  n}},
};
// clang-format on
static_assert(std::size(kTable) == kActionCount);

bool Allows(v1::Person::State state, Action action) {
  if (state < v1::Person::ACTIVE || state > v1::Person::MERGED) return false;
  return kTable[static_cast<int>(action)].allowed[state - v1::Person::ACTIVE];
}

const char* Want(bool met, const char* problem) {
  return met ? nullptr : problem;
}

template <class List, class Test>
const char* WantAny(const List& list, Test test, const char* problem) {
  return Want(std::any_of(list.begin(), list.end(), test), problem);
}

// Whoever has the household in the city wants no permit, also when it came here in the meantime.
constexpr char kAtHome[] = "the household is registered in this city";

bool AtHome(const v1::Person& person) {
  return person.household_area().substr(0, 4) == person.area().substr(0, 4);
}

const char* MissingForPermit(const v1::Person& person, Action action) {
  const bool has = person.has_permit();
  const auto state = person.permit().state();
  const bool resident = OpenSpell(person, v1::Residence::MAIN) != nullptr;
  switch (action) {
    case Action::kApplyForPermit:
      if (has && state != Permit::CANCELLED) return "there is a permit already";
      if (!resident) return "want a registered residence";
      if (person.household_area().empty()) return "want the area of the household";
      return Want(!AtHome(person), kAtHome);
    case Action::kSupplyPapers:
      return Want(state == Permit::APPLIED, "no application wants papers");
    case Action::kExtendPermitIssue:
      if (state != Permit::ACCEPTED) return "no application is accepted";
      return Want(!person.permit().extended(), "the limit was extended already");
    case Action::kIssuePermit:
      if (AtHome(person)) return kAtHome;
      return Want(state == Permit::ACCEPTED, "no application is accepted");
    case Action::kEndorsePermit:
      if (!resident) return "want a registered residence";
      [[fallthrough]];
    case Action::kReplacePermit:
      return Want(state == Permit::VALID || state == Permit::SUSPENDED, "there is no permit");
    default:  // CancelPermit
      return Want(has && state != Permit::CANCELLED, "there is no permit");
  }
}

const char* MissingForResidence(const v1::Person& person, Action action) {
  const bool resident = OpenSpell(person, v1::Residence::MAIN) != nullptr;
  switch (action) {
    case Action::kChangeResidence:
      if (!resident) return "want a registered residence";
      [[fallthrough]];
    case Action::kRegisterResidence:
      return Want(!person.has_move(), "a move is offered");
    case Action::kCorrectResidence:
      if (person.has_move()) return "a move is offered";
      return Want(!person.residences().empty(), "there is no residence");
    case Action::kEndResidence:
      if (person.has_move()) return "a move is offered";
      return WantAny(
          person.residences(), [](const auto& spell) { return spell.to_date().empty(); },
          "no residence is open");
    case Action::kClaimMove:
      if (person.state() == v1::Person::LEFT) return nullptr;  // nobody to ask
      [[fallthrough]];
    case Action::kOfferMove:
      if (person.has_move()) return "a move is offered already";
      return Want(resident, "want a registered residence");
    default:  // AcceptMove, RejectMove, RevokeMove
      return Want(person.has_move(), "no move is offered");
  }
}

const char* MissingForFact(const v1::Person& person, Action action) {
  switch (action) {
    case Action::kEndEmployment:
      return WantAny(
          person.employments(), [](const auto& job) { return job.to_date().empty(); },
          "no employment is open");
    case Action::kRetractEmployment:
      return WantAny(
          person.employments(), [](const auto& job) { return job.retract_reason().empty(); },
          "there is no employment");
    case Action::kRecordReport:
      return WantAny(
          person.duties(), [](const auto& duty) { return duty.report_date().empty(); },
          "no report is owed");
    case Action::kAcceptService:
      return WantAny(
          person.service_items(),
          [](const auto& item) { return item.state() == v1::ServiceItem::REQUESTED; },
          "no service is requested");
    case Action::kDeliverService:
      return WantAny(
          person.service_items(),
          [](const auto& item) { return item.state() == v1::ServiceItem::ACCEPTED; },
          "no service is accepted");
    case Action::kDenyService:
      return WantAny(
          person.service_items(), [](const auto& item) { return item.end_date().empty(); },
          "no service is open");
    case Action::kUnrelatePersons:
      return Want(!person.relations().empty(), "there is no relation");
    case Action::kMergePersons:
      return Want(!person.has_move(), "a move is offered");
    default:
      return nullptr;
  }
}

// What the content must be beside the state, in words; null if it is.
const char* Missing(const v1::Person& person, Action action) {
  if (person.has_erase_time()) return "the file was erased";
  if (action >= Action::kRegisterResidence && action <= Action::kRevokeMove) {
    return MissingForResidence(person, action);
  }
  if (action >= Action::kApplyForPermit && action <= Action::kCancelPermit) {
    return MissingForPermit(person, action);
  }
  return MissingForFact(person, action);
}

}  // namespace

const char* NameOf(Action action) {
  return kTable[static_cast<int>(action)].action;
}

std::vector<std::string> AllowedActions(const v1::Person& person) {
  std::vector<std::string> names;
  for (int i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    if (Allows(person.state(), action) && Missing(person, action) == nullptr) {
      names.push_back(NameOf(action));
    }
  }
  return names;
}

bool InScope(const auth::Caller& caller, std::string_view area) {
  if (!caller.party.empty()) return false;
  return caller.area.empty() || area::Covers(caller.area, area);
}

Status Check(const v1::Person& person, Action action, const Env& env) {
  if (!InScope(env.caller, person.area())) return NotFound();
  return CheckAllowed(person, action);
}

Status CheckAllowed(const v1::Person& person, Action action, std::string_view name) {
  const char* problem = "the state does not allow it";
  if (Allows(person.state(), action)) problem = Missing(person, action);
  if (problem == nullptr) return absl::OkStatus();
  return Refused(name.empty() ? NameOf(action) : name, problem, AllowedActions(person));
}

Status Refused(std::string_view action, std::string_view problem,
               std::vector<std::string> allowed) {
  return Error(absl::StatusCode::kFailedPrecondition,
               std::string(action) + ": " + std::string(problem),
               {.reason = common::v1::ACTION_NOT_ALLOWED, .allowed_actions = std::move(allowed)});
}

Status CheckPlace(std::string_view field, std::string_view area, const Env& env) {
  const area::Area* place = area::IsAreaCode(area) ? env.areas.Find(area) : nullptr;
  if (place == nullptr || !place->ValidOn(Today(env))) return FieldError(field, "no such area");
  if (area::LevelOf(area) < area::Level::kTownship) {
    return FieldError(field, "want a township or a village");
  }
  return absl::OkStatus();
}

Status CheckGrid(std::string_view field, std::string_view grid, std::string_view area) {
  if (grid.empty() || grid.starts_with(area)) return absl::OkStatus();
  return FieldError(field, "want a grid of the village");
}

}  // namespace pingan::population
