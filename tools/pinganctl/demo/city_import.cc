#include "tools/pinganctl/demo/city_import.h"

#include <map>
#include <string>
#include <vector>

#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/made_rows.h"
#include "tools/pinganctl/demo/resident.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr char kRented[] = "02";  // of "dwelling-kind"

// The dwellings to let of each village, in the order of their names.
using ToLet = std::map<std::string, std::vector<std::string>>;

StatusOr<ToLet> ReadToLet(const rpc::Client& client) {
  ToLet to_let;
  RETURN_IF_ERROR(
      (EachPage<v1::ListDwellingsRequest, v1::ListDwellingsResponse>(client, [&](const auto& page) {
        for (const auto& dwelling : page.dwellings()) {
          if (dwelling.use() == v1::Dwelling::LET)
            to_let[dwelling.area()].push_back(dwelling.name());
        }
        return absl::OkStatus();
      })));
  return to_let;
}

Status ReadNames(const rpc::Client& client, Names* names) {
  return EachPage<v1::ListPersonsRequest, v1::ListPersonsResponse>(client, [&](const auto& page) {
    for (const auto& person : page.persons()) {
      if (names->Set(NumberOf(person), person.name())) continue;
      return Status(absl::InternalError(person.name() + " is of no row, or another has it"));
    }
    return absl::OkStatus();
  });
}

}  // namespace

Status ImportCity(const rpc::Client& client, const CityPlanner& planner, int64_t dwellings,
                  Names* names, const OnProgress& progress) {
  const Places& places = planner.places();
  RETURN_IF_ERROR((ImportMade<v1::ImportDwellingsRequest, v1::ImportDwellingsResponse>(
      client, dwellings, [&](int64_t n) { return Home(places, planner.seed(), n); }, progress)));
  ASSIGN_OR_RETURN(const ToLet to_let, ReadToLet(client));
  const auto make = [&](int64_t number) {
    auto row = Resident(places, planner.seed(), number, planner.period().first);
    v1::Residence& home = *row.mutable_person()->mutable_residences()->rbegin();
    const auto here = to_let.find(home.area());
    if (home.dwelling_kind() == kRented && here != to_let.end()) {
      home.set_dwelling(here->second[number % here->second.size()]);
    }
    return row;
  };
  RETURN_IF_ERROR((ImportMade<v1::ImportPersonsRequest, v1::ImportPersonsResponse>(
      client, planner.imported(), make, [&](int64_t n) { progress(dwellings + n); })));
  return ReadNames(client, names);
}

}  // namespace pingan::ctl
