#include "services/population/service_item.h"

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;
using Item = v1::ServiceItem;

v1::PersonRecord Ask(World* world, Item::Kind kind) {
  v1::RequestServiceRequest request;
  request.mutable_item()->set_kind(kind);
  return world->Must(DecideRequestService(world->Registered(), request, world->env()));
}

TEST(Service, HasALimitByItsKind) {
  const struct {
    Item::Kind kind;
    const char* due;
  } kCases[] = {{Item::MEDICAL, "2026-03-09"},
                {Item::JOB, "2026-03-23"},
                {Item::SETTLEMENT, "2026-03-30"},
                {Item::SCHOOLING, "2026-03-30"},
                {Item::HOUSING, "2026-04-14"}};
  World world;
  for (const auto& row : kCases) {
    EXPECT_EQ(Ask(&world, row.kind).person().service_items(0).due_date(), row.due);
  }
}

TEST(Service, IsLateFromTheDayAfter) {
  for (const bool late : {false, true}) {
    World world;
    auto record = world.Do(Action::kAcceptService, Ask(&world, Item::MEDICAL));
    EXPECT_THAT(world.Tick("2026-03-09 23:59", &record), IsEmpty());
    if (late) {
      EXPECT_THAT(world.Tick("2026-03-10 00:00", &record), ElementsAre("service.late"));
    }
    EXPECT_THAT(world.Tick("2026-03-10 00:00", &record), ::testing::SizeIs(late ? 0 : 1));
    record = world.Do(Action::kDeliverService, record);
    EXPECT_TRUE(record.person().service_items(0).late());
    EXPECT_EQ(record.person().service_items(0).state(), Item::DELIVERED);
  }
  World world;
  auto record = world.Do(Action::kAcceptService, Ask(&world, Item::MEDICAL));
  world.GoTo("2026-03-09 23:59");
  EXPECT_FALSE(world.Do(Action::kDeliverService, record).person().service_items(0).late());
  world.GoTo("2026-03-10 00:00");
  EXPECT_TRUE(world.Do(Action::kDeliverService, record).person().service_items(0).late());
}

TEST(Service, EachActionWantsItsState) {
  World world;
  auto asked = Ask(&world, Item::JOB);
  v1::DeliverServiceRequest deliver;
  deliver.set_item(asked.person().service_items(0).id());
  EXPECT_THAT(DecideDeliverService(asked, deliver, world.env()),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
  v1::AcceptServiceRequest accept;
  accept.set_item("9");
  EXPECT_THAT(DecideAcceptService(asked, accept, world.env()), NamesField("item"));
  const auto denied = world.Do(Action::kDenyService, asked);
  EXPECT_EQ(denied.person().service_items(0).reason(), "not entitled");
  EXPECT_EQ(denied.person().service_items(0).end_date(), "2026-03-02");
}

TEST(Service, IsOpenOncePerKind) {
  World world;
  const auto asked = Ask(&world, Item::JOB);
  v1::RequestServiceRequest request;
  request.mutable_item()->set_kind(Item::JOB);
  EXPECT_THAT(DecideRequestService(asked, request, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  EXPECT_OK(DecideRequestService(world.Do(Action::kDenyService, asked), request, world.env()));
  request.mutable_item()->set_kind(Item::KIND_UNSPECIFIED);
  EXPECT_THAT(DecideRequestService(asked, request, world.env()), NamesField("item.kind"));
}

TEST(Service, OfSchoolingIsOpenOncePerChild) {
  World world;
  v1::RequestServiceRequest request;
  request.mutable_item()->set_kind(Item::SCHOOLING);
  request.mutable_item()->set_detail("长女, 一年级");
  auto asked = world.Must(DecideRequestService(world.Registered(), request, world.env()));
  EXPECT_THAT(DecideRequestService(asked, request, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  request.mutable_item()->set_detail("次子, 学前班");
  asked = world.Must(DecideRequestService(asked, request, world.env()));
  EXPECT_EQ(asked.person().service_items_size(), 2);
  request.mutable_item()->set_kind(Item::JOB);
  asked = world.Must(DecideRequestService(asked, request, world.env()));
  request.mutable_item()->set_detail("another");
  EXPECT_THAT(DecideRequestService(asked, request, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
}

}  // namespace
}  // namespace pingan::population
