#include "services/population/relation.h"

#include <algorithm>
#include <string>

#include "services/population/days.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"

namespace pingan::population {
namespace {

using Type = v1::Relation::Type;

bool Is(const v1::Relation& relation, const std::string& other, Type type) {
  return relation.other() == other && relation.type() == type;
}

bool Has(const v1::Person& person, const std::string& other, Type type) {
  const auto& relations = person.relations();
  return std::any_of(relations.begin(), relations.end(),
                     [&](const auto& relation) { return Is(relation, other, type); });
}

Decision<v1::PersonRecord> With(v1::PersonRecord record, const std::string& other, Type type,
                                const std::string& from_date, const Env& env) {
  v1::Relation& relation = *record.mutable_person()->add_relations();
  relation.set_other(other);
  relation.set_type(type);
  relation.set_from_date(from_date);
  return Settle(std::move(record), {"relation.recorded"}, env);
}

Decision<v1::PersonRecord> Without(v1::PersonRecord record, const std::string& other, Type type,
                                   const Env& env) {
  auto& relations = *record.mutable_person()->mutable_relations();
  relations.erase(std::remove_if(relations.begin(), relations.end(),
                                 [&](const auto& relation) { return Is(relation, other, type); }),
                  relations.end());
  return Settle(std::move(record), {"relation.removed"}, env);
}

// The file with every relation put right that `follow` says it has; none if there is no such.
template <class Follow>
std::optional<Decision<v1::PersonRecord>> Following(v1::PersonRecord record, const Env& env,
                                                    Follow follow) {
  bool follows = false;
  for (auto& relation : *record.mutable_person()->mutable_relations()) {
    follows |= follow(&relation);
  }
  if (!follows) return std::nullopt;
  return Settle(std::move(record), {"relation.followed"}, env);
}

Status CheckBoth(const v1::PersonRecord& person, const v1::PersonRecord& other, Action action,
                 const Env& env) {
  if (!InScope(env.caller, other.person().area())) return NotFound();
  RETURN_IF_ERROR(Check(person.person(), action, env));
  return Check(other.person(), action, env);
}

}  // namespace

Type InverseOf(Type type) {
  switch (type) {
    case v1::Relation::CHILD:
      return v1::Relation::PARENT;
    case v1::Relation::PARENT:
      return v1::Relation::CHILD;
    case v1::Relation::GRANDCHILD:
      return v1::Relation::GRANDPARENT;
    case v1::Relation::GRANDPARENT:
      return v1::Relation::GRANDCHILD;
    case v1::Relation::GUARDIAN:
      return v1::Relation::WARD;
    case v1::Relation::WARD:
      return v1::Relation::GUARDIAN;
    case v1::Relation::HOST:
      return v1::Relation::MEMBER;
    case v1::Relation::MEMBER:
      return v1::Relation::HOST;
    default:
      return type;
  }
}

StatusOr<RelatedFiles> DecideRelate(const v1::PersonRecord& person, const v1::PersonRecord& other,
                                    const v1::RelatePersonsRequest& request, const Env& env) {
  const v1::Relation& relation = request.relation();
  RETURN_IF_ERROR(CheckBoth(person, other, Action::kRelatePersons, env));
  if (person.person().name() == other.person().name()) {
    return FieldError("relation.other", "want another person");
  }
  if (!relation.from_date().empty()) {
    RETURN_IF_ERROR(ParsePastDay("relation.from_date", relation.from_date(), env).status());
  }
  if (Has(person.person(), relation.other(), relation.type())) {
    return Error(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS,
                 "they are so related already");
  }
  if (person.person().relations_size() >= kFactsMax ||
      other.person().relations_size() >= kFactsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 200 relations on a file");
  }
  return RelatedFiles{
      With(person, relation.other(), relation.type(), relation.from_date(), env),
      With(other, person.person().name(), InverseOf(relation.type()), relation.from_date(), env)};
}

StatusOr<RelatedFiles> DecideUnrelate(const v1::PersonRecord& person, const v1::PersonRecord& other,
                                      const v1::UnrelatePersonsRequest& request, const Env& env) {
  if (!InScope(env.caller, other.person().area())) return NotFound();
  RETURN_IF_ERROR(Check(person.person(), Action::kUnrelatePersons, env));
  if (!Has(person.person(), request.other(), request.type())) {
    return FieldError("other", "they are not so related");
  }
  return RelatedFiles{Without(person, request.other(), request.type(), env),
                      Without(other, person.person().name(), InverseOf(request.type()), env)};
}

std::optional<Decision<v1::PersonRecord>> FollowMerge(const v1::PersonRecord& other,
                                                      const std::string& absorbed,
                                                      const std::string& survivor, const Env& env) {
  return Following(other, env, [&](v1::Relation* relation) {
    if (relation->other() != absorbed || relation->has_origin()) return false;
    if (Has(other.person(), survivor, relation->type())) return false;
    relation->set_other(survivor);
    relation->mutable_origin()->set_person(absorbed);
    return true;
  });
}

std::optional<Decision<v1::PersonRecord>> FollowUnmerge(const v1::PersonRecord& other,
                                                        const std::string& absorbed,
                                                        const std::string& survivor,
                                                        const Env& env) {
  return Following(other, env, [&](v1::Relation* relation) {
    if (relation->other() != survivor || relation->origin().person() != absorbed) return false;
    relation->set_other(absorbed);
    relation->clear_origin();
    return true;
  });
}

}  // namespace pingan::population
