#include "services/population/permit_clock.h"

#include <algorithm>
#include <string>

#include "services/population/days.h"
#include "services/population/limits.h"
#include "services/population/spells.h"

namespace pingan::population {

namespace {

// Since when the person lived without a gap in what goes over into that spell, which may be none.
std::optional<absl::CivilDay> Since(const v1::Person& person, const v1::Residence* first) {
  if (first == nullptr) return std::nullopt;
  const auto city = first->area().substr(0, 4);
  // In the order of from_date, so the last one that goes over into `first` is found backwards.
  for (int i = person.residences_size() - 1; i >= 0; --i) {
    const v1::Residence& spell = person.residences(i);
    if (spell.kind() == v1::Residence::MAIN && spell.to_date() == first->from_date() &&
        spell.register_date() < spell.to_date() && spell.area().substr(0, 4) == city) {
      first = &spell;
    }
  }
  return DayOf(std::max(first->from_date(), first->register_date()));
}

}  // namespace

std::optional<absl::CivilDay> ResidentSince(const v1::Person& person) {
  return Since(person, OpenSpell(person, v1::Residence::MAIN));
}

std::optional<absl::CivilDay> ResidentSince(const v1::Person& person, absl::CivilDay day) {
  const std::string text = Text(day);
  for (const auto& spell : person.residences()) {
    if (spell.kind() == v1::Residence::MAIN && LivedOn(spell, text)) return Since(person, &spell);
  }
  return std::nullopt;
}

absl::CivilDay EligibleFrom(absl::CivilDay resident_since) {
  return AddMonths(resident_since, kEligibleMonths);
}

absl::CivilDay IssueDue(absl::CivilDay accepted, bool extended) {
  return accepted + (extended ? kIssueDaysExtended : kIssueDays);
}

EndorseWindow NextEndorsement(absl::CivilDay count_from, int years) {
  const absl::CivilDay by = AddMonths(count_from, 12 * (years + 1));
  return {.from = AddMonths(by, -1), .by = by};
}

void SetWindow(v1::ResidencePermit* permit) {
  const EndorseWindow window = NextEndorsement(DayOf(permit->count_from()), permit->years());
  permit->set_endorse_from(Text(window.from));
  permit->set_endorse_by(Text(window.by));
}

}  // namespace pingan::population
