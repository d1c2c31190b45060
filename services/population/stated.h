// What a request on a person states, by which the records are read that its decision needs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Residences, each by its field, and who the person is from then on (Comparable). The file may come
// to another area with a residence, and with what begins or ends one that is not stated: `moves`.
struct Stated {
  std::vector<std::pair<std::string, v1::Residence>> spells;
  std::optional<v1::Person> person;
  bool moves = false;
};
Stated StatedBy(const v1::PersonRecord& before, const v1::CreatePersonRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::UpdatePersonRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ImportPersonsRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::RegisterResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ChangeResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::CorrectResidenceRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::ClaimMoveRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::AcceptMoveRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::RecordDeathRequest& request);
Stated StatedBy(const v1::PersonRecord& before, const v1::RetractDeathRequest& request);
template <class Request>
Stated StatedBy(const v1::PersonRecord&, const Request&) {
  return {};
}

}  // namespace pingan::population
