// Query to SQL: keyset pages over a declared order, served by the index of the order and the scope.
#pragma once

#include <string>

#include "common/store/connection.h"
#include "common/store/store.h"

namespace pingan::store {

// Reads the columns of ColumnsOf(table). Values travel as parameters only; INTERNAL when the query
// names a column or an order that the table does not declare, compares with a value of another
// type, or has no valid scope or a limit below 1.
StatusOr<Sql> ToSql(const Query& query);

// Counts the rows that ToSql(query) would read, without reading them.
StatusOr<Sql> ToCount(const Query& query);

// The condition that `area` lies in `scope`, with its parameters appended to `params`; "" for "".
// Pre-condition: empty or area::IsScope.
std::string ScopeCondition(std::string_view scope, std::vector<Param>* params);

}  // namespace pingan::store
