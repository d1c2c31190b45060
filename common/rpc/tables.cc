#include "common/rpc/tables.h"

namespace pingan::rpc {

const Table* Tables::OfRecord(const google::protobuf::Descriptor* record) const {
  for (const Table* table : tables_) {
    if (table->make_record()->GetDescriptor() == record) return table;
  }
  return nullptr;
}

const Table* Tables::OfName(std::string_view name) const {
  const std::string_view collection = name.substr(0, name.find('/'));
  for (const Table* table : tables_) {
    if (table->spec.name == collection) return table;
  }
  return nullptr;
}

}  // namespace pingan::rpc
