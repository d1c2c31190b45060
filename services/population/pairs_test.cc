#include "services/population/pairs.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using testing::World;
using Candidate = v1::DuplicateCandidate;

std::string File(int number) {
  return "persons/411602-0000000" + std::to_string(number);
}

template <class Record>
bool FoundBy(const Record& record, const std::vector<Term>& terms) {
  const auto known = TermsOf(record);
  return std::any_of(terms.begin(), terms.end(), [&](const Term& sought) {
    return std::any_of(known.begin(), known.end(), [&](const Term& term) {
      return sought.index == term.index && sought.value == term.value;
    });
  });
}

// What is stored, given to each decision as it wants it.
struct Register {
  World world;
  std::map<std::string, v1::PersonRecord> files;
  std::map<std::string, v1::DuplicateRecord> pairs;

  v1::Person& Add(int number, const char* name, const char* birth_date, const char* phone) {
    v1::PersonRecord file = world.Registered("", File(number));
    v1::Person& person = *file.mutable_person();
    person.clear_documents();
    person.clear_household_area();
    person.set_display_name(name);
    person.set_birth_date(birth_date);
    person.set_phone(phone);
    return *(files[File(number)] = file).mutable_person();
  }

  Related Find(Wanted wanted) const {
    Related found;
    for (bool more = true; more; wanted = more ? wanted.then(found) : Wanted()) {
      const std::set<std::string> names(wanted.names.begin(), wanted.names.end());
      for (const auto& [name, file] : files) {
        if (names.contains(name) || FoundBy(file, wanted.terms)) {
          found.Add(name, std::make_shared<v1::PersonRecord>(file));
        }
      }
      for (const auto& [name, pair] : pairs) {
        if (names.contains(name) || FoundBy(pair, wanted.terms)) {
          found.Add(name, std::make_shared<v1::DuplicateRecord>(pair));
        }
      }
      more = wanted.then != nullptr;
    }
    return found;
  }

  void Store(const std::vector<Change>& also) {
    std::set<std::string> changed;
    for (const Change& change : also) {
      EXPECT_TRUE(changed.insert(change.name).second) << change.name << " changes twice";
      if (files.contains(change.name)) {
        files[change.name] = world.Commit(static_cast<const v1::PersonRecord&>(*change.after));
      } else {
        StorePair(static_cast<const v1::DuplicateRecord&>(*change.after));
      }
    }
    world.now += absl::Hours(1);
  }
  void StorePair(v1::DuplicateRecord pair) {
    Candidate& candidate = *pair.mutable_candidate();
    if (!candidate.has_create_time()) *candidate.mutable_create_time() = ToProto(world.now);
    pairs[candidate.name()] = pair;
  }

  // As a write does that says who somebody is.
  void Update(int number, const v1::Person& sent, const char* path) {
    v1::UpdatePersonRequest request;
    *request.mutable_person() = sent;
    request.mutable_update_mask()->add_paths(path);
    const v1::PersonRecord before = files[File(number)];
    using Update = OnPerson<&DecideUpdate>;
    const auto decided =
        Update::Decide(before, request, Find(Update::Wants(before, request)), world.env());
    ASSERT_OK(decided);
    files[File(number)] = world.Commit(decided->after);
    Store(decided->also);
  }
  void Verify(int number) { Update(number, files[File(number)].person(), "phone"); }

  void Settle(int number, const char* area) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = testing::Spell(area, "2026-01-01");
    const v1::PersonRecord before = files[File(number)];
    using Go = OnPerson<&DecideRegisterResidence>;
    const auto decided = Go::Decide(before, request, Find(Go::Wants(before, request)), world.env());
    ASSERT_OK(decided);
    files[File(number)] = world.Commit(decided->after);
    Store(decided->also);
  }

  // Somebody knows that the two are one, whatever the files say.
  void Suspected(int one, int other) {
    StorePair(Suspect(files[File(one)], files[File(other)], {}, world.env(), 0)->after);
  }
  void Merge(int absorbed, int survivor, std::initializer_list<const char*> take = {}) {
    if (!pairs.contains(CandidateName(File(absorbed), File(survivor)))) {
      Suspected(absorbed, survivor);
    }
    v1::MergePersonsRequest request;
    request.set_survivor(File(survivor));
    for (const char* field : take) request.add_take(field);
    const auto& pair = pairs[CandidateName(File(absorbed), File(survivor))];
    const auto decided = ComposeMerge(pair, request, Find(WantedForPair(pair)), world.env());
    ASSERT_OK(decided);
    StorePair(decided->after);
    Store(decided->also);
  }
  void Unmerge(int absorbed, int survivor) {
    const auto& pair = pairs[CandidateName(File(absorbed), File(survivor))];
    const auto decided = ComposeUnmerge(pair, {}, Find(WantedForPair(pair)), world.env());
    ASSERT_OK(decided);
    StorePair(decided->after);
    Store(decided->also);
  }

  Candidate Pair(int one, int other) const {
    const auto found = pairs.find(CandidateName(File(one), File(other)));
    return found == pairs.end() ? Candidate() : found->second.candidate();
  }
  Candidate::State Of(int one, int other) const { return Pair(one, other).state(); }
};

constexpr auto kNone = Candidate::STATE_UNSPECIFIED;

