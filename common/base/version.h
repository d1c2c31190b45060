// The version of the programs of this tree, as CHANGELOG.md counts it.
#pragma once

#include <string_view>

namespace pingan {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace pingan
