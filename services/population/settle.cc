#include "services/population/settle.h"

#include <algorithm>
#include <utility>

#include "services/population/days.h"
#include "services/population/limits.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Permit = v1::ResidencePermit;

class Earliest {
 public:
  void Offer(Due::Kind kind, absl::Time time, int index = 0) {
    if (!due_ || time < due_->time) due_ = Due{.kind = kind, .index = index, .time = time};
  }
  std::optional<Due> due() const { return due_; }

 private:
  std::optional<Due> due_;
};

void OfferPermit(const Permit& permit, Earliest* earliest) {
  if (permit.state() == Permit::ACCEPTED && !permit.issue_late()) {
    earliest->Offer(Due::Kind::kIssueLate, After(DayOf(permit.due_date())));
  }
  if (permit.state() == Permit::VALID) {
    earliest->Offer(Due::Kind::kSuspension, After(DayOf(permit.endorse_by())));
  }
}

absl::Time VerificationDue(const v1::PersonRecord& record, const Env& env) {
  const v1::Person& person = record.person();
  const int days = StaleDays(person.kind(), env.limits);
  const absl::Time stale = After(calendar::DayOf(FromProto(person.verify_time())) + days);
  if (!record.has_visit_time()) return stale;
  return std::max(stale,
                  After(calendar::DayOf(FromProto(record.visit_time())) + RevisitDays(env.limits)));
}

// The spell that says the area: the open MAIN one, and of who has left or died the last.
const v1::Residence* Home(const v1::Person& person) {
  if (const auto* open = OpenSpell(person, v1::Residence::MAIN)) return open;
  if (person.state() != v1::Person::LEFT && person.state() != v1::Person::DECEASED) return nullptr;
  const v1::Residence* last = nullptr;  // in the order of from_date
  for (const auto& spell : person.residences()) {
    if (spell.kind() == v1::Residence::MAIN) last = &spell;
  }
  return last;
}

}  // namespace

std::optional<Due> NextDue(const v1::PersonRecord& record, const Env& env) {
  const v1::Person& person = record.person();
  Earliest earliest;
  if (person.state() == v1::Person::MERGED || person.state() == v1::Person::DECEASED) return {};
  if (person.has_move()) {
    earliest.Offer(Due::Kind::kMoveExpired,
                   FromProto(person.move().expire_time()) + absl::Microseconds(1));
  }
  OfferPermit(person.permit(), &earliest);
  for (int i = 0; i < person.duties_size(); ++i) {
    const v1::Duty& duty = person.duties(i);
    if (!duty.report_date().empty() || duty.overdue()) continue;
    earliest.Offer(Due::Kind::kDutyOverdue, After(DayOf(duty.due_date())), i);
  }
  for (int i = 0; i < person.service_items_size(); ++i) {
    const v1::ServiceItem& item = person.service_items(i);
    if (!item.end_date().empty() || item.late()) continue;
    earliest.Offer(Due::Kind::kServiceLate, After(DayOf(item.due_date())), i);
  }
  if (person.state() == v1::Person::ACTIVE && !person.verification_due()) {
    earliest.Offer(Due::Kind::kVerification, VerificationDue(record, env));
  }
  return earliest.due();
}

Decision<v1::PersonRecord> Settle(v1::PersonRecord after, std::vector<std::string> events,
                                  const Env& env) {
  v1::Person& person = *after.mutable_person();
  if (const auto* home = Home(person); home && home->area() != person.area()) {
    person.set_area(home->area());
    person.set_verification_due(false);  // the visit was asked of the area that the person left
  }
  if (person.state() != v1::Person::ACTIVE) person.clear_move();
  person.clear_next_due_time();
  if (const auto due = NextDue(after, env)) *person.mutable_next_due_time() = ToProto(due->time);
  return {.after = std::move(after), .events = std::move(events)};
}

}  // namespace pingan::population
