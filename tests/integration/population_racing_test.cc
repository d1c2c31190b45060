// The same person registered many times at the same moment, on two replicas: on file once in an
// area, and suspected wherever the registers cannot see each other.
#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "tests/integration/population_replicas.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;

// A village of each county.
constexpr std::array<const char*, 11> kVillages = {
    "411602001001", "411603001001", "411621001001", "411622001002", "411623001001", "411624001001",
    "411625001001", "411627100001", "411628001001", "411671011001", "411681001001"};
constexpr int kRacers = 64;

class Racing : public PopulationReplicas {
 protected:
  rpc::Client At(int replica, const std::string& role, const std::string& area) const {
    return replica % 2 == 0 ? As(role, area) : OnOther(role, area);
  }

  // The names of each pair that is suspected.
  std::set<std::pair<std::string, std::string>> Suspected() const {
    std::set<std::pair<std::string, std::string>> pairs;
    v1::ListDuplicatesRequest request;
    request.set_page_size(500);
    const auto page = Must<v1::ListDuplicatesResponse>(Police("4116"), request);
    EXPECT_EQ(page.next_page_token(), "");
    for (const auto& pair : page.candidates()) {
      EXPECT_EQ(pair.state(), v1::DuplicateCandidate::OPEN);
      EXPECT_TRUE(pairs.emplace(pair.first(), pair.second()).second) << pair.name();
    }
    return pairs;
  }
  // Every pair of them.
  static std::set<std::pair<std::string, std::string>> PairsOf(const std::set<std::string>& names) {
    std::set<std::pair<std::string, std::string>> pairs;
    for (auto one = names.begin(); one != names.end(); ++one) {
      for (auto other = std::next(one); other != names.end(); ++other) pairs.emplace(*one, *other);
    }
    return pairs;
  }
  std::set<std::string> Names() const {
    v1::ListPersonsRequest request;
    request.set_page_size(500);
    const auto page = Must<v1::ListPersonsResponse>(Police("4116"), request);
    std::set<std::string> names;
    for (const auto& person : page.persons()) names.insert(person.name());
    return names;
  }
};

TEST_F(Racing, ADocumentIsOnFileOnceInEachCountyAndSuspectedInAllOthers) {
  std::array<std::atomic<int>, kVillages.size()> created = {};
  std::vector<std::thread> racers;
  for (int i = 0; i < kRacers; ++i) {
    racers.emplace_back([&, i] {
      const size_t county = static_cast<size_t>(i) % kVillages.size();
      const std::string village = kVillages[county];
      const rpc::Client client = At(i / 2, "police_officer", village.substr(0, 6));
      const auto request = NewPerson(village);
      v1::Person person;
      Status status;
      // A small machine may have no room for all at once.
      do status = client.Call(request, &person);
      while (DetailsOf(status).reason == common::v1::OVERLOADED);
      created[county] += status.ok();
      EXPECT_TRUE(status.ok() || DetailsOf(status).reason == common::v1::RESOURCE_EXISTS) << status;
    });
  }
  for (auto& racer : racers) racer.join();
  for (size_t county = 0; county < created.size(); ++county) {
    EXPECT_EQ(created[county], 1) << kVillages[county];
  }
  const auto names = Names();
  EXPECT_EQ(names.size(), kVillages.size());
  EXPECT_EQ(Suspected(), PairsOf(names));
}

// A ledger may hold a person twice, and is taken in as it is: all of them are stored, and each pair
// is suspected.
TEST_F(Racing, RowsInFlightSeeEachOther) {
  constexpr int kRows = 10;
  std::vector<std::thread> ledgers;
  for (int ledger = 0; ledger < 2; ++ledger) {
    ledgers.emplace_back([&, ledger] {
      std::vector<v1::ImportPersonsRequest> rows;
      for (int i = 0; i < kRows; ++i) {
        auto& person = *rows.emplace_back(Row(100 * ledger + i)).mutable_person();
        person.set_display_name("欧阳修远");
        person.set_phone("13800000002");
        *person.mutable_documents() = NewPerson().person().documents();
      }
      v1::ImportPersonsResponse answer;
      size_t next = 0;
      EXPECT_OK(At(ledger, "importer", "4116")
                    .Upload(
                        v1::ImportPersonsRequest::descriptor(),
                        [&]() { return next < rows.size() ? &rows[next++] : nullptr; }, &answer));
      EXPECT_EQ(answer.rows_stored(), kRows);
    });
  }
  for (auto& ledger : ledgers) ledger.join();
  const auto names = Names();
  EXPECT_EQ(names.size(), 2u * kRows);
  EXPECT_EQ(Suspected(), PairsOf(names));
}

}  // namespace
}  // namespace pingan::testing
