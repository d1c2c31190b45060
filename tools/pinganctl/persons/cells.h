// Cells as people write them, in the form that the service takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pingan::ctl {

// "2026-03-02" of any of the usual forms; none if it is no day in form.
std::optional<std::string> DayOfCell(const std::string& cell);

// The code of a code or label of a list; "汉" is "汉族" where that is the only one. None if there
// is no such code.
std::optional<std::string> CodeOfCell(std::string_view list, const std::string& cell);

// The values of a cell that holds several.
std::vector<std::string> ValuesOfCell(const std::string& cell);

// "01 汉族, 02 蒙古族, ..." of a list, at most `max` of them.
std::string CodesText(std::string_view list, size_t max);

}  // namespace pingan::ctl
