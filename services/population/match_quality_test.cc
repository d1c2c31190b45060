// How well the search for duplicates does on a village of made-up people with common names: how
// many files of one person it finds, and how many of what it finds are of one person. Everything
// follows from the numbers of the people, so each run measures the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "services/population/match.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

constexpr int kPeople = 600;

// A number that looks like chance and is none.
uint32_t Mixed(uint32_t number) {
  number = (number ^ (number >> 16)) * 0x45d9f3bu;
  number = (number ^ (number >> 16)) * 0x45d9f3bu;
  return number ^ (number >> 16);
}

// A character and how else it is written: of the same sound, and traditional.
struct Character {
  const char *plain, *homophone, *traditional;
};
const Character kSurnames[] = {{"王", "汪", "王"}, {"李", "里", "李"}, {"张", "章", "張"},
                               {"刘", "留", "劉"}, {"陈", "晨", "陳"}, {"杨", "羊", "楊"}};
const Character kGiven[] = {{"建", "健", "建"}, {"国", "帼", "國"}, {"伟", "玮", "偉"},
                            {"军", "君", "軍"}, {"丽", "莉", "麗"}, {"红", "洪", "紅"},
                            {"华", "骅", "華"}, {"明", "铭", "明"}, {"英", "瑛", "英"},
                            {"兰", "岚", "蘭"}};

struct Name {
  const Character *surname, *first, *second;
  std::string Plain() const { return std::string(surname->plain) + first->plain + second->plain; }
  std::string Given() const { return std::string(first->plain) + second->plain; }
};

Name NameOf(int number) {
  const uint32_t mixed = Mixed(static_cast<uint32_t>(number) * 7 + 1);
  return {&kSurnames[mixed % std::size(kSurnames)], &kGiven[(mixed / 16) % std::size(kGiven)],
          &kGiven[(mixed / 1024) % std::size(kGiven)]};
}

std::string Digits(int number, int width) {
  std::string digits = std::to_string(number);
  return std::string(static_cast<size_t>(width) - digits.size(), '0') + digits;
}

// With the first 17 digits of a citizen ID, of which the others follow.
void Identify(v1::Person* person, const std::string& id) {
  person->clear_documents();
  auto& document = *person->add_documents();
  document.set_document_type("111");
  document.set_document_number(testing::CitizenIdOf(id));
  person->set_birth_date(id.substr(6, 4) + "-" + id.substr(10, 2) + "-" + id.substr(12, 2));
  person->set_sex((id[16] - '0') % 2 == 1 ? v1::MALE : v1::FEMALE);
}

std::string IdOf(int number) {
  const uint32_t mixed = Mixed(static_cast<uint32_t>(number) * 3 + 2);
  const int year = 1950 + static_cast<int>(mixed % 55),
            month = 1 + static_cast<int>(mixed / 64 % 12);
  const int day = 1 + static_cast<int>(mixed / 1024 % 28), order = 1 + number % 999;
  return "411602" + Digits(year, 4) + Digits(month, 2) + Digits(day, 2) + Digits(order, 3);
}

v1::Person PersonOf(int number) {
  v1::Person person;
  person.set_display_name(NameOf(number).Plain());
  person.set_household_area("411602");
  person.set_phone("138" +
                   Digits(static_cast<int>(Mixed(static_cast<uint32_t>(number)) % 100000000), 8));
  Identify(&person, IdOf(number));
  return person;
}

// One digit is another, anywhere but in the one that tells the sex.
std::string Slipped(std::string id, int number) {
  char& digit = id[static_cast<size_t>(number) % 16];
  digit = digit == '9' ? '0' : static_cast<char>(digit + 1);
  return id;
}

std::string Swapped(std::string id) {
  for (size_t i = 15; i > 0; --i) {
    if (id[i] == id[i - 1] || (i >= 6 && i <= 13)) continue;
    std::swap(id[i], id[i - 1]);
    break;
  }
  return id;
}

using Edit = void (*)(v1::Person* person, int number);
void RenewPhone(v1::Person* person, int number) {
  person->set_phone("139" + Digits(number, 8));
}
void Homophone(v1::Person* person, int number) {
  const Name name = NameOf(number);
  person->set_display_name(std::string(name.surname->homophone) + name.first->plain +
                           name.second->plain);
}
void Traditional(v1::Person* person, int number) {
  const Name name = NameOf(number);
  person->set_display_name(std::string(name.surname->traditional) + name.first->traditional +
                           name.second->traditional);
}
void SwapName(v1::Person* person, int number) {
  person->set_display_name(NameOf(number).Given() + NameOf(number).surname->plain);
}
void Slip(v1::Person* person, int number) {
  Identify(person, Slipped(IdOf(number), number));
}
void SwapDigits(v1::Person* person, int number) {
  Identify(person, Swapped(IdOf(number)));
}
void LoseDocument(v1::Person* person, int) {
  person->clear_documents();
}

void WrongCharacter(v1::Person* person, int number) {
  person->set_display_name(std::string(NameOf(number).surname->plain) + "小" +
                           NameOf(number).second->plain);
}

