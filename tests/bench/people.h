// Synthetic people as frequent as real ones: surnames and given names by how often they occur, so
// that many share a name, a birthday or both. None can be anybody: identity numbers have an area
// part (99….) and phones an area code (0400) that were given to no place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pingan/population/v1/population.pb.h"

namespace pingan::bench {

class People {
 public:
  // In every `stride`-th village.
  explicit People(int stride = 1);

  // The person number `row` of an old ledger, with a residence. Depends on `row` alone; no two
  // share an identity number or, of a hundred million, a phone.
  population::v1::ImportPersonsRequest Row(int64_t row) const;

  // The same as a new file of today; the request id is made of `run` and `row`.
  population::v1::CreatePersonRequest Create(const std::string& run, int64_t row) const;

  // As Create, but without the identity number: the file of `row` is a candidate.
  population::v1::CreatePersonRequest Again(const std::string& run, int64_t row) const;

  static std::string CitizenId(int64_t row);
  const std::string& AreaOf(int64_t row) const {
    return villages_[static_cast<size_t>(row) * 7919 % villages_.size()];
  }

 private:
  const std::vector<std::string> villages_;
};

}  // namespace pingan::bench
