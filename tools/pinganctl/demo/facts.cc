#include "tools/pinganctl/demo/facts.h"

#include <map>
#include <string>

#include "common/base/instants.h"
#include "services/disputes/codes.h"
#include "tools/pinganctl/demo/people.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

// How often each group of the category list comes up, from 01 on.
const std::vector<int> kGroupWeights = {200, 190, 40, 50, 110, 120, 80, 50,
                                        80,  20,  30, 15, 12,  6,   4,  3};
const std::vector<int> kSourceWeights = {35, 25, 20, 3, 5, 8, 4};  // in the order of Source
constexpr const char* kStories[] = {
    "双方因{}发生争执, 多次协商未果, 请求调解。", "排查中发现双方因{}产生矛盾, 情绪较为激动。",
    "当事人来访反映{}问题, 要求尽快处理。", "热线转来, 当事人称因{}与对方长期不和。"};

struct Leaf {
  std::string code;
  std::string label;
};

// The leaves of each group that has a weight, in the order of the list.
const std::vector<std::vector<Leaf>>& Groups() {
  static const auto* groups = [] {
    auto* by_group = new std::vector<std::vector<Leaf>>;
    std::map<std::string, size_t> index;
    std::map<std::string, std::string> labels;
    for (const auto& code : disputes::CodeLists().front().codes()) {
      const std::string group = code.code().substr(0, 2);
      if (std::stoul(group) > kGroupWeights.size()) continue;
      if (index.try_emplace(group, by_group->size()).second) by_group->emplace_back();
      labels[code.code()] = code.label_zh();
      if (!disputes::IsLeafCategory(code.code())) continue;
      const bool other = code.label_zh() == "其他";
      (*by_group)[index[group]].push_back({code.code(), labels[other ? group : code.code()]});
    }
    return by_group;
  }();
  return *groups;
}

void FillParties(const std::string& group, const std::string& place, Dice* dice,
                 v1::Dispute* dispute) {
  const int parties = 2 + dice->Weighted({80, 15, 5});
  const bool business = group >= "05" && group <= "10" && group != "09" && dice->Chance(50);
  for (int i = 0; i < parties; ++i) {
    *dispute->add_parties() =
        business && i == 1 ? SyntheticOrganisation(dice, place) : SyntheticPerson(dice, place);
  }
}

void FillWeight(Dice* dice, v1::Dispute* dispute) {
  dispute->set_risk(static_cast<v1::Risk>(v1::BLUE + dice->Weighted({25, 52, 18, 5})));
  dispute->set_scale(static_cast<v1::Scale>(v1::INDIVIDUAL + dice->Weighted({90, 8, 2})));
  dispute->set_people_involved(dispute->parties_size());
  if (dispute->scale() == v1::ORDINARY_GROUP) dispute->set_people_involved(dice->Between(5, 49));
  if (dispute->scale() == v1::MAJOR_GROUP) dispute->set_people_involved(dice->Between(50, 600));
}

}  // namespace

bool IsMajor(const v1::Dispute& dispute) {
  return dispute.scale() == v1::MAJOR_GROUP || dispute.risk() == v1::RED;
}

v1::Dispute Facts(const Places& places, absl::CivilDay day, Dice* dice) {
  const area::Area& village = places.Any(dice);
  const Leaf& leaf = dice->Pick(Groups()[dice->Weighted(kGroupWeights)]);
  v1::Dispute dispute;
  dispute.set_area(village.code);
  dispute.set_category(leaf.code);
  dispute.set_title(village.name + ": " + leaf.label);
  std::string story = dice->Pick(kStories);
  dispute.set_description(story.replace(story.find("{}"), 2, leaf.label));
  dispute.set_place(places.NameOf(village));
  dispute.set_source(static_cast<v1::Source>(v1::SCREENING + dice->Weighted(kSourceWeights)));
  *dispute.mutable_occur_time() = ToProto(TimeOf(day - dice->Between(0, 30)));
  if (leaf.code.starts_with("1102")) dispute.add_causes("land-requisition");
  if (leaf.code.starts_with("14")) dispute.add_causes("litigation-related");
  if (leaf.code == "1002") dispute.add_causes("enterprise-restructuring");
  FillParties(leaf.code.substr(0, 2), dispute.place(), dice, &dispute);
  FillWeight(dice, &dispute);
  return dispute;
}

}  // namespace pingan::ctl
