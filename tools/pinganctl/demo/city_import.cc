#include "tools/pinganctl/demo/city_import.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/city_count.h"
#include "tools/pinganctl/demo/parallel.h"
#include "tools/pinganctl/demo/resident.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr int kStreams = 3;
constexpr int64_t kRowsAStream = 20'000;  // so that none outlives its deadline

constexpr char kRented[] = "02";  // of "dwelling-kind"

// The dwellings to let of each village, in the order of their names.
using ToLet = std::map<std::string, std::vector<std::string>>;

// Rows 1 to `rows`, each made by `make`.
template <class Request, class Response, class Make>
Status Import(const rpc::Client& client, int64_t rows, const Make& make,
              const std::function<void()>& sent) {
  std::mutex mutex;
  Status status;
  const auto stream = [&](size_t index, int) {
    int64_t next = static_cast<int64_t>(index) * kRowsAStream;
    const int64_t end = std::min(rows, next + kRowsAStream);
    Request row;
    Response answer;
    Status ended = client.Upload(
        Request::descriptor(),
        [&]() -> const Request* {
          if (next == end) return nullptr;
          row = make(++next);
          sent();
          return &row;
        },
        &answer);
    if (ended.ok() && answer.rows_refused() > 0) {
      const auto& first = answer.refusals(0);
      ended = absl::InternalError(absl::StrCat(answer.rows_refused(),
                                               " rows are refused: ", first.row_id(), " ",
                                               first.field(), ": ", first.problem()));
    }
    std::lock_guard lock(mutex);
    if (status.ok()) status = ended;
  };
  Parallel(static_cast<size_t>((rows + kRowsAStream - 1) / kRowsAStream), kStreams, stream);
  return status;
}

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
  std::atomic<int64_t> sent = 0;
  const auto one_more = [&] { progress(++sent); };
  const Places& places = planner.places();
  RETURN_IF_ERROR((Import<v1::ImportDwellingsRequest, v1::ImportDwellingsResponse>(
      client, dwellings, [&](int64_t n) { return Home(places, planner.seed(), n); }, one_more)));
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
  RETURN_IF_ERROR((Import<v1::ImportPersonsRequest, v1::ImportPersonsResponse>(
      client, planner.imported(), make, one_more)));
  return ReadNames(client, names);
}

}  // namespace pingan::ctl
