// KeyNotes: by what a database knows the keyring that it was written with again. A file with the
// same ids and other keys would otherwise be taken without a word: what was written before would
// not open, look-ups would find nothing, and new rows would be sealed by keys that nobody expects.
//
// Of the index key and of each key that ever was primary here the database keeps a check value: it
// says nothing about the key, but only this key has it. Who notes one first decides, so that two
// replicas with different files do not both write.
#pragma once

#include <map>
#include <string>

#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/store/store.h"

namespace pingan::rpc {

class KeyNotes {
 public:
  // The store is not owned.
  explicit KeyNotes(store::Store* store) : store_(store) {}

  // Compares all keys with what is noted, and notes the index key and the primary if they are not.
  // FAILED_PRECONDITION (RECORD_UNREADABLE) naming the key that is another; errors of the store.
  Status Agree(const crypto::Keys& keys) const;

  // Whether the key of this id is noted.
  StatusOr<bool> Knows(uint32_t kek) const;

 private:
  using Notes = std::map<std::string, std::string>;  // "index" and "kek 1" to check values

  StatusOr<int64_t> Load(Notes* notes) const;

  store::Store* store_;
};

}  // namespace pingan::rpc
