#include "services/population/dwelling_id.h"

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

using pingan::testing::Fails;
using testing::World;

constexpr char kId[] = "home:1-7";

class DwellingId : public ::testing::Test {
 protected:
  DwellingId() {
    known_.mutable_dwelling()->set_external_id(kId);
    request_.mutable_dwelling()->CopyFrom(known_.dwelling());
    request_.mutable_dwelling()->clear_name();
  }
  Related Found() const {
    Related found;
    found.Add(known_.dwelling().name(), std::make_shared<v1::DwellingRecord>(known_));
    return found;
  }

  World world_;
  v1::DwellingRecord known_ = world_.Dwelling(8);
  v1::CreateDwellingRequest request_;
};

TEST_F(DwellingId, IsOneDwellings) {
  const auto taken = Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS);
  EXPECT_OK(ComposeCreateDwelling({}, request_, {}, world_.env()));
  const auto created = ComposeCreateDwelling({}, request_, Found(), world_.env());
  EXPECT_THAT(created, taken);
  ASSERT_EQ(DetailsOf(created.status()).fields.size(), 1u);
  EXPECT_EQ(DetailsOf(created.status()).fields[0].path, "dwelling.external_id");
  EXPECT_EQ(DetailsOf(created.status()).metadata[0].second, known_.dwelling().name());
  v1::ImportDwellingsRequest row;
  *row.mutable_dwelling() = request_.dwelling();
  EXPECT_THAT(ComposeImportDwelling({}, row, Found(), world_.env()), taken);
  v1::DwellingRecord other = world_.Dwelling(8);
  other.mutable_dwelling()->set_name("dwellings/411602-00000009");
  v1::UpdateDwellingRequest update;
  update.mutable_dwelling()->set_external_id(kId);
  update.mutable_update_mask()->add_paths("external_id");
  EXPECT_THAT(ComposeUpdateDwelling(other, update, Found(), world_.env()), taken);
  EXPECT_OK(ComposeUpdateDwelling(known_, update, Found(), world_.env())) << "its own";
  request_.mutable_dwelling()->set_external_id("home:1-8");
  EXPECT_OK(ComposeCreateDwelling({}, request_, Found(), world_.env()));
}

TEST_F(DwellingId, OfAnotherAreaIsNotTold) {
  known_.mutable_dwelling()->set_area(testing::kOtherVillage);
  world_.caller.area = "411602";
  EXPECT_OK(ComposeCreateDwelling({}, request_, Found(), world_.env()));
}

TEST_F(DwellingId, IsWhatADwellingIsFoundBy) {
  const Wanted wanted = WantedBy(v1::DwellingRecord(), request_);
  ASSERT_EQ(wanted.terms.size(), 1u);
  ASSERT_EQ(TermsOf(known_).size(), 1u);
  EXPECT_EQ(TermsOf(known_)[0].value, wanted.terms[0].value);
  EXPECT_EQ(TermsOf(known_)[0].index, wanted.terms[0].index);
}

}  // namespace
}  // namespace pingan::population
