// Chance that repeats itself: the same on every machine for the same seed.
#pragma once

#include <cstdint>
#include <iterator>
#include <vector>

namespace pingan::ctl {

class Dice {
 public:
  // Streams of one seed are independent of each other.
  Dice(uint64_t seed, uint64_t stream) : state_(seed * 0x9e3779b97f4a7c15 ^ stream) { Next(); }

  // 0 to n - 1; n > 0.
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }

  // Both included.
  int Between(int low, int high) { return low + Below(high - low + 1); }

  bool Chance(int percent) { return Below(100) < percent; }

  template <class List>
  const auto& Pick(const List& list) {
    return list[Below(static_cast<int>(std::size(list)))];
  }

  // An index, as often as its weight says.
  int Weighted(const std::vector<int>& weights) {
    int sum = 0;
    for (const int weight : weights) sum += weight;
    int at = Below(sum), index = 0;
    while (at >= weights[index]) at -= weights[index++];
    return index;
  }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014).
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace pingan::ctl
