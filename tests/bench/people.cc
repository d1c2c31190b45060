#include "tests/bench/people.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "tests/bench/lab.h"

namespace pingan::bench {
namespace {

namespace v1 = population::v1;

// Shares of the commonest surnames in ten thousand people, about as in the census; the rest of the
// people are spread over all of them.
struct Surname {
  const char* name;
  int share;
};
constexpr Surname kSurnames[] = {
    {"王", 725}, {"李", 719}, {"张", 683}, {"刘", 538}, {"陈", 453}, {"杨", 308}, {"赵", 229},
    {"黄", 223}, {"周", 212}, {"吴", 205}, {"徐", 166}, {"孙", 154}, {"胡", 131}, {"朱", 126},
    {"高", 121}, {"林", 118}, {"何", 117}, {"郭", 115}, {"马", 105}, {"罗", 95},  {"梁", 84},
    {"宋", 81},  {"郑", 78},  {"谢", 72},  {"韩", 68},  {"唐", 65},  {"冯", 64},  {"于", 62},
    {"董", 61},  {"萧", 59},  {"程", 57},  {"曹", 57},  {"袁", 54},  {"邓", 54},  {"许", 54},
    {"傅", 51},  {"沈", 50},  {"曾", 50},  {"彭", 49},  {"吕", 47}};

// In the order of how often; the n-th occurs in proportion to 1 / (n + 4).
constexpr const char* kGiven[] = {
    "伟", "芳", "英", "秀", "明", "华", "红", "玉", "军", "建", "国", "文", "丽", "杰", "强",
    "平", "海", "林", "志", "春", "梅", "兰", "静", "敏", "勇", "磊", "霞", "艳", "金", "云",
    "超", "涛", "鹏", "辉", "俊", "德", "永", "新", "娟", "荣", "晓", "凤", "桂", "东", "斌",
    "刚", "娜", "子", "宇", "浩", "雨", "欣", "晨", "佳", "梓", "涵", "思", "嘉", "泽", "轩",
    "洋", "波", "峰", "龙", "飞", "翔", "莉", "琴", "莲", "珍", "素", "爱", "福", "庆", "振",
    "世", "学", "家", "成", "光", "清", "雪", "婷", "慧", "琳", "倩", "颖", "瑞", "博", "安"};

constexpr int64_t kDays = 21'900, kSequences = 999, kAreas = 10;  // births of 60 years, 10 counties
constexpr int64_t kIds = kDays * kSequences * kAreas;

template <class Weights>
size_t Pick(const Weights& weights, std::mt19937_64* random) {
  return static_cast<size_t>(
      std::upper_bound(weights.begin(), weights.end(), (*random)() % weights.back()) -
      weights.begin());
}

template <class Share>
std::vector<uint64_t> Cumulate(size_t n, Share share) {
  std::vector<uint64_t> sums;
  uint64_t sum = 0;
  for (size_t i = 0; i < n; ++i) sums.push_back(sum += share(i));
  return sums;
}

std::string NameOf(std::mt19937_64* random) {
  static const auto* const surnames = new auto(Cumulate(
      std::size(kSurnames), [](size_t i) { return static_cast<uint64_t>(kSurnames[i].share); }));
  static const auto* const given = new auto(
      Cumulate(std::size(kGiven), [](size_t i) { return static_cast<uint64_t>(1e6 / (i + 5.0)); }));
  std::string name = kSurnames[Pick(*surnames, random)].name;
  name += kGiven[Pick(*given, random)];
  if ((*random)() % 5 != 0) name += kGiven[Pick(*given, random)];
  return name;
}

char CheckOf(const std::string& first17) {
  int sum = 0;
  for (const char c : first17) sum = (sum + (c - '0')) * 2 % 11;
  return "10X98765432"[sum];
}

std::string WithCheck(std::string first17) {
  first17 += CheckOf(first17);
  return first17;
}

void Describe(int64_t row, const std::string& village, v1::Person* person) {
  std::mt19937_64 random(static_cast<uint64_t>(row) * 2654435761 + 1);
  person->set_area(village);
  person->set_kind(row % 3 == 0 ? v1::FLOATING : v1::HOUSEHOLD);
  person->set_display_name(NameOf(&random));
  v1::Document& document = *person->add_documents();
  document.set_document_type("111");
  document.set_document_number(People::CitizenId(row));
  person->set_ethnicity("01");
  person->set_education("70");
  person->set_household_area(village.substr(0, 6));
  person->set_household_address(absl::StrCat("某村民组", row % 400 + 1, "号"));
  // 48,271 is a prime: no two rows of a hundred million have the same.
  person->set_phone(absl::StrFormat("0400%08d", row * 48'271 % 100'000'000));
}

v1::Residence Home(int64_t row, const std::string& village) {
  v1::Residence home;
  home.set_kind(v1::Residence::MAIN);
  home.set_area(village);
  home.set_address(absl::StrCat("某路", row % 900 + 1, "号", row % 30 + 1, "室"));
  home.set_from_date(absl::StrFormat("20%02d-%02d-%02d", row % 25, row % 12 + 1, row % 28 + 1));
  home.set_source(v1::Residence::OLD_LEDGER);
  return home;
}

}  // namespace

People::People(int stride) : villages_(Villages(stride)) {}

// A walk over all identity numbers that meets none twice.
std::string People::CitizenId(int64_t row) {
  const int64_t at = row % kIds * 104'729 % kIds;
  const absl::CivilDay day = absl::CivilDay(1940, 1, 1) + at % kDays;
  return WithCheck(absl::StrFormat("99010%d%04d%02d%02d%03d", at / kDays % kAreas, day.year(),
                                   day.month(), day.day(), at / kDays / kAreas + 1));
}

v1::ImportPersonsRequest People::Row(int64_t row) const {
  const std::string& village = AreaOf(row);
  v1::ImportPersonsRequest request;
  request.set_row_id(absl::StrCat("bench-", row));
  Describe(row, village, request.mutable_person());
  *request.mutable_person()->add_residences() = Home(row, village);
  return request;
}

v1::CreatePersonRequest People::Create(const std::string& run, int64_t row) const {
  const v1::ImportPersonsRequest ledger = Row(row);
  v1::CreatePersonRequest request;
  request.set_request_id(absl::StrCat("bench-", run, "-", row));
  *request.mutable_person() = ledger.person();
  request.mutable_person()->clear_residences();
  *request.mutable_residence() = ledger.person().residences(0);
  return request;
}

v1::CreatePersonRequest People::Again(const std::string& run, int64_t row) const {
  v1::CreatePersonRequest request = Create(run, row);
  v1::Person& person = *request.mutable_person();
  const std::string number = person.documents(0).document_number();
  person.set_birth_date(
      absl::StrCat(number.substr(6, 4), "-", number.substr(10, 2), "-", number.substr(12, 2)));
  person.clear_documents();
  return request;
}

}  // namespace pingan::bench
