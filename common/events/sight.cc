#include "common/events/sight.h"

#include "common/area/scope.h"

namespace pingan::events {
namespace {

// Each area is written with a sign before it, so all entries are of one length.
constexpr char kOffered = '+', kLeft = '-';
constexpr size_t kEntry = 1 + area::kCodeLength;

void Put(char sign, const std::string& area, std::string* also) {
  if (area.size() == area::kCodeLength) also->append(1, sign).append(area);
}

}  // namespace

std::string Also(const Seen& before, const Seen& after) {
  std::string also;
  if (after.shared != after.area) Put(kOffered, after.shared, &also);
  for (const std::string* area : {&before.area, &before.shared}) {
    if (*area == after.area || *area == after.shared) continue;
    if (area == &before.shared && *area == before.area) continue;
    Put(kLeft, *area, &also);
  }
  return also;
}

Sight SightOf(const store::Event& event, std::string_view scope) {
  if (scope.empty() || area::Covers(scope, event.area)) return {Sight::kWhole};
  Sight sight;
  const std::string_view also = event.also;
  for (size_t at = 0; at + kEntry <= also.size(); at += kEntry) {
    const std::string_view area = also.substr(at + 1, area::kCodeLength);
    if (!area::Covers(scope, area)) continue;
    if (also[at] == kOffered) return {Sight::kWhole};
    if (sight.kind == Sight::kNone) sight = {Sight::kLeft, area};
  }
  return sight;
}

}  // namespace pingan::events
