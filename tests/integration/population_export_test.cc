// An export goes on where it broke, whatever has become of the files meanwhile, and ends in a
// drain.
#include <future>
#include <set>

#include "tests/integration/population_world.h"

namespace pingan::testing {
namespace {

namespace v1 = population::v1;
using absl::StatusCode;
using google::protobuf::Message;

class PopulationExports : public PopulationWorld {
 protected:
  void Fill(int persons) const {
    std::vector<v1::ImportPersonsRequest> rows;
    for (int i = 0; i < persons; ++i) rows.push_back(Row(i));
    ASSERT_EQ(Import(rows).rows_stored(), persons);
  }

  // Reads on until so many are known; `after` is where to go on. Who is told twice is a failure.
  Status ReadOn(size_t until, const rpc::Client& client) {
    return client.Watch(request_, v1::ExportPersonsResponse(), absl::Seconds(30),
                        [&](const Message& answer) {
                          const auto& row = static_cast<const v1::ExportPersonsResponse&>(answer);
                          EXPECT_GT(row.as_of_revision(), 0);
                          EXPECT_TRUE(names_.insert(row.person().name()).second);
                          last_ = row.person().name();
                          request_.set_after(row.resume_after());
                          return names_.size() < until;
                        });
  }

  const rpc::Client police_ = Police("411602", "data_quality");
  v1::ExportPersonsRequest request_;
  std::set<std::string> names_;
  std::string last_;
};

TEST_F(PopulationExports, ResumesWhereItBroke) {
  constexpr int kPersons = 450;  // more than two pages
  Fill(kPersons);
  Must<v1::Person>(Police("411621"), NewPerson(kThere));
  ASSERT_OK(ReadOn(300, police_));
  EXPECT_EQ(names_.size(), 300u);
  ASSERT_OK(ReadOn(10000, police_));
  EXPECT_EQ(names_.size(), static_cast<size_t>(kPersons));
  v1::ExportPersonsRequest filtered;
  filtered.set_filter("state = \"LEFT\"");
  EXPECT_OK(
      police_.Watch(filtered, v1::ExportPersonsResponse(), absl::Seconds(30), [](const auto&) {
        ADD_FAILURE() << "nobody left";
        return true;
      }));
}

TEST_F(PopulationExports, ResumesBehindWhoHasMovedAway) {
  Fill(5);
  ASSERT_OK(ReadOn(2, police_));
  auto offer = On<v1::OfferMoveRequest>(last_);
  offer.set_to_area(kThere);
  Must<v1::Person>(Police("411602"), offer);
  auto accept = On<v1::AcceptMoveRequest>(last_);
  *accept.mutable_arrival() = Spell(kThere, "2026-03-02");
  Must<v1::Person>(Police("411621"), accept);
  ASSERT_OK(ReadOn(10000, police_));
  EXPECT_EQ(names_.size(), 5u);
}

// Where to go on is sealed: it tells no more of a file than whoever was told of it knows.
TEST_F(PopulationExports, ResumesByItsOwnWordOnly) {
  Fill(3);
  const std::string foreign = Must<v1::Person>(Police("411621"), NewPerson(kThere)).name();
  ASSERT_OK(ReadOn(1, police_));
  const std::string after = request_.after();
  for (const std::string& name : {foreign, last_, std::string("persons/411621-99999999")}) {
    request_.set_after(name);
    EXPECT_THAT(ReadOn(10000, police_),
                Fails(StatusCode::kInvalidArgument, common::v1::PAGE_TOKEN_INVALID));
    EXPECT_THAT(ReadOn(10000, police_), NamesField("after"));
  }
  request_.set_after(after);
  const rpc::Client other = server_.As({.subject = "another",
                                        .roles = {"police_officer"},
                                        .area = "411602",
                                        .purposes = {"data_quality"}},
                                       "data_quality");
  EXPECT_THAT(ReadOn(10000, other), NamesField("after"));
  request_.set_filter("state = \"ACTIVE\"");
  EXPECT_THAT(ReadOn(10000, police_), NamesField("after"));
}

// What is left is more than the wire holds, so the server is in the middle when the drain begins.
TEST_F(PopulationExports, EndsWhenTheServerGoesAway) {
  constexpr size_t kPersons = 4000;
  Fill(kPersons);
  std::future<int> stopped;
  size_t told = 0;
  const Status ended =
      police_.Watch(v1::ExportPersonsRequest(), v1::ExportPersonsResponse(), absl::Seconds(60),
                    [&](const Message&) {
                      if (++told > 1) return true;
                      stopped = std::async(std::launch::async, [&] { return server_.Stop(); });
                      const rpc::Client other = Police("411602");
                      v1::ListCodesResponse codes;
                      while (other.Call(v1::ListCodesRequest(), &codes).ok()) {
                      }
                      return true;
                    });
  EXPECT_THAT(ended, Fails(StatusCode::kUnavailable, common::v1::DRAINING));
  EXPECT_LT(told, kPersons);
  EXPECT_EQ(stopped.get(), 0);
}

}  // namespace
}  // namespace pingan::testing
