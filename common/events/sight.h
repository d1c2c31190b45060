// Who is told of an event, and what: the areas that may see the resource after it get the event;
// those that could before and no longer may are told once that it left, and nothing else.
#pragma once

#include <string>
#include <string_view>

#include "common/store/row.h"

namespace pingan::events {

// Where a resource may be seen from: its own area, and the one it is offered to (empty = none).
struct Seen {
  std::string area;
  std::string shared;
};

// Event::also of the event that led from `before` to `after`: the area it is offered to, and those
// that it left. For all but the first event of a commit `before` is `after`.
std::string Also(const Seen& before, const Seen& after);

// What an event is to a scope ("" = everywhere). Of one that left, `from` is the area under which
// it was seen there.
struct Sight {
  enum Kind { kNone, kWhole, kLeft };
  Kind kind = kNone;
  std::string_view from = {};
};
Sight SightOf(const store::Event& event, std::string_view scope);

}  // namespace pingan::events
