// What is done to one file of a synthetic city, step by step.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace pingan::ctl {

// One write. Name and request_id are filled in when it is made.
struct Step {
  absl::CivilDay day;
  std::shared_ptr<google::protobuf::Message> request;
  std::string area = {};  // of the office that makes it; empty = where the file is
};

// In the order of time.
using Life = std::vector<Step>;

}  // namespace pingan::ctl
