// The language of what a caller is told.
#pragma once

#include <string_view>

namespace pingan::rpc {

// Whether an `accept-language` asks for English: of Chinese and English the one with the higher
// weight, of equal ones the first (RFC 9110, 12.5.4). Tags know no case. Chinese if it names
// neither.
bool IsEnglish(std::string_view accept_language);

}  // namespace pingan::rpc
