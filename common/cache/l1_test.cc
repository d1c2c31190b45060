#include "common/cache/l1.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

namespace pingan::cache {
namespace {

using Cache = L1<std::string>;

std::shared_ptr<const std::string> Text(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

bool Put(Cache& cache, std::string_view name, int variant, std::string text) {
  const auto ticket = cache.Reserve(name, variant);
  const size_t bytes = text.size();
  return cache.Fill(ticket, Text(std::move(text)), bytes);
}

std::string Found(Cache& cache, std::string_view name, int variant) {
  const auto value = cache.Find(name, variant);
  return value ? *value : "-";
}

TEST(L1, KeepsNamesAndVariantsApart) {
  Cache cache(1 << 20);
  EXPECT_EQ(Found(cache, "disputes/1", 0), "-");
  EXPECT_TRUE(Put(cache, "disputes/1", 0, "masked"));
  EXPECT_TRUE(Put(cache, "disputes/1", 3, "plain"));
  EXPECT_TRUE(Put(cache, "disputes/2", 0, "other"));
  EXPECT_EQ(Found(cache, "disputes/1", 0), "masked");
  EXPECT_EQ(Found(cache, "disputes/1", 3), "plain");
  EXPECT_EQ(Found(cache, "disputes/1", 1), "-");
  cache.Invalidate("disputes/1");
  EXPECT_EQ(Found(cache, "disputes/1", 0), "-");
  EXPECT_EQ(Found(cache, "disputes/1", 3), "-");
  EXPECT_EQ(Found(cache, "disputes/2", 0), "other");
  cache.Flush();
  EXPECT_EQ(Found(cache, "disputes/2", 0), "-");
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(L1, APlaceholderIsNotAValue) {
  Cache cache(1 << 20);
  const auto ticket = cache.Reserve("a", 0);
  EXPECT_EQ(cache.Find("a", 0), nullptr);
  EXPECT_TRUE(cache.Fill(ticket, Text("1"), 1));
  EXPECT_EQ(Found(cache, "a", 0), "1");
}

TEST(L1, WhatWasInvalidatedWhileItWasReadIsNotKept) {
  struct Case {
    const char* what;
    void (*meanwhile)(Cache&);
    bool kept;
  };
  const Case cases[] = {
      {"nothing", [](Cache&) {}, true},
      {"another name", [](Cache& c) { c.Invalidate("b"); }, true},
      {"another reader", [](Cache& c) { c.Reserve("a", 0); }, true},
      {"another variant", [](Cache& c) { c.Reserve("a", 1); }, true},
      {"the name", [](Cache& c) { c.Invalidate("a"); }, false},
      {"everything", [](Cache& c) { c.Flush(); }, false},
      {"the name, and reserved again", [](Cache& c) { c.Invalidate("a"), c.Reserve("a", 0); },
       false},
      {"the name, and filled again", [](Cache& c) { c.Invalidate("a"), Put(c, "a", 0, "new"); },
       false},
      {"everything, and reserved again", [](Cache& c) { c.Flush(), c.Reserve("a", 0); }, false},
  };
  for (const Case& test : cases) {
    Cache cache(1 << 20);
    const auto ticket = cache.Reserve("a", 0);
    test.meanwhile(cache);
    EXPECT_EQ(cache.Fill(ticket, Text("old"), 3), test.kept) << test.what;
    EXPECT_EQ(Found(cache, "a", 0) == "old", test.kept) << test.what;
  }
}

TEST(L1, IsBoundedAndDropsTheLeastRecentlyUsed) {
  constexpr size_t kMax = 256 << 10;
  Cache cache(kMax);
  Put(cache, "kept", 0, "k");
  Put(cache, "idle", 0, "i");
  for (int i = 0; i < 20000; ++i) {
    ASSERT_EQ(Found(cache, "kept", 0), "k") << i;
    Put(cache, "n" + std::to_string(i), i % 3, std::string(i % 200, 'x'));
    cache.Reserve("r" + std::to_string(i), 0);
    ASSERT_LE(cache.bytes(), kMax);
  }
  EXPECT_GT(cache.bytes(), kMax / 2);
  EXPECT_EQ(Found(cache, "idle", 0), "-");
}

TEST(L1, AValueLargerThanAShardIsNotKept) {
  Cache cache(64 << 10);
  EXPECT_FALSE(Put(cache, "a", 0, std::string(2000, 'x')));
  EXPECT_TRUE(Put(cache, "a", 0, std::string(500, 'x')));
  EXPECT_EQ(Found(cache, "a", 0).size(), 500u);
}

TEST(L1, VariantsOfOneNameLargerThanAShardAreNotKept) {
  Cache cache(64 << 10);
  EXPECT_TRUE(Put(cache, "a", 0, std::string(500, 'x')));
  EXPECT_FALSE(Put(cache, "a", 1, std::string(500, 'x')));
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(L1, ReplacingAValueChargesTheNewOneOnly) {
  Cache cache(1 << 20);
  Put(cache, "a", 0, std::string(100, 'x'));
  const size_t before = cache.bytes();
  Put(cache, "a", 0, std::string(150, 'y'));
  EXPECT_EQ(cache.bytes(), before + 50);
}

// A register whose writer invalidates after each write: what a reader finds is never older than the
// last write that was finished before it looked.
TEST(L1, ReadersNeverFindWhatWasInvalidatedBeforeTheyLooked) {
  Cache cache(1 << 20);
  std::atomic<int> stored = 0, finished = 0, stale = 0, hits = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      while (!stop) {
        const int floor = finished;
        if (const auto value = cache.Find("a", 0)) {
          ++hits;
          if (std::stoi(*value) < floor) ++stale;
          continue;
        }
        const auto ticket = cache.Reserve("a", 0);
        const int read = stored;
        std::this_thread::yield();
        cache.Fill(ticket, Text(std::to_string(read)), 8);
      }
    });
  }
  for (int i = 1; i <= 3000 || hits < 1000; ++i) {
    stored = i;
    cache.Invalidate("a");
    finished = i;
    std::this_thread::yield();
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(stale, 0);
}

TEST(L1, AHitIsCheap) {
  Cache cache(64 << 20);
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    names.push_back("disputes/4116022026" + std::to_string(1000000 + i));
    Put(cache, names.back(), 0, std::string(1000, 'x'));
  }
  constexpr int kFinds = 200000;
  size_t found = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kFinds; ++i) found += cache.Find(names[i % names.size()], 0) != nullptr;
  const double ns =
      std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() /
      kFinds;
  EXPECT_EQ(found, size_t{kFinds});
  RecordProperty("ns_per_find", std::to_string(ns));
  std::cout << "a hit takes " << ns << " ns\n";
}

}  // namespace
}  // namespace pingan::cache
