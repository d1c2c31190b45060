#include "tools/pinganctl/demo/player.h"

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

using ::testing::ElementsAre;

// Lives of which none ever begins.
class Quiet : public Script {
 public:
  Status MoveClock(absl::CivilDay) const override { return absl::OkStatus(); }
  std::optional<absl::CivilDay> DayOf(int64_t) const override { return std::nullopt; }
  Course Begin(int64_t number) const override { return {.number = number, .life = {}, .name = ""}; }
  Status Make(Course*, const Step&, const std::string&, int) const override {
    return absl::InternalError("there is no step");
  }
};

TEST(Player, ShowsHowFarItsPlanIs) {
  const Quiet script;
  const absl::CivilDay day(2026, 5, 6);
  Player player(script, {.prefix = "test", .lives = 25'000, .period = {day, day}});
  std::vector<std::string> notes;
  EXPECT_OK(player.Play([&](int64_t, const std::string& note) { notes.push_back(note); }));
  EXPECT_THAT(notes, ElementsAre("10,000 of 25,000 planned", "20,000 of 25,000 planned"));
}

}  // namespace
}  // namespace pingan::ctl
