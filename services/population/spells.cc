#include "services/population/spells.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/auth/caller.h"
#include "services/population/days.h"

namespace pingan::population {
namespace {

bool RecordedBy(const v1::Residence& spell, int64_t revision) {
  if (revision == 0) return true;
  return spell.recorded_revision() != 0 && spell.recorded_revision() <= revision;
}

bool SupersededBy(const v1::Residence& spell, int64_t revision) {
  if (revision == 0) return spell.has_superseded_time();
  return spell.superseded_revision() != 0 && spell.superseded_revision() <= revision;
}

bool Before(const v1::Residence& one, const v1::Residence& other) {
  return std::tuple(one.from_date(), one.kind(), one.id()) <
         std::tuple(other.from_date(), other.kind(), other.id());
}

}  // namespace

const v1::Residence* OpenSpell(const v1::Person& person, v1::Residence::Kind kind) {
  for (const auto& spell : person.residences()) {
    if (spell.kind() == kind && spell.to_date().empty()) return &spell;
  }
  return nullptr;
}

const v1::Residence* FindSpell(const v1::Person& person, std::string_view id) {
  for (const auto& spell : person.residences()) {
    if (spell.id() == id) return &spell;
  }
  return nullptr;
}

bool LivedOn(const v1::Residence& spell, std::string_view day) {
  return spell.from_date() <= day && (spell.to_date().empty() || day < spell.to_date());
}

bool Overlap(const v1::Residence& one, const v1::Residence& other) {
  const auto ends_before = [](const v1::Residence& a, const v1::Residence& b) {
    return !a.to_date().empty() && a.to_date() <= b.from_date();
  };
  return one.kind() == other.kind() && !ends_before(one, other) && !ends_before(other, one);
}

Status CheckNoOverlap(std::string_view field, const v1::Person& person,
                      const v1::Residence& spell) {
  for (const auto& other : person.residences()) {
    if (other.id() == spell.id() || !Overlap(other, spell)) continue;
    return FieldError(field, "overlaps residence " + other.id() + " from " + other.from_date());
  }
  return absl::OkStatus();
}

Status CheckBorn(std::string_view field, const v1::Person& person, std::string_view from_date) {
  if (from_date >= person.birth_date()) return absl::OkStatus();
  return FieldError(field, "is before the birth");
}

std::string_view AtOddsWithLife(const v1::Person& person, const v1::Residence& spell) {
  const std::string& death = person.death_date();
  if (spell.from_date() < person.birth_date()) return "birth_date";
  return !death.empty() && spell.to_date() > death ? "death_date" : "";
}

const v1::Residence& Record(v1::PersonRecord* record, v1::Residence spell, const Env& env) {
  auto& spells = *record->mutable_person()->mutable_residences();
  if (spell.id().empty()) spell.set_id(NextId(record));
  if (spell.register_date().empty()) spell.set_register_date(Text(Today(env)));
  *spell.mutable_recorded_time() = ToProto(env.now);
  spell.set_recorded_by(env.caller.subject);
  const std::string id = spell.id();
  *spells.Add() = std::move(spell);
  std::stable_sort(spells.begin(), spells.end(), Before);
  return *FindSpell(record->person(), id);
}

v1::Residence Supersede(v1::PersonRecord* record, const std::string& id, std::string_view reason,
                        const Env& env) {
  auto& spells = *record->mutable_person()->mutable_residences();
  const auto found = std::find_if(spells.begin(), spells.end(),
                                  [&](const auto& spell) { return spell.id() == id; });
  v1::Residence known = *found;
  spells.erase(found);
  v1::Residence& past = *record->add_superseded();
  past = known;
  *past.mutable_superseded_time() = ToProto(env.now);
  past.set_superseded_reason(std::string(reason));
  known.clear_recorded_time();
  known.clear_recorded_revision();
  known.clear_recorded_by();
  return known;
}

void End(v1::PersonRecord* record, const std::string& id, std::string_view to_date,
         const Env& env) {
  v1::Residence spell = Supersede(record, id, kEnded, env);
  spell.set_to_date(std::string(to_date));
  Record(record, std::move(spell), env);
}

void StampRevision(v1::PersonRecord* record, int64_t revision) {
  const auto stamp = [revision](v1::Residence* spell) {
    if (spell->recorded_revision() == 0) spell->set_recorded_revision(revision);
    if (spell->has_superseded_time() && spell->superseded_revision() == 0) {
      spell->set_superseded_revision(revision);
    }
  };
  for (auto& spell : *record->mutable_person()->mutable_residences()) stamp(&spell);
  for (auto& spell : *record->mutable_superseded()) stamp(&spell);
  for (auto& absorption : *record->mutable_absorptions()) {
    if (absorption.from_revision() == 0) absorption.set_from_revision(revision);
    if (absorption.ended() && absorption.to_revision() == 0) absorption.set_to_revision(revision);
  }
}

std::vector<v1::Residence> VersionsRecordedBy(const v1::PersonRecord& record, int64_t revision,
                                              std::string_view day) {
  std::vector<v1::Residence> found;
  const auto look = [&](const v1::Residence& spell) {
    if (!RecordedBy(spell, revision) || !(day.empty() || LivedOn(spell, day))) return;
    v1::Residence& version = found.emplace_back(spell);
    if (SupersededBy(spell, revision)) return;
    version.clear_superseded_time();
    version.clear_superseded_revision();
    version.clear_superseded_reason();
  };
  for (const auto& spell : record.person().residences()) look(spell);
  for (const auto& spell : record.superseded()) look(spell);
  std::stable_sort(found.begin(), found.end(), Before);
  return found;
}

std::vector<v1::Residence> SpellsKnownAt(const v1::PersonRecord& record, int64_t revision,
                                         std::string_view day) {
  std::vector<v1::Residence> known = VersionsRecordedBy(record, revision, day);
  std::erase_if(known, [](const auto& spell) { return spell.has_superseded_time(); });
  return known;
}

std::string NextId(v1::PersonRecord* record) {
  record->set_next_id(std::max(record->next_id(), 1) + 1);
  return std::to_string(record->next_id() - 1);
}

}  // namespace pingan::population
