// The version of the programs of this tree; what CHANGELOG.md calls unreleased will be it.
#pragma once

#include <string_view>

namespace pingan {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace pingan
