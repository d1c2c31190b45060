// Attempt: one gathering for a write, what was decided on it, and its form for the store.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/rpc/wanted.h"

namespace pingan::rpc {

struct WriteJob;

class Attempt {
 public:
  Attempt(Records* records, const Tables* tables, std::shared_ptr<const WriteJob> job)
      : records_(records), tables_(tables), job_(std::move(job)) {}

  // Reads and decides. Errors: those of `admit` and `decide`; NOT_FOUND; UNAVAILABLE.
  Status Gather();

  // Gather in three steps, so that what many attempts want can be read together: Begin reads the
  // record itself, Decide takes what was read of `wanted`.
  Status Begin();
  Wanted wanted() const;
  Status Decide(Reading read);

  const Plan& plan() const { return plan_; }

  // Fills in guards, sequence and number of events.
  void Describe(store::WriteSet* set) const;

  // The changes as rows and events. Runs under the store's lock, perhaps several times, with other
  // numbers. What it fills in of them takes the place of what was there; only a table's stamp may
  // rest on what is there, so its records are filled in as copies.
  StatusOr<store::Changes> Encode(const store::Numbers& numbers);

  // The main record as it was encoded last. After a commit, Remember makes fresh keys known.
  std::shared_ptr<Message> written() const { return changed_.front().written; }
  void Remember() const;

 private:
  // One record that the write changes; the main one is the first.
  struct Changed {
    const Table* table = nullptr;
    std::string name;                       // empty = new, named by a serial or by its link
    std::shared_ptr<const Message> before;  // null = a new one
    int64_t version = 0;
    crypto::SubjectKey key;
    bool fresh_key = false;
    uint64_t mark = 0;        // of a fresh key, before it is committed
    int64_t key_version = 0;  // of the row that a fresh key replaces
    std::shared_ptr<Message> after;
    std::vector<std::string> events;
    std::function<void(const Message& main, Message* after)> link;
    std::shared_ptr<Message> written;
  };

  Status Add(Change change);
  Status ChooseKey(const std::optional<crypto::SubjectKey>& stored, bool forget, Changed* changed);
  void EncodeOne(Changed* changed, int64_t* revision, store::Changes* changes) const;
  void PutTerms(const Changed& changed, const std::string& name, int64_t revision,
                store::Changes* changes) const;

  Records* const records_;
  const Tables* const tables_;
  const std::shared_ptr<const WriteJob> job_;
  Stored before_;
  Reading read_;  // besides the main record; absent ones too
  Plan plan_;
  std::vector<Changed> changed_;
};

}  // namespace pingan::rpc
