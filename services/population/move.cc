#include "services/population/move.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/area/scope.h"
#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/residence.h"
#include "services/population/settle.h"

namespace pingan::population {
namespace {

v1::Move NewMove(v1::Move::Side side, const std::string& to_area, const Env& env) {
  v1::Move move;
  move.set_offered_by(side);
  move.set_to_area(to_area);
  *move.mutable_offer_time() = ToProto(env.now);
  *move.mutable_expire_time() = ToProto(calendar::EndOf(Today(env) + MoveDays(env.limits)));
  move.set_actor(env.caller.subject);
  return move;
}

bool IsOn(const v1::Person& person, v1::Move::Side side, const Env& env) {
  return InScope(env.caller, side == v1::Move::RECEIVING ? person.move().to_area() : person.area());
}

v1::Move::Side Other(v1::Move::Side side) {
  return side == v1::Move::LEAVING ? v1::Move::RECEIVING : v1::Move::LEAVING;
}

// Whether the caller answers the offer (or made it). Without an offer the file's own area is told
// so.
Status CheckSide(const v1::Person& person, Action action, bool answers, const Env& env) {
  if (!person.has_move()) return Check(person, action, env);
  const auto by = person.move().offered_by();
  if (!IsOn(person, answers ? Other(by) : by, env)) return NotFound();
  return CheckAllowed(person, action);
}

bool Shows(const v1::Person& person, const v1::Document& shown, const Env& env) {
  v1::Document document = shown;
  if (!NormaliseDocument("document", &document, identifier::CitizenIdForm::kCurrent, env).ok()) {
    return false;
  }
  return std::any_of(person.documents().begin(), person.documents().end(),
                     [&](const auto& known) { return SameDocument(known, document); });
}

// The document in hand of who died or whose file does not go on opens nothing to another area.
Status CheckClaimed(const v1::Person& person, const Env& env) {
  const Status allowed = CheckAllowed(person, Action::kClaimMove);
  if (InScope(env.caller, person.area())) return allowed;
  const bool goes_on = person.state() == v1::Person::ACTIVE || person.state() == v1::Person::LEFT;
  return goes_on && !person.has_erase_time() ? allowed : NotFound();
}

Status CheckArrival(const v1::Residence& arrival, const std::string& to_area, const Env& env) {
  if (arrival.kind() != v1::Residence::MAIN) return FieldError("arrival.kind", "want MAIN");
  RETURN_IF_ERROR(CheckSpell("arrival", arrival, env));
  if (!area::Covers(area::ScopeOf(to_area), arrival.area())) {
    return FieldError("arrival.area", "want an area within to_area");
  }
  if (!arrival.to_date().empty()) return FieldError("arrival.to_date", "want an open residence");
  return absl::OkStatus();
}

Decision<v1::PersonRecord> WithoutMove(const v1::PersonRecord& before, const char* event,
                                       const Env& env) {
  v1::PersonRecord after = before;
  after.mutable_person()->clear_move();
  return Settle(std::move(after), {event}, env);
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideOfferMove(const v1::PersonRecord& before,
                                                     const v1::OfferMoveRequest& request,
                                                     const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kOfferMove, env));
  RETURN_IF_ERROR(CheckPlace("to_area", request.to_area(), env));
  if (request.to_area() == before.person().area()) {
    return FieldError("to_area", "want another area than its own");
  }
  v1::PersonRecord after = before;
  v1::Move move = NewMove(v1::Move::LEAVING, request.to_area(), env);
  move.set_reason(request.reason());
  *after.mutable_person()->mutable_move() = std::move(move);
  after.mutable_person()->clear_rejected_move();
  return Settle(std::move(after), {"move.offered"}, env);
}

Status CheckClaim(const v1::ClaimMoveRequest& request, const Env& env) {
  const v1::Residence& arrival = request.arrival();
  if (!InScope(env.caller, arrival.area())) return NotFound();
  return CheckArrival(arrival, arrival.area(), env);
}

StatusOr<Decision<v1::PersonRecord>> DecideClaimMove(const v1::PersonRecord& before,
                                                     const v1::ClaimMoveRequest& request,
                                                     const Env& env) {
  RETURN_IF_ERROR(CheckClaim(request, env));
  const v1::Residence arrival = AsStated(request.arrival());
  if (!Shows(before.person(), request.document(), env)) return NotFound();
  RETURN_IF_ERROR(CheckClaimed(before.person(), env));
  if (arrival.area() == before.person().area()) {
    return FieldError("arrival.area", "want another area than its own");
  }
  v1::PersonRecord after = before;
  if (before.person().state() == v1::Person::LEFT) {
    RETURN_IF_ERROR(Begin(&after, arrival, "arrival", env));
    return Settle(std::move(after), {"residence.registered"}, env);
  }
  // What the leaving side could not accept is not for it to answer.
  RETURN_IF_ERROR(Succeed(&after, arrival, "arrival", env));
  after = before;
  v1::Move move = NewMove(v1::Move::RECEIVING, arrival.area(), env);
  *move.mutable_arrival() = arrival;
  *after.mutable_person()->mutable_move() = std::move(move);
  after.mutable_person()->clear_rejected_move();
  return Settle(std::move(after), {"move.claimed"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideAcceptMove(const v1::PersonRecord& before,
                                                      const v1::AcceptMoveRequest& request,
                                                      const Env& env) {
  RETURN_IF_ERROR(CheckSide(before.person(), Action::kAcceptMove, true, env));
  const v1::Move& move = before.person().move();
  if (env.now > FromProto(move.expire_time())) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::WINDOW_CLOSED,
                 "the offer has expired");
  }
  if (request.has_arrival() != (move.offered_by() == v1::Move::LEAVING)) {
    return FieldError("arrival", "want it of the receiving side");
  }
  const v1::Residence arrival =
      request.has_arrival() ? AsStated(request.arrival()) : move.arrival();
  RETURN_IF_ERROR(CheckArrival(arrival, move.to_area(), env));
  v1::PersonRecord after = before;
  after.mutable_person()->clear_move();
  RETURN_IF_ERROR(Succeed(&after, arrival, "arrival", env));
  return Settle(std::move(after), {"move.accepted"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideRejectMove(const v1::PersonRecord& before,
                                                      const v1::RejectMoveRequest& request,
                                                      const Env& env) {
  RETURN_IF_ERROR(CheckSide(before.person(), Action::kRejectMove, true, env));
  v1::PersonRecord after = before;
  v1::RejectedMove& rejected = *after.mutable_person()->mutable_rejected_move();
  rejected.set_offered_by(before.person().move().offered_by());
  rejected.set_to_area(before.person().move().to_area());
  rejected.set_reason(request.reason());
  *rejected.mutable_reject_time() = ToProto(env.now);
  rejected.set_actor(env.caller.subject);
  return WithoutMove(after, "move.rejected", env);
}

StatusOr<Decision<v1::PersonRecord>> DecideRevokeMove(const v1::PersonRecord& before,
                                                      const v1::RevokeMoveRequest& request,
                                                      const Env& env) {
  RETURN_IF_ERROR(CheckSide(before.person(), Action::kRevokeMove, false, env));
  return WithoutMove(before, "move.revoked", env);
}

}  // namespace pingan::population
