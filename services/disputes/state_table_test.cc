// Two tables at once: the one of the product and a version after it, in which nothing is refused
// any more, and an accepted case may be diverted.
#include "services/disputes/state_table.h"

#include "common/testing/matchers.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {

const std::vector<StateTable>& StateTables() {
  static const auto tables = [] {
    StateTable first = {.version = 1, .next = {}}, second;
    for (auto& row : first.next) {
      for (int i = 0; i < StateTable::kStates; ++i) {
        row[static_cast<size_t>(i)] = static_cast<v1::Dispute::State>(v1::Dispute::REGISTERED + i);
      }
    }
    const auto set = [](StateTable* table, v1::Dispute::State from, Action action,
                        v1::Dispute::State to) {
      table->next[static_cast<size_t>(action)][static_cast<size_t>(from - 1)] = to;
    };
    set(&first, v1::Dispute::REGISTERED, Action::kAcceptDispute, v1::Dispute::ACCEPTED);
    set(&first, v1::Dispute::ACCEPTED, Action::kDivertDispute, v1::Dispute::STATE_UNSPECIFIED);
    set(&first, v1::Dispute::CLOSED, Action::kReopenDispute, v1::Dispute::REOPENED);
    second = first;
    second.version = 2;
    set(&second, v1::Dispute::REGISTERED, Action::kRefuseDispute, v1::Dispute::STATE_UNSPECIFIED);
    set(&second, v1::Dispute::ACCEPTED, Action::kDivertDispute, v1::Dispute::DIVERTED);
    return std::vector<StateTable>{first, second};
  }();
  return tables;
}

namespace {

using ::pingan::testing::Fails;
using testing::World;

const auto kRefused = [] {
  return Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED);
};

v1::DisputeRecord Under(int version, v1::DisputeRecord record) {
  record.mutable_dispute()->set_table_version(version);
  return record;
}

TEST(StateTable, ACaseGoesByTheOneItWasRegisteredUnder) {
  const World world;
  const v1::DisputeRecord registered = world.Registered();
  EXPECT_EQ(registered.dispute().table_version(), 2);
  const v1::DisputeRecord running = Under(1, registered);

  EXPECT_OK(world.Apply(Action::kRefuseDispute, running));
  EXPECT_THAT(world.Apply(Action::kRefuseDispute, registered), kRefused());
  EXPECT_THAT(AllowedActions(running.dispute(), world.env()), ::testing::Contains("RefuseDispute"));
  EXPECT_THAT(AllowedActions(registered.dispute(), world.env()),
              ::testing::Not(::testing::Contains("RefuseDispute")));

  const auto accepted = world.Do(Action::kAcceptDispute, running);
  EXPECT_EQ(accepted.dispute().table_version(), 1) << "kept while it runs";
  EXPECT_THAT(world.Apply(Action::kDivertDispute, accepted), kRefused());
  EXPECT_OK(world.Apply(Action::kDivertDispute, world.Do(Action::kAcceptDispute, registered)));
}

TEST(StateTable, ACaseThatComesBackGoesByTheNewest) {
  const World world;
  v1::DisputeRecord closed = Under(1, world.Registered());
  closed.mutable_dispute()->set_state(v1::Dispute::CLOSED);
  *closed.mutable_dispute()->mutable_ending()->mutable_end_time() = closed.dispute().create_time();
  EXPECT_EQ(world.Do(Action::kReopenDispute, closed).dispute().table_version(), 2);
}

TEST(StateTable, NothingIsAllowedUnderOneThatIsNotKnown) {
  const World world;
  const v1::DisputeRecord unknown = Under(3, world.Registered());
  EXPECT_THAT(AllowedActions(unknown.dispute(), world.env()), ::testing::IsEmpty());
  EXPECT_THAT(world.Apply(Action::kAcceptDispute, unknown), kRefused());
}

}  // namespace
}  // namespace pingan::disputes
