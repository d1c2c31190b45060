#include "services/population/dwelling_id.h"

#include "services/population/dwelling.h"
#include "services/population/import.h"
#include "services/population/lifecycle.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

Status CheckOnce(const v1::Dwelling& before, const v1::Dwelling& dwelling, const Related& found,
                 const Env& env) {
  const std::string& id = dwelling.external_id();
  if (id.empty() || id == before.external_id()) return absl::OkStatus();
  for (const auto* record : found.All<v1::DwellingRecord>()) {
    const v1::Dwelling& known = record->dwelling();
    if (known.name() == before.name() || known.external_id() != id) continue;
    if (!InScope(env.caller, known.area())) continue;
    return Error(absl::StatusCode::kAlreadyExists, "a dwelling has this external id",
                 {.reason = common::v1::RESOURCE_EXISTS,
                  .fields = {{"dwelling.external_id", "a dwelling has this external id"}},
                  .metadata = {{"name", known.name()}}});
  }
  return absl::OkStatus();
}

StatusOr<Decision<v1::DwellingRecord>> Once(const v1::DwellingRecord& before,
                                            StatusOr<Decision<v1::DwellingRecord>> decision,
                                            const Related& found, const Env& env) {
  RETURN_IF_ERROR(decision.status());
  RETURN_IF_ERROR(CheckOnce(before.dwelling(), decision->after.dwelling(), found, env));
  return decision;
}

Wanted WithId(const v1::Dwelling& dwelling) {
  if (dwelling.external_id().empty()) return {};
  return {.terms = {DwellingIdTerm(dwelling.external_id())}};
}

}  // namespace

StatusOr<Decision<v1::DwellingRecord>> ComposeCreateDwelling(
    const v1::DwellingRecord& empty, const v1::CreateDwellingRequest& request, const Related& found,
    const Env& env) {
  return Once(empty, DecideCreateDwelling(empty, request, env), found, env);
}

StatusOr<Decision<v1::DwellingRecord>> ComposeUpdateDwelling(
    const v1::DwellingRecord& before, const v1::UpdateDwellingRequest& request,
    const Related& found, const Env& env) {
  return Once(before, DecideUpdateDwelling(before, request, env), found, env);
}

StatusOr<Decision<v1::DwellingRecord>> ComposeImportDwelling(
    const v1::DwellingRecord& empty, const v1::ImportDwellingsRequest& request,
    const Related& found, const Env& env) {
  return Once(empty, DecideImportDwelling(request, env), found, env);
}

Wanted WantedBy(const v1::DwellingRecord&, const v1::CreateDwellingRequest& request) {
  return WithId(request.dwelling());
}

Wanted WantedBy(const v1::DwellingRecord&, const v1::UpdateDwellingRequest& request) {
  return WithId(request.dwelling());
}

Wanted WantedBy(const v1::DwellingRecord&, const v1::ImportDwellingsRequest& request) {
  return WithId(request.dwelling());
}

}  // namespace pingan::population
