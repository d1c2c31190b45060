// How rows, events, audit entries and replies stand in their tables: column lists and conversions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/store/connection.h"
#include "common/store/row.h"

namespace pingan::store {

// The columns of a declared table: key, area, version, body, then its own.
std::vector<Column> ColumnsOf(const TableSpec& table);

// The columns of the system tables of these names.
const std::vector<Column>& EventColumns();  // "events"
const std::vector<Column>& AuditColumns();  // "audit"
const std::vector<Column>& ReplyColumns();  // "replies"

std::vector<std::string> Names(const std::vector<Column>& columns);

// "a", "b", "c" for a SELECT.
std::string SelectList(const std::vector<Column>& columns);

// The values in the order of the columns above, and back. Encoding takes the record's strings.
std::vector<Value> Encode(Row row);
std::vector<Value> Encode(Event event);
std::vector<Value> Encode(Audit audit);
std::vector<Value> Encode(Reply reply);
Row DecodeRow(std::vector<Value> values);
Event DecodeEvent(std::vector<Value> values);
Audit DecodeAudit(std::vector<Value> values);
Reply DecodeReply(std::vector<Value> values);

// The integer or string in a value; 0 or "" for NULL.
int64_t Integer(const Value& value);
std::string String(Value value);

}  // namespace pingan::store
