// Creators: clients that register and accept disputes without pause, retry what is in doubt under
// the same request_id, and write all of it into a ledger.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/rpc/client.h"
#include "tests/chaos/ledger.h"

namespace pingan::chaos {

// Where the clients find the server now. Thread-safe.
class Address {
 public:
  void Set(const std::string& target);

  struct Seen {
    std::string target;
    int64_t generation = 0;  // changes with every Set
  };
  Seen Get() const;

 private:
  mutable absl::Mutex mutex_;
  Seen seen_;
};

class Creators {
 public:
  // Starts `count` clients with the token; everything they do follows from the seed. The others
  // outlive the object.
  Creators(int count, uint64_t seed, const std::string& token, const Address* address,
           Ledger* ledger);
  ~Creators() { Stop(); }

  // Ends when every client has settled its last request, or given up after a minute of trying.
  void Stop();

 private:
  class Client;

  // Cases registered lately, for whoever wants to accept one: several do, and one may.
  class Recent {
   public:
    void Add(uint64_t at, const std::string& name);
    std::string Find(uint64_t at) const;  // empty if none

   private:
    mutable absl::Mutex mutex_;
    std::vector<std::string> names_;
  };

  Recent recent_;
  absl::Notification stop_;
  std::vector<std::thread> threads_;
};

}  // namespace pingan::chaos
