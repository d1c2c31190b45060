#include "services/population/pairs.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_format.h"
#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

using testing::World;
using Candidate = v1::DuplicateCandidate;

std::string File(int number) {
  return absl::StrFormat("persons/411602-%08d", number);
}

template <class Record>
bool FoundBy(const Record& record, const Term& sought) {
  const auto known = TermsOf(record);
  return std::any_of(known.begin(), known.end(), [&](const Term& term) {
    return sought.index == term.index && sought.value == term.value;
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

  // What is named, and behind each term as many as are wanted.
  template <class Record>
  static void FindIn(const std::map<std::string, Record>& all, const Wanted& wanted,
                     Related* found) {
    const std::set<std::string> names(wanted.names.begin(), wanted.names.end());
    std::vector<int> left(wanted.terms.size(), wanted.limit);
    for (const auto& [name, record] : all) {
      bool sought = names.contains(name);
      for (size_t i = 0; i < left.size(); ++i) {
        sought |= FoundBy(record, wanted.terms[i]) && left[i]-- > 0;
      }
      if (sought) found->Add(name, std::make_shared<Record>(record));
    }
  }
  Related Find(Wanted wanted) const {
    Related found;
    for (bool more = true; more; wanted = more ? wanted.then(found) : Wanted()) {
      FindIn(files, wanted, &found);
      FindIn(pairs, wanted, &found);
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
  Composed<v1::DuplicateRecord> TryMerge(int absorbed, int survivor,
                                         std::initializer_list<const char*> take = {}) {
    v1::MergePersonsRequest request;
    request.set_survivor(File(survivor));
    for (const char* field : take) request.add_take(field);
    const auto& pair = pairs[CandidateName(File(absorbed), File(survivor))];
    return ComposeMerge(pair, request, Find(WantedBy(pair, request)), world.env());
  }
  void Merge(int absorbed, int survivor, std::initializer_list<const char*> take = {}) {
    if (!pairs.contains(CandidateName(File(absorbed), File(survivor)))) {
      Suspected(absorbed, survivor);
    }
    const auto decided = TryMerge(absorbed, survivor, take);
    ASSERT_OK(decided);
    StorePair(decided->after);
    Store(decided->also);
  }
  void Unmerge(int absorbed, int survivor) {
    const auto& pair = pairs[CandidateName(File(absorbed), File(survivor))];
    const v1::UnmergePersonsRequest request;
    const auto decided = ComposeUnmerge(pair, request, Find(WantedBy(pair, request)), world.env());
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
  here.Add(1, "赵一鸣", "1985-01-01", "13900000001");
  here.Add(2, "钱小二", "", "13900000002").set_household_area("411602");
  here.Add(3, "钱小二", "1985-01-01", "13900000001").set_household_area("411602");
  for (const int number : {1, 2, 3}) here.Verify(number);
  EXPECT_EQ(here.Of(1, 3), kNone);
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Merge(1, 2, {"phone"});
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
  EXPECT_EQ(here.Pair(2, 3).points(), 85);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED);
  // And once more when it has the telephone by itself.
  v1::Person sent;
  sent.set_phone("13900000001");
  here.Update(2, sent, "phone");
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
}

// By the name of the one with the birth date of the other, which neither file had.
TEST(Pairs, WhoIsLikeTheSurvivorAsItBecomesIsFound) {
  Register here;
  here.Add(1, "赵一鸣", "1985-01-01", "13900000001");
  here.Add(2, "钱小二", "", "13900000002").set_household_area("411602");
  here.Add(3, "钱小二", "1985-01-01", "13900000003").set_household_area("411602");
  here.Verify(3);
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Merge(1, 2);
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
}

TEST(Pairs, WhoIsLikeTheSurvivorAsItWasIsFound) {
  Register here;
  here.Add(1, "赵一鸣", "1985-01-01", "13900000001");
  here.Add(2, "钱小二", "1990-02-02", "13900000002").set_household_area("411602");
  here.Merge(1, 2, {"display_name", "birth_date"});
  here.Add(3, "钱小二", "1990-02-02", "13900000003").set_household_area("411602");
  here.Verify(3);
  EXPECT_EQ(here.Of(2, 3), kNone);
  here.Unmerge(1, 2);
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

// Three files alike: who was told apart from one is not merged with it by way of the third.
TEST(Pairs, WhoWasToldApartIsNotMergedThroughAThird) {
  Register here;
  for (const int number : {1, 2, 3}) here.Add(number, "李国华", "1985-01-01", "13900000001");
  for (const int number : {1, 2, 3}) here.Verify(number);
  here.Merge(1, 2);
  here.Unmerge(1, 2);
  here.Merge(1, 3);
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED);
  const std::string pair = CandidateName(File(2), File(3));
  here.pairs[pair].mutable_candidate()->set_state(Candidate::OPEN);
  for (const bool turned : {false, true}) {
    EXPECT_THAT(turned ? here.TryMerge(3, 2) : here.TryMerge(2, 3),
                ::pingan::testing::Fails(absl::StatusCode::kFailedPrecondition,
                                         common::v1::ACTION_NOT_ALLOWED));
  }
  here.Verify(2);
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED) << "a write, too, finds that there is no question";
  here.Unmerge(1, 3);
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
}

TEST(Pairs, StaysLapsedWhileAFileOfTheOtherWasToldApart) {
  Register here = OneLikeAnother();
  here.Add(4, "李国华", "1985-01-01", "13900000001");
  here.Verify(4);
  here.StorePair(
      DecideDismiss(here.pairs[CandidateName(File(1), File(4))], {}, here.world.env())->after);
  here.Merge(1, 2);
  EXPECT_EQ(here.Of(2, 3), Candidate::OPEN);
  here.Merge(4, 3);
  EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED);
  here.Unmerge(1, 2);
  EXPECT_EQ(here.Of(1, 3), Candidate::LAPSED);
  here.Unmerge(4, 3);
  EXPECT_EQ(here.Of(1, 3), Candidate::OPEN);
}

TEST(Pairs, ThatCameBackLapsesAgainWithTheNextUnmerge) {
  Register here = OneLikeAnother();
  here.Add(4, "李国华", "1985-01-01", "13900000001");
  here.Verify(4);
  for (const int absorbed : {1, 4}) {
    here.Suspected(absorbed, 2);
    here.Merge(absorbed, 2);
    EXPECT_EQ(here.Of(2, 3), Candidate::OPEN) << absorbed;
    here.Unmerge(absorbed, 2);
    EXPECT_EQ(here.Of(2, 3), Candidate::LAPSED) << absorbed;
  }
}

TEST(Pairs, AMergeLooksAtAsManyBehindATelephoneAsAWrite) {
  Register here;
  const char* office = "13900000001";
  here.Add(1, "王小明", "1985-01-01", office).set_household_area("411602");
  here.Add(2, "李国华", "", "13900000002");
  for (int number = 3; number < 30; ++number) here.Add(number, "周无人", "1950-12-31", office);
  here.Add(30, "李国强", "1985-01-01", office).set_household_area("411602");
  here.Verify(30);
  EXPECT_EQ(here.Of(1, 30), kNone);
  here.Merge(2, 1, {"display_name"});
  EXPECT_EQ(here.Of(1, 30), Candidate::OPEN);
}

// What only one person has, on a file that comes back and on one that got it in the meantime.
TEST(Pairs, OneDocumentOrExternalIdOnTwoFilesIsAPairAfterAnUnmerge) {
  for (const char* path : {"documents", "external_ids"}) {
    Register here;
    v1::Person has;
    if (path == std::string("documents")) {
      has.add_documents()->set_document_type("414");
      has.mutable_documents(0)->set_document_number("E12345678");
    } else {
      has.add_external_ids("school:7");
    }
    here.Add(1, "赵一鸣", "1955-11-30", "13900000001").MergeFrom(has);
    here.Add(2, "钱小二", "1985-01-01", "13900000002");
    here.Add(3, "孙不同", "1999-06-06", "13900000003").set_sex(v1::FEMALE);
    here.Merge(1, 2);
    here.Update(2, v1::Person(), path);
    here.Update(3, has, path);
    EXPECT_EQ(here.Of(2, 3), kNone);
    here.Unmerge(1, 2);
    EXPECT_EQ(here.Of(1, 3), Candidate::OPEN) << path;
    EXPECT_EQ(here.Of(2, 3), kNone);
  }
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
