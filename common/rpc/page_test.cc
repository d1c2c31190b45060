#include "common/rpc/page.h"

#include <gtest/gtest.h>

#include <string>

#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

struct Item {
  int number;
  std::string body;
};

// Numbered items of one size, and how they were asked for.
struct Shelf {
  int count;
  size_t bytes;
  int most_at_once = 0;

  StatusOr<bool> Fill(int size, std::vector<Item>* items) {
    const auto read = [this](const Item* last, int limit) -> StatusOr<std::vector<Item>> {
      most_at_once = std::max(most_at_once, limit);
      std::vector<Item> some;
      for (int i = last ? last->number + 1 : 1; i <= count && limit-- > 0; ++i)
        some.push_back({i, std::string(bytes, 'x')});
      return some;
    };
    return FillPage(size, read, items);
  }
};

void ExpectPage(Shelf shelf, int size, int want, bool more) {
  std::vector<Item> items;
  const auto filled = shelf.Fill(size, &items);
  ASSERT_OK(filled);
  EXPECT_EQ(*filled, more);
  ASSERT_EQ(items.size(), want);
  for (int i = 0; i < want; ++i) EXPECT_EQ(items[i].number, i + 1);
  EXPECT_LE(shelf.most_at_once, 64);
}

TEST(Page, HoldsWhatWasAskedForAndKnowsWhetherThereIsMore) {
  ExpectPage({.count = 0, .bytes = 1}, 50, 0, false);
  ExpectPage({.count = 50, .bytes = 1}, 50, 50, false);
  ExpectPage({.count = 51, .bytes = 1}, 50, 50, true);
  ExpectPage({.count = 63, .bytes = 1}, 63, 63, false);
  ExpectPage({.count = 64, .bytes = 1}, 64, 64, false);
  ExpectPage({.count = 65, .bytes = 1}, 64, 64, true);
  ExpectPage({.count = 500, .bytes = 1}, 500, 500, false);
  ExpectPage({.count = 501, .bytes = 1}, 500, 500, true);
}

TEST(Page, EndsEarlyWhenItsItemsAreLong) {
  ExpectPage({.count = 10, .bytes = 1 << 20}, 50, 3, true);
  ExpectPage({.count = 3, .bytes = 1 << 20}, 50, 3, false);
}

TEST(Page, OfOneItemThatIsTooLongIsThatItem) {
  ExpectPage({.count = 2, .bytes = kPageBytesMax + 1}, 50, 1, true);
  ExpectPage({.count = 1, .bytes = kPageBytesMax + 1}, 50, 1, false);
}

TEST(Page, TellsWhatCouldNotBeRead) {
  std::vector<Item> items;
  const auto read = [](const Item*, int) -> StatusOr<std::vector<Item>> {
    return absl::UnavailableError("away");
  };
  EXPECT_TRUE(absl::IsUnavailable(FillPage(50, read, &items).status()));
}

}  // namespace
}  // namespace pingan::rpc
