// Scopes and area files: what is accepted obeys the algebra of prefixes.
#include "common/area/scope.h"
#include "common/area/tree.h"
#include "tests/fuzz/require.h"

using pingan::fuzz::Require;
namespace area = pingan::area;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto scope = area::ParseScope("area", text); scope.ok()) {
    const std::string code = area::CodeOf(*scope);
    Require(area::IsAreaCode(code), "the code of a scope is an area code");
    Require(area::Covers(*scope, code), "a scope covers its own code");
    Require(area::ScopeOf(area::ScopeOf(code)) == area::ScopeOf(code), "ScopeOf settles at once");
    Require(area::CodeOf(area::ScopeOf(code)) == code, "nothing is lost between code and scope");
    Require(*scope <= code && code < area::UpperBound(*scope),
            "a scan from scope to bound finds it");
    const std::string parent = area::ParentOf(*scope);
    Require(parent.empty() || area::Covers(area::ScopeOf(parent), *scope),
            "a parent covers its child");
  }
  if (const auto tree = area::Tree::Parse(text, "fuzz"); tree.ok()) {
    for (const area::Area& each : tree->areas()) {
      Require(tree->Find(each.code) == &each, "every area of a tree is found by its code");
    }
  }
  return 0;
}
