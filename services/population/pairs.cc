#include "services/population/pairs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/match.h"

namespace pingan::population {
namespace {

using google::protobuf::Message;
using Candidate = v1::DuplicateCandidate;

// The file and those that it took in.
std::vector<std::string> Family(const v1::PersonRecord& file) {
  std::vector<std::string> names = {file.person().name()};
  for (const auto& merge : file.merges()) {
    names.push_back(merge.absorbed());
    names.insert(names.end(), merge.family().begin(), merge.family().end());
  }
  return names;
}

// The candidate of a new file is named when the file is.
std::function<void(const Message&, Message*)> LinkTo(const v1::Person& other) {
  v1::Person known;
  known.set_name(other.name());
  known.set_area(other.area());
  return [known](const Message& main, Message* after) {
    NamePair(static_cast<const v1::PersonRecord&>(main).person(), known,
             static_cast<v1::DuplicateRecord*>(after)->mutable_candidate());
  };
}

bool Has(const std::vector<Change>& also, const std::string& name) {
  return std::any_of(also.begin(), also.end(),
                     [&](const Change& change) { return change.name == name; });
}

// The pair as its files are by now.
v1::DuplicateRecord Named(const v1::PersonRecord& one, const v1::PersonRecord& other,
                          v1::DuplicateRecord pair) {
  NamePair(one.person(), other.person(), pair.mutable_candidate());
  return pair;
}

// Suspected, or if somebody said that the two are two, not any more.
std::optional<Decision<v1::DuplicateRecord>> Compared(const v1::PersonRecord& file,
                                                      const v1::PersonRecord& other,
                                                      const v1::DuplicateRecord* known,
                                                      const Related& related, const Env& env,
                                                      int from) {
  if (file.person().name().empty() || !ToldApart(file, other, related)) {
    return Suspect(file, other, known ? *known : v1::DuplicateRecord(), env, from);
  }
  if (!known || known->candidate().state() != Candidate::OPEN) return std::nullopt;
  return Lapsed(Named(file, other, *known), "");
}

// The pairs of two files that become one or come apart, while what becomes of each is decided.
class Pairs {
 public:
  Pairs(const Related& related, const Env& env, std::vector<Change>* also)
      : related_(related), env_(env), also_(*also) {}

  const v1::DuplicateRecord* Known(const v1::PersonRecord& one,
                                   const v1::PersonRecord& other) const {
    return related_.Get<v1::DuplicateRecord>(
        CandidateName(one.person().name(), other.person().name()));
  }

  void Put(Decision<v1::DuplicateRecord> decision, const std::string& rests_on) {
    const std::string name = decision.after.candidate().name();
    also_.push_back(ChangeOf(name, std::move(decision)));
    also_.back().rests_on = rests_on;
  }

  // Compared, if a write of the file would compare them or whatever it says (from 0).
  void Add(const v1::PersonRecord& file, const v1::PersonRecord& third, int from) {
    const auto* known = Known(file, third);
    if (from > 0 && !known && !FoundByOther(file.person(), third.person())) return;
    auto decision = Compared(file, third, known, related_, env_, from);
    if (decision) Put(*std::move(decision), third.person().name());
  }

