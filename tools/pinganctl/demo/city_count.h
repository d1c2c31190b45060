// A city of people counted file by file, from what the API says of each and not by the service's
// own measure, and what must hold of it.
//
//   statistics    equal the recount, every counter in every county
//   registration  nobody has two at a time, and who has one is where it says
//   import        each row is one file
//   moves         each that was accepted has one arrival
//
// and what trail.h says of feed and audit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/counts.h"
#include "tools/pinganctl/demo/trail.h"

namespace pingan::ctl {

// Counts what GetStatistics does, and beside that "floating" and "moves".
class CityCount {
 public:
  // Persons 1 to `persons` are the city's, as their external ids number them.
  explicit CityCount(int64_t persons) : seen_(static_cast<size_t>(persons) + 1) {}

  void Add(const population::v1::Person& person);
  void Add(const population::v1::Dwelling& dwelling);
  void Add(const population::v1::VerificationTask& task);
  void Add(const population::v1::DuplicateCandidate& candidate);

  const CountsByCounty& by_county() const { return by_county_; }
  int64_t last_revision() const { return last_revision_; }
  Counts Total() const;

  Check CheckStatistics(const population::v1::GetStatisticsResponse& by_area) const;
  Check CheckRegistrations() const;
  Check CheckRows() const;
  Check CheckMoves(int64_t accepted) const;

 private:
  // Of the resource's county.
  template <class Resource>
  Counts& Of(const Resource& resource) {
    last_revision_ = std::max(last_revision_, resource.revision());
    return by_county_[resource.area().substr(0, 6)];
  }

  CountsByCounty by_county_;
  std::vector<bool> seen_;
  int64_t last_revision_ = 0;
  int64_t spells_ = 0;
  std::string spell_problem_, row_problem_;  // the first of each
};

// Counts all that the client may see, page by page.
Status CountCity(const rpc::Client& client, CityCount* count, const OnProgress& progress);

// Coverage per county, by name, as a table.
std::string CoverageText(const std::map<std::string, std::string>& names, const CityCount& count);

}  // namespace pingan::ctl
