// The benchmarks. Each prints its line (see lab.h) and answers whether it reached its floor.
#pragma once

namespace pingan::bench {

bool CachedGetRaw();
bool CachedGetTyped();
bool CreatePgbench();
bool CreateSqlite();
bool ListDepth();
bool ScopeCost();
bool StatisticsSql();
bool Overload();
bool ImportRows();
bool ImportCopy();
bool DuplicateScale();
bool BlindIndex();
bool MemoryBound();
bool OverloadUnthrottled();

}  // namespace pingan::bench