 private:
  const Related& related_;
  const Env& env_;
  std::vector<Change>& also_;
};

// What was suspected since the merge, of files that are not alike without it.
std::optional<Decision<v1::DuplicateRecord>> Withdrawn(const v1::PersonRecord& file,
                                                       const v1::PersonRecord& third,
                                                       const v1::DuplicateRecord* known,
                                                       absl::Time merged) {
  if (!known || known->candidate().state() != Candidate::OPEN) return std::nullopt;
  if (FromProto(known->open_time()) < merged) return std::nullopt;
  if (Compare(file.person(), third.person()).points >= kSuspect) return std::nullopt;
  return Lapsed(Named(file, third, *known), "");
}

// A pair that lapsed with the merge is open again, or waits for the end of the other's merge.
void Reopen(const v1::PersonRecord& absorbed, const v1::PersonRecord& third,
            const v1::DuplicateRecord& known, Pairs* pairs) {
  if (third.person().state() == v1::Person::MERGED) {
    pairs->Put(Lapsed(Named(absorbed, third, known), third.person().merged_into()),
               third.person().name());
  } else {
    pairs->Add(absorbed, third, 0);
  }
}

void AddForMerge(const MergeDecision& decision, const Related& related, Pairs* pairs) {
  const v1::PersonRecord& survivor = decision.survivor.after;
  const v1::PersonRecord& absorbed = decision.absorbed.after;
  for (const auto* third : related.All<v1::PersonRecord>()) {
    const std::string& name = third->person().name();
    if (name == survivor.person().name() || name == absorbed.person().name()) continue;
    const auto* known = pairs->Known(absorbed, *third);
    const bool suspected = known && known->candidate().state() == Candidate::OPEN;
    if (suspected) pairs->Put(Lapsed(*known, survivor.person().name()), "");
    pairs->Add(survivor, *third, suspected ? 0 : kSuspect);
  }
}

void AddForUnmerge(const MergeDecision& decision, absl::Time merged, const Related& related,
                   Pairs* pairs) {
  const v1::PersonRecord& survivor = decision.survivor.after;
  const v1::PersonRecord& absorbed = decision.absorbed.after;
  for (const auto* third : related.All<v1::PersonRecord>()) {
    const std::string& name = third->person().name();
    if (name == survivor.person().name() || name == absorbed.person().name()) continue;
    const auto* known = pairs->Known(absorbed, *third);
    if (known && known->candidate().state() == Candidate::LAPSED &&
        known->candidate().survivor() == survivor.person().name()) {
      Reopen(absorbed, *third, *known, pairs);
    } else {
      pairs->Add(absorbed, *third, kSuspect);
    }
    auto withdrawn = Withdrawn(survivor, *third, pairs->Known(survivor, *third), merged);
    if (withdrawn) {
      pairs->Put(*std::move(withdrawn), name);
    } else {
      pairs->Add(survivor, *third, kSuspect);
    }
  }
}

}  // namespace

std::vector<std::string> PairsBetween(const v1::PersonRecord& one, const v1::PersonRecord& other) {
  std::vector<std::string> names;
  for (const std::string& a : Family(one)) {
    for (const std::string& b : Family(other)) names.push_back(CandidateName(a, b));
  }
  return names;
}

bool ToldApart(const v1::PersonRecord& one, const v1::PersonRecord& other, const Related& related) {
  const auto names = PairsBetween(one, other);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto* pair = related.Get<v1::DuplicateRecord>(name);
    return pair && (pair->candidate().state() == Candidate::NOT_DUPLICATE ||
                    pair->candidate().state() == Candidate::UNMERGED);
  });
}

void AddCandidates(const v1::PersonRecord& after, const Related& related, const Env& env,
                   std::vector<Change>* also) {
  const std::string& name = after.person().name();
  for (const auto* other : related.All<v1::PersonRecord>()) {
    const std::string pair = name.empty() ? "" : CandidateName(name, other->person().name());
    const auto* known = related.Get<v1::DuplicateRecord>(pair);
    auto decision = Compared(after, *other, known, related, env, kSuspect);
    if (!decision) continue;
    also->push_back(ChangeOf(pair, *std::move(decision)));
    also->back().rests_on = other->person().name();
    if (name.empty()) also->back().link = LinkTo(other->person());
  }
}

void AddMoved(const v1::PersonRecord& after, const std::string& but, const Related& related,
              std::vector<Change>* also) {
  const v1::Person& person = after.person();
  for (const auto* known : related.All<v1::DuplicateRecord>()) {
    v1::DuplicateRecord pair = *known;
    Candidate& candidate = *pair.mutable_candidate();
    if (candidate.state() == Candidate::ERASED || candidate.name() == but) continue;
    if (Has(*also, candidate.name())) continue;
    const bool first = candidate.first() == person.name();
    if (!first && candidate.second() != person.name()) continue;
    if ((first ? candidate.area() : candidate.second_area()) == person.area()) continue;
    first ? candidate.set_area(person.area()) : candidate.set_second_area(person.area());
    const std::string name = candidate.name();
    also->push_back(ChangeOf(name, Decision<v1::DuplicateRecord>{.after = std::move(pair),
                                                                 .events = {"duplicate.moved"}}));
  }
}

void AddPairs(const MergeFiles& before, const MergeDecision& decision, const Related& related,
              const Env& env, std::vector<Change>* also) {
  Pairs pairs(related, env, also);
  if (decision.absorbed.after.person().state() == v1::Person::MERGED) {
    AddForMerge(decision, related, &pairs);
  } else {
    const absl::Time merged = FromProto(before.survivor.merges().rbegin()->merge_time());
    AddForUnmerge(decision, merged, related, &pairs);
  }
  const std::string& decided = before.candidate.candidate().name();
  AddMoved(decision.survivor.after, decided, related, also);
  AddMoved(decision.absorbed.after, decided, related, also);
}

std::string ThirdOf(const v1::DuplicateRecord& pair, const std::string& file) {
  const Candidate& candidate = pair.candidate();
  if (candidate.state() != Candidate::OPEN && candidate.state() != Candidate::LAPSED) return "";
  if (candidate.first() == file) return candidate.second();
  return candidate.second() == file ? candidate.first() : "";
}

}  // namespace pingan::population
