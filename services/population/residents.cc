#include "services/population/residents.h"

#include <algorithm>

#include "services/population/days.h"
#include "services/population/lifecycle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

bool AbsorbedAt(const v1::PersonRecord& record, int64_t revision) {
  const auto& absorptions = record.absorptions();
  return std::any_of(absorptions.begin(), absorptions.end(), [&](const auto& absorption) {
    if (revision == 0) return !absorption.ended();
    return absorption.from_revision() <= revision &&
           (!absorption.ended() || revision < absorption.to_revision());
  });
}

}  // namespace

StatusOr<v1::GetResidencesResponse> ReadResidences(const v1::PersonRecord& record,
                                                   const v1::GetResidencesRequest& request,
                                                   const Env& env) {
  if (!request.on_date().empty()) {
    RETURN_IF_ERROR(ParseDay("on_date", request.on_date()).status());
  }
  v1::GetResidencesResponse response;
  const auto read = request.with_superseded() ? &VersionsRecordedBy : &SpellsKnownAt;
  for (auto& spell : read(record, request.known_revision(), request.on_date())) {
    *response.add_residences() = std::move(spell);
  }
  return response;
}

std::vector<v1::Resident> ResidentsOf(const v1::PersonRecord& record, std::string_view dwelling,
                                      std::string_view day, int64_t revision) {
  std::vector<v1::Resident> residents;
  if (AbsorbedAt(record, revision)) return residents;
  for (auto& spell : SpellsKnownAt(record, revision, day)) {
    if (spell.dwelling() != dwelling) continue;
    v1::Resident& resident = residents.emplace_back();
    resident.set_person(record.person().name());
    resident.set_display_name(record.person().display_name());
    *resident.mutable_residence() = std::move(spell);
  }
  return residents;
}

}  // namespace pingan::population
