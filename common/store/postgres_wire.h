// PostgreSQL's binary format for parameters: integers in network order, and arrays of a column.
#pragma once

#include <cstdint>
#include <string>

#include "common/store/row.h"

namespace pingan::store {

// Object identifiers of built-in types; they are part of the wire protocol and never change.
enum TypeOid : uint32_t { kBytea = 17, kInt8 = 20, kInt4 = 23, kTextOid = 25 };

void PutInt32(std::string* out, uint32_t value);
void PutInt64(std::string* out, int64_t value);

// An array is its header and then `size` elements.
std::string ArrayHeader(Type type, size_t size);
void PutElement(std::string* out, const Value& value);

// "::text[]", for a parameter that is such an array.
const char* ArrayCast(Type type);

}  // namespace pingan::store
