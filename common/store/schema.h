// The tables of a service's database, and how they come to be.
//
// Beside the declared tables there are: revision (one row: last revision, last audit id, where the
// audit's chain begins and ends, compacted through), events, audit, replies, sequences, fold_cells,
// fold_positions, leases, schema_version.
#pragma once

#include <span>
#include <string_view>

#include "common/store/connection.h"

namespace pingan::store {

// The audit entries that say who was shown a record: reads, and writes that stated a purpose and
// were answered with it.
inline constexpr std::string_view kShows = "(revision = 0 OR purpose <> '')";

// The layout of the system tables that this program writes.
inline constexpr int64_t kSchemaVersion = 3;

// Brings the database to what this program declares: creates what is missing, runs the migrations
// after the stored version, adds declared columns (0 or '' in an order, else NULL, in old rows).
// Nothing is done, and no right to do it is needed, when the database stands so already. Safe to
// run from several replicas at once.
// FAILED_PRECONDITION (SCHEMA_NEWER) when the stored version or a table's columns are unknown to
// this program; INTERNAL when a declaration is malformed or takes a system table's name.
Status Migrate(Connection& connection, const Dialect& dialect, std::string_view service,
               std::span<const TableSpec* const> tables);

}  // namespace pingan::store
