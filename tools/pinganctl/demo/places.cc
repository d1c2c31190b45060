#include "tools/pinganctl/demo/places.h"

#include "common/calendar/working_days.h"

namespace pingan::ctl {

Places::Places(const area::Tree& areas) : areas_(areas) {
  for (const area::Area& area : areas.areas()) {
    if (area::LevelOf(area.code) == area::Level::kVillage) villages_.push_back(&area);
  }
}

const area::Area& Places::Any(Dice* dice) const {
  const area::Area* village = dice->Pick(villages_);
  const bool town = village->name.find("社区") != std::string::npos;
  return town || dice->Chance(60) ? *village : *dice->Pick(villages_);
}

const area::Area& Places::Neighbour(const area::Area& village, Dice* dice) const {
  const std::string county = village.code.substr(0, 6);
  while (true) {
    const area::Area* other = dice->Pick(villages_);
    if (other != &village && other->code.starts_with(county)) return *other;
  }
}

std::string Places::NameOf(const area::Area& village) const {
  return areas_.Find(area::ParentOf(village.code))->name + village.name;
}

absl::Time TimeOf(absl::CivilDay day) {
  return absl::FromCivil(absl::CivilHour(day) + 16, calendar::Shanghai());
}

}  // namespace pingan::ctl
