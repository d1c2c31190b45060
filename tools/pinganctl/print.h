// Output that both people and programs read.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "common/base/status.h"

namespace pingan::ctl {

// JSON on one line, or indented for people, with the field names of the protos.
// INTERNAL if the message holds what JSON cannot say, such as a time beyond the year 9999.
StatusOr<std::string> Json(const google::protobuf::Message& message, bool indented = false);

// Columns as wide as their widest cell on a terminal, where a Chinese character takes two places;
// the first is flush left, numbers flush right. Each row ends with a line feed.
std::string Columns(const std::vector<std::vector<std::string>>& rows);

// "81.2 %", or "-" of nothing.
std::string Percent(int64_t part, int64_t whole);

}  // namespace pingan::ctl
