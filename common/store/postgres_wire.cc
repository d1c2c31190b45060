#include "common/store/postgres_wire.h"

#include <arpa/inet.h>
#include <endian.h>

namespace pingan::store {

void PutInt32(std::string* out, uint32_t value) {
  value = htonl(value);
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void PutInt64(std::string* out, int64_t value) {
  const uint64_t wire = htobe64(static_cast<uint64_t>(value));
  out->append(reinterpret_cast<const char*>(&wire), sizeof(wire));
}

void PutElement(std::string* out, const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    PutInt32(out, sizeof(*integer));
    PutInt64(out, *integer);
  } else if (const auto* string = std::get_if<std::string>(&value)) {
    PutInt32(out, string->size());
    out->append(*string);
  } else {
    PutInt32(out, 0xffffffff);
  }
}

std::string ArrayHeader(Type type, size_t size) {
  std::string out;
  PutInt32(&out, size > 0 ? 1 : 0);  // dimensions
  PutInt32(&out, 1);                 // may hold nulls
  PutInt32(&out, type == Type::kText ? kTextOid : type == Type::kInteger ? kInt8 : kBytea);
  if (size == 0) return out;
  PutInt32(&out, size);
  PutInt32(&out, 1);  // first index
  return out;
}

const char* ArrayCast(Type type) {
  return type == Type::kText ? "::text[]" : type == Type::kInteger ? "::int8[]" : "::bytea[]";
}

}  // namespace pingan::store
