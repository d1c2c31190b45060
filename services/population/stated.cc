#include "services/population/stated.h"

#include "services/population/limits.h"

namespace pingan::population {

Stated StatedBy(const v1::PersonRecord&, const v1::CreatePersonRequest& request) {
  Stated stated{.person = request.person()};
  if (request.has_residence()) stated.spells = {{"residence", request.residence()}};
  return stated;
}

Stated StatedBy(const v1::PersonRecord& before, const v1::UpdatePersonRequest& request) {
  Stated stated{.person = before.person()};
  v1::Person sent = request.person();
  for (const std::string& path : request.update_mask().paths()) {
    const auto* field = v1::Person::descriptor()->FindFieldByName(path);
    if (field) sent.GetReflection()->SwapFields(&sent, &*stated.person, {field});
  }
  return stated;
}

Stated StatedBy(const v1::PersonRecord&, const v1::ImportPersonsRequest& request) {
  Stated stated{.person = request.person()};
  for (int i = 0; i < request.person().residences_size() && i < kFactsMax; ++i) {
    stated.spells.emplace_back("person.residences[" + std::to_string(i) + "]",
                               request.person().residences(i));
  }
  return stated;
}

Stated StatedBy(const v1::PersonRecord&, const v1::RegisterResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::ChangeResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::CorrectResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::ClaimMoveRequest& request) {
  return {.spells = {{"arrival", request.arrival()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::AcceptMoveRequest& request) {
  return {.spells = {{"arrival", request.arrival()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::RecordDeathRequest&) {
  return {.moves = true};
}

Stated StatedBy(const v1::PersonRecord&, const v1::RetractDeathRequest&) {
  return {.moves = true};
}

}  // namespace pingan::population
