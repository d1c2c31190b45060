// Synthetic disputes: plausible in size and shape, about nobody.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::bench {

class Cases {
 public:
  // In every `stride`-th village.
  explicit Cases(int stride);

  const std::vector<std::string>& villages() const { return villages_; }

  // A new case in a random village, with a request id of its own.
  disputes::v1::CreateDisputeRequest Create();

  // The ended case number `row` of an old ledger, registered in one of the 24 months before
  // 2026-11. Depends on `row` alone.
  disputes::v1::ImportDisputesRequest Past(int64_t row) const;

 private:
  const std::vector<std::string> villages_;
  std::mt19937_64 random_;
  const std::string run_;
  int64_t created_ = 0;
};

}  // namespace pingan::bench
