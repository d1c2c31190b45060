// The tables of this service: persons, whose measures lead the statistics, dwellings, tasks and
// duplicates, with the columns that lists, offers and the sweep read by.
#pragma once

#include <vector>

#include "common/rpc/table.h"

namespace pingan::population {

const rpc::Table& PersonTable();
const rpc::Table& DwellingTable();
const rpc::Table& TaskTable();
const rpc::Table& DuplicateTable();

// All of them, persons first.
std::vector<const rpc::Table*> AllTables();

}  // namespace pingan::population
