// Rotation: a new key of the keyring at work while the service runs. Looks at the keyring's file
// every few seconds; new keys of subjects are wrapped by the new primary at once, and those wrapped
// by older ones are wrapped anew, a page at a time and no faster than told, oldest key first.
//
// What is left to do is read from the table itself, so it goes on after a restart and with any
// number of replicas: two that take the same page write the same thing twice. A row that is wrapped
// anew keeps its version, so nobody who reads or writes the subject notices; only an erasure
// excludes it. Keys of a higher id than the primary are left alone: another replica has read the
// file before this one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "common/crypto/keyring.h"
#include "common/rpc/key_notes.h"
#include "common/rpc/log.h"
#include "common/rpc/records.h"

namespace pingan::rpc {

class Rotation {
 public:
  struct Options {
    absl::Duration interval;  // between two looks at the file
    int rate = 0;             // subject keys a second
  };

  // FAILED_PRECONDITION (RECORD_UNREADABLE) when subject keys are wrapped by a key that the keyring
  // has not, or when it has another under the same id or another index key: what nobody can read is
  // to be noticed before anybody asks. Until Stop a reading of the file with another key is not
  // taken over either. None is owned.
  static StatusOr<std::unique_ptr<Rotation>> Start(const Options& options, crypto::Keyring* keyring,
                                                   Records* records, Log* log);
  ~Rotation() { Stop(); }
  void Stop();

  // How it stood at the last look.
  bool file_read() const { return file_read_; }
  int64_t remaining() const { return remaining_; }    // subject keys under an older key
  int64_t missing() const { return missing_; }        // under a key that the file has not
  int64_t unreadable() const { return unreadable_; }  // that the last pass could not open

 private:
  Rotation(const Options& options, crypto::Keyring* keyring, Records* records, Log* log)
      : options_(options),
        keyring_(keyring),
        records_(records),
        log_(log),
        notes_(records->store()) {}

  void Loop();
  void Look();
  Status Survey();
  StatusOr<std::map<uint32_t, int64_t>> InUse() const;
  Status TryKeys() const;
  Status RewrapAll();
  Status Restate(std::vector<store::Row> rows, int64_t* unreadable);
  bool Wait(absl::Duration time);  // false = it has been stopped
  void Say(const Status& read, const Status& survey);

  const Options options_;
  crypto::Keyring* const keyring_;
  Records* const records_;
  Log* const log_;
  const KeyNotes notes_;
  std::atomic<bool> file_read_{true};
  std::atomic<int64_t> remaining_{0}, missing_{0}, unreadable_{0};
  std::string said_, missing_ids_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pingan::rpc
