// A private PostgreSQL server for tests: its own folder under /tmp, a Unix socket and a free
// loopback port, durable settings as in production. It ends with the object, and with the test if
// that dies.
//
//   ASSERT_OK_AND_ASSIGN(auto store, Open({.database = Postgres::Shared().NewDatabase()}, ...));
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace pingan::testing {

// For use from the main thread; the process ends with a message when the server cannot be set up.
class Postgres {
 public:
  Postgres();
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // The server that the tests of one process share; it must not be killed.
  static Postgres& Shared();

  // Creates an empty database and answers the connection string to it, over the Unix socket.
  std::string NewDatabase();

  // Runs `sql` in a database of NewDatabase and answers psql's unaligned output.
  std::string Query(const std::string& database, const std::string& sql);

  // The same in the server's own database, with which it is also administered.
  std::string Ask(const std::string& sql) { return Query(Own("postgres"), sql); }

  int port() const { return port_; }
  const std::string& folder() const { return folder_; }  // of its socket, .s.PGSQL.<port>

  // Kills all its processes as a power cut would, and starts them again (returns once it answers).
  void Kill9();
  void Start();

  // All its processes stop where they are; connections stay, nothing answers.
  void Pause() { Signal(SIGSTOP); }
  void Resume() { Signal(SIGCONT); }

  // Throws away what it has, copies all of `primary` and follows it as a standby that answers
  // reads.
  void Follow(const Postgres& primary);
  // A standby becomes a primary; returns once it takes writes.
  void Promote() { Ask("SELECT pg_promote()"); }

  // What the server wrote down since the object began.
  std::string Log() const;

 private:
  std::string Own(const std::string& database) const;
  void Signal(int signal) const;
  int Run(std::vector<std::string> arguments, const std::string& output) const;

  std::string bin_;
  std::string folder_;
  int port_ = 0;
  int databases_ = 0;
  pid_t server_ = -1;
};

}  // namespace pingan::testing