// What a second file of the same person has otherwise, and how many of a hundred are found at
// least.
const struct Kind {
  const char* what;
  std::vector<Edit> edits;
  int least = 99;
} kKinds[] = {
    {"the same", {}},
    {"renewed phone", {RenewPhone}},
    {"slip", {Slip}},
    {"slip, renewed phone", {Slip, RenewPhone}},
    {"swapped digits, renewed phone", {SwapDigits, RenewPhone}},
    {"homophone, renewed phone", {Homophone, RenewPhone}},
    {"homophone, slip", {Homophone, Slip}},
    {"homophone, slip, renewed phone", {Homophone, Slip, RenewPhone}},
    {"traditional, slip, renewed phone", {Traditional, Slip, RenewPhone}},
    {"swapped name, renewed phone", {SwapName, RenewPhone}},
    {"wrong character", {WrongCharacter}},
    // Two slips at once and nothing else alike: no key is left in common.
    {"wrong character, slip, renewed phone", {WrongCharacter, Slip, RenewPhone}, 0},
    {"no document", {LoseDocument}},
    {"no document, renewed phone", {LoseDocument, RenewPhone}},
    {"no document, traditional", {LoseDocument, Traditional}},
    {"no document, homophone", {LoseDocument, Homophone}},
};

bool Found(const v1::Person& one, const v1::Person& other) {
  const auto a = BlockingKeys(one), b = BlockingKeys(other);
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end() &&
         Compare(one, other).points >= kSuspect;
}

TEST(MatchQuality, FindsFilesOfOnePerson) {
  int found = 0, all = 0;
  for (const Kind& kind : kKinds) {
    int of_kind = 0;
    for (int number = 0; number < kPeople; ++number) {
      v1::Person other = PersonOf(number);
      for (const Edit edit : kind.edits) edit(&other, number);
      of_kind += Found(PersonOf(number), other);
    }
    std::printf("%4d of %d  %s\n", of_kind, kPeople, kind.what);
    EXPECT_GE(of_kind, kPeople * kind.least / 100) << kind.what;
    found += of_kind;
    all += kPeople;
  }
  std::printf("recall %.4f\n", static_cast<double>(found) / all);
  EXPECT_GE(found, all * 930 / 1000);
}

// Others who are easily taken for somebody, and how many of a hundred are, at most.
void BeTwin(v1::Person* person, int number, int after) {
  std::string id = IdOf(number);
  const int last = (id[16] - '0' + after) % 10;
  id[16] = static_cast<char>('0' + last);
  Identify(person, id);
  WrongCharacter(person, number);
}
void BeChild(v1::Person* person, int number) {
  const int year = std::stoi(IdOf(number).substr(6, 4)) + 25;
  Identify(person, "411602" + Digits(year, 4) + IdOf(number + 1000).substr(10));
  person->set_display_name(std::string(NameOf(number).surname->plain) +
                           NameOf(number + 1000).Given());
}
const struct Other {
  const char* what;
  Edit edit;
  int most;
} kOthers[] = {
    // By what is on file they are one person with two slips: somebody has to look.
    {"twin of the same sex, numbered next", [](auto* p, int n) { BeTwin(p, n, 2); }, 100},
    {"twin of the other sex", [](auto* p, int n) { BeTwin(p, n, 1); }, 0},
    {"child with the parent's phone", BeChild, 0},
    {"child with the parent's phone, without a document",
     [](auto* p, int n) { BeChild(p, n), LoseDocument(p, n); }, 0},
    {"namesake with the same phone", [](auto* p, int n) { Identify(p, IdOf(n + 1000)); }, 0},
};

TEST(MatchQuality, TellsPersonsApart) {
  for (const Other& other : kOthers) {
    int suspected = 0;
    for (int number = 0; number < kPeople; ++number) {
      v1::Person second = PersonOf(number);
      other.edit(&second, number);
      suspected += Found(PersonOf(number), second);
    }
    std::printf("%4d of %d  %s\n", suspected, kPeople, other.what);
    EXPECT_LE(suspected * 100, kPeople * other.most) << other.what;
  }
}

// Everybody of the village against everybody, each with a second file of one of the kinds.
TEST(MatchQuality, WhatItFindsInAVillageIsOfOnePerson) {
  std::vector<std::pair<int, v1::Person>> files;
  std::map<std::string, std::vector<size_t>> by_key;
  for (int number = 0; number < kPeople; ++number) {
    files.emplace_back(number, PersonOf(number));
    v1::Person second = PersonOf(number);
    for (const Edit edit : kKinds[static_cast<size_t>(number) % std::size(kKinds)].edits)
      edit(&second, number);
    files.emplace_back(number, std::move(second));
    // Households: a child with the same phone in each tenth, twins of the same sex in each
    // fortieth.
    v1::Person relative = PersonOf(number);
    if (number % 40 == 0) {
      BeTwin(&relative, number, 2);
    } else if (number % 10 == 0) {
      BeChild(&relative, number);
    } else {
      continue;
    }
    files.emplace_back(kPeople + number, std::move(relative));
  }
  for (size_t i = 0; i < files.size(); ++i) {
    for (const auto& key : BlockingKeys(files[i].second)) by_key[key].push_back(i);
  }
  std::map<std::pair<size_t, size_t>, bool> suspected;
  size_t compared = 0;
  for (const auto& [key, places] : by_key) {
    for (size_t i = 0; i < places.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        ++compared;
        const auto& [one, first] = files[places[j]];
        const auto& [other, second] = files[places[i]];
        if (Compare(first, second).points >= kSuspect)
          suspected[{places[j], places[i]}] = one == other;
      }
    }
  }
  const auto right = std::count_if(suspected.begin(), suspected.end(),
                                   [](const auto& pair) { return pair.second; });
  std::printf("%zu compared, %zu suspected, %ld of one person: precision %.4f, recall %.4f\n",
              compared, suspected.size(), right, static_cast<double>(right) / suspected.size(),
              static_cast<double>(right) / kPeople);
  EXPECT_GE(right * 1000, static_cast<long>(suspected.size()) * 950);
  EXPECT_GE(right * 1000, kPeople * 930);
}

}  // namespace
}  // namespace pingan::population
