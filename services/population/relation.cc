#include "services/population/relation.h"

#include <algorithm>
#include <string>

#include "services/population/days.h"
#include "services/population/kin.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

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

Decision<v1::PersonRecord> With(v1::PersonRecord record, v1::Relation relation, const Env& env) {
  Relations all = AllRelations(record);
  *all.Add() = std::move(relation);
  SetRelations(std::move(all), &record);
  return Settle(std::move(record), {"relation.recorded"}, env);
}

Decision<v1::PersonRecord> Without(v1::PersonRecord record, const std::string& other, Type type,
                                   const Env& env) {
  Relations all = AllRelations(record);
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const auto& relation) { return Is(relation, other, type); }),
            all.end());
  SetRelations(std::move(all), &record);
  return Settle(std::move(record), {"relation.removed"}, env);
}

// A relation is numbered by the file that it was recorded on, and alike on both.
v1::Relation Numbered(const v1::Relation& stated, v1::PersonRecord* record) {
  const std::string& name = record->person().name();
  v1::Relation relation;
  relation.set_id(name.substr(name.find('/') + 1) + "-" + NextId(record));
  relation.set_other(stated.other());
  relation.set_type(stated.type());
  relation.set_from_date(stated.from_date());
  return relation;
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
  // Nobody is the child of their child. What is its own inverse was found above.
  if (Has(person.person(), relation.other(), InverseOf(relation.type()))) {
    return Error(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS,
                 "they are related the other way round: take that away first");
  }
  if (person.person().relations_size() >= kFactsMax ||
      other.person().relations_size() >= kFactsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 200 relations on a file");
  }
  v1::PersonRecord numbering = person;
  const v1::Relation here = Numbered(relation, &numbering);
  v1::Relation there = here;
  there.set_other(person.person().name());
  there.set_type(InverseOf(here.type()));
  return RelatedFiles{With(std::move(numbering), here, env), With(other, there, env)};
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

}  // namespace pingan::population