// 1 is like 3 by name, birth and phone; 2 is like neither.
Register OneLikeAnother() {
  Register here;
  here.Add(1, "李国华", "1985-01-01", "13900000001");
  here.Add(2, "王小明", "1990-02-02", "13900000002");
  here.Add(3, "李国华", "1985-01-01", "13900000001");
  here.Verify(1);
  EXPECT_EQ(here.Of(1, 3), Candidate::OPEN);
  EXPECT_EQ(here.Of(2, 3), kNone);
  return here;
}

TEST(Pairs, SuspicionGoesOnWithTheSurvivorAndComesBack) {
  Register here = OneLikeAnother();
  here.Merge(1, 2);
  EXPECT_EQ(here.Of(1, 3), Candidate::LAPSED) << "it can no longer be merged";
  EXPECT_EQ(here.Pair(1, 3).survivor(), File(2));
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Of(1, 3), Candidate::OPEN);
  EXPECT_EQ(here.Pair(1, 3).survivor(), "");
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED) << "they are not alike";
  EXPECT_EQ(here.Of(1, 2), Candidate::UNMERGED);
}

TEST(Pairs, SurvivorIsComparedWithWhatItTookOver) {
  Register here;
  const auto add_passport = [](v1::Person* person) {
    person->add_documents()->set_document_type("414");
    person->mutable_documents(0)->set_document_number("E12345678");
  };
  add_passport(&here.Add(1, "赵一鸣", "", ""));
  here.Add(2, "钱小二", "1985-01-01", "13900000002");
  add_passport(&here.Add(3, "钱小二", "1985-01-01", "13711112222"));
  here.files[File(3)].mutable_person()->clear_sex();
  for (const int number : {1, 2, 3}) here.Verify(number);
  EXPECT_EQ(here.Of(1, 3), kNone);
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Merge(1, 2);
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
  EXPECT_EQ(here.Pair(2, 3).points(), 100);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED);
  // And once more when it has the document by itself.
  v1::Person sent;
  sent.set_name(File(2));
  add_passport(&sent);
  here.Update(2, sent, "documents");
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
}

TEST(Pairs, WhoWasToldApartFromOneFileIsNotSuspectedAsAnother) {
  Register here = OneLikeAnother();
  here.StorePair(
      DecideDismiss(here.pairs[CandidateName(File(1), File(3))], {}, here.world.env())->after);
  here.Merge(1, 2, {"phone", "birth_date", "display_name"});
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Verify(2);
  here.Verify(3);
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Add(4, "周无人", "1970-01-01", "13900000004");
  here.Merge(2, 4, {"phone", "birth_date", "display_name"});
  EXPECT_EQ(here.Of(3, 4), kNone) << "two merges later";
  here.Unmerge(2, 4);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Of(1, 3), Candidate::NOT_DUPLICATE);
  EXPECT_EQ(here.Of(2, 3), kNone);
}

TEST(Pairs, OfTwoMergedFilesComesBackWithTheLastOfThem) {
  for (const bool turned : {false, true}) {
    Register here = OneLikeAnother();
    here.Add(4, "周无人", "1970-01-01", "13900000004");
    here.Merge(1, 2);
    here.Merge(3, 4);
    EXPECT_EQ(here.Of(2, 4), Candidate::OPEN);
    turned ? here.Unmerge(3, 4) : here.Unmerge(1, 2);
    EXPECT_EQ(here.Of(1, 3), Candidate::LAPSED);
    turned ? here.Unmerge(1, 2) : here.Unmerge(3, 4);
    EXPECT_EQ(here.Of(1, 3), Candidate::OPEN);
    EXPECT_EQ(here.Of(2, 4), Candidate::LAPSED);
  }
}

TEST(Pairs, GoWithAFileToAnotherArea) {
  Register here = OneLikeAnother();
  EXPECT_EQ(here.Pair(1, 3).second_area(), testing::kVillage);
  here.Settle(3, testing::kOtherVillage);
  EXPECT_EQ(here.Pair(1, 3).area(), testing::kVillage);
  EXPECT_EQ(here.Pair(1, 3).second_area(), testing::kOtherVillage);
  EXPECT_EQ(here.Pair(1, 3).state(), Candidate::OPEN);
  here.Settle(1, testing::kSecondVillage);
  EXPECT_EQ(here.Pair(1, 3).area(), testing::kSecondVillage);
}

// The pair that is decided on too, and those that are decided already.
TEST(Pairs, GoWithAMergeToAnotherArea) {
  Register here = OneLikeAnother();
  here.Settle(1, testing::kOtherVillage);
  here.Suspected(2, 3);
  here.StorePair(
      DecideDismiss(here.pairs[CandidateName(File(2), File(3))], {}, here.world.env())->after);
  here.Merge(1, 2);
  EXPECT_EQ(here.Pair(1, 2).second_area(), testing::kOtherVillage);
  EXPECT_EQ(here.Pair(2, 3).area(), testing::kOtherVillage);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Pair(1, 2).second_area(), testing::kVillage);
  EXPECT_EQ(here.Pair(2, 3).area(), testing::kVillage);
}

// Somebody lives on a second file under the name of the dead.
TEST(Pairs, TheDeadAreSuspectedToo) {
  Register here;
  here.Add(1, "李国华", "1985-01-01", "13900000001");
  here.Add(2, "李国华", "1985-01-01", "13900000002");
  here.files[File(1)].mutable_person()->set_state(v1::Person::DECEASED);
  here.files[File(1)].mutable_person()->set_phone("13900000002");
  here.Verify(2);
  EXPECT_EQ(here.Of(1, 2), Candidate::OPEN);
}

}  // namespace
}  // namespace pingan::population
