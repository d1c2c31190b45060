#include "tools/pinganctl/demo/synthetic.h"

#include <string_view>

#include "absl/strings/str_format.h"

namespace pingan::ctl {
namespace {

constexpr const char* kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
                                     "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
                                     "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "程"};
constexpr const char* kGiven[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋",
                                  "勇", "艳", "杰", "娟", "涛", "明", "超", "兰", "霞", "平",
                                  "刚", "英", "华", "玉", "春", "文", "红", "建", "国", "志"};
constexpr const char* kTrades[] = {"建筑", "商贸", "物业服务", "食品",
                                   "运输", "农业", "置业",     "纺织"};

// ISO 7064 MOD 11-2 over the first 17 digits.
char CitizenIdCheck(std::string_view digits) {
  int sum = 0;
  for (const char c : digits) sum = (sum + (c - '0')) * 2 % 11;
  return "10X98765432"[sum];
}

// GB 32100: weights are the powers of 3, modulo 31.
char CreditCodeCheck(std::string_view code) {
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  size_t sum = 0, weight = 1;
  for (const char c : code) {
    sum += kCharacters.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return kCharacters[(31 - sum % 31) % 31];
}

}  // namespace

std::string SyntheticName(Dice* dice) {
  std::string name = dice->Pick(kSurnames);
  name += dice->Pick(kGiven);
  if (dice->Chance(60)) name += dice->Pick(kGiven);
  return name;
}

std::string SyntheticCompany(Dice* dice) {
  return std::string(dice->Pick(kGiven)) + dice->Pick(kGiven) + dice->Pick(kTrades) + "有限公司";
}

std::string SyntheticCitizenId(int place, absl::CivilDay birth, int sequence) {
  const std::string id = absl::StrFormat("99%04d%04d%02d%02d%03d", place, birth.year(),
                                         birth.month(), birth.day(), sequence);
  return id + CitizenIdCheck(id);
}

std::string SyntheticCitizenId(Dice* dice) {
  const int place = dice->Below(10000);
  const absl::CivilDay birth{dice->Between(1945, 2005), dice->Between(1, 12), dice->Between(1, 28)};
  return SyntheticCitizenId(place, birth, place / 10);
}

std::string SyntheticCreditCode(Dice* dice) {
  const std::string code = absl::StrFormat("91990000%09d", dice->Below(1'000'000));
  return code + CreditCodeCheck(code);
}

std::string SyntheticPhone(Dice* dice) {
  return absl::StrFormat("03940%07d", dice->Below(10'000'000));
}

}  // namespace pingan::ctl
