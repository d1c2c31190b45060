#include "common/testing/postgres.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pingan::testing {
namespace {

constexpr int kStartAttemptsMax = 1000;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", why.c_str());
  std::abort();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string BinaryFolder() {
  std::string folder;
  FILE* pipe = popen("pg_config --bindir", "r");
  if (pipe == nullptr) Die("no pg_config");
  for (int c; (c = std::fgetc(pipe)) != EOF && c != '\n';) folder += static_cast<char>(c);
  pclose(pipe);
  return folder;
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

// The server refuses to run as root.
const passwd* User() {
  return geteuid() == 0 ? getpwnam("postgres") : nullptr;
}

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& output) {
  const passwd* user = User();
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  const int fd = open(output.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0666);
  dup2(fd, STDOUT_FILENO);
  dup2(fd, STDERR_FILENO);
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  // The programs complain of a working folder that their user may not enter.
  if (chdir("/") != 0) _exit(125);
  execv(argv[0], argv.data());
  _exit(127);
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = ReadFile(entry.path() / "stat");
    const size_t end = stat.rfind(')');  // "pid (name) state ppid …"
    if (end != std::string::npos && std::atoi(stat.c_str() + end + 3) == parent) {
      children.push_back(std::atoi(name.c_str()));
    }
  }
  return children;
}

}  // namespace

Postgres::Postgres() : bin_(BinaryFolder() + "/"), port_(FreePort()) {
  char folder[] = "/tmp/pingan-postgres-XXXXXX";
  if (mkdtemp(folder) == nullptr) Die("no folder under /tmp");
  folder_ = folder;
  if (const passwd* user = User();
      user != nullptr && chown(folder, user->pw_uid, user->pw_gid) != 0) {
    Die("cannot give the folder to the user postgres");
  }
  if (Run({bin_ + "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C",
           "--username=postgres", "--pgdata=" + folder_ + "/data"},
          folder_ + "/initdb.log") != 0) {
    Die("initdb: " + ReadFile(folder_ + "/initdb.log"));
  }
  Start();
}

Postgres::~Postgres() {
  if (server_ > 0) {
    Resume();
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Postgres& Postgres::Shared() {
  static Postgres shared;
  return shared;
}

int Postgres::Run(std::vector<std::string> arguments, const std::string& output) const {
  int status = 0;
  waitpid(Spawn(arguments, output), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Postgres::Start() {
  const std::vector<std::string> server = {bin_ + "postgres",
                                           "-D",
                                           folder_ + "/data",
                                           "-k",
                                           folder_,
                                           "-h",
                                           "127.0.0.1",
                                           "-p",
                                           std::to_string(port_),
                                           "-c",
                                           "fsync=on",
                                           "-c",
                                           "synchronous_commit=on",
                                           "-c",
                                           "max_connections=100",
                                           "-c",
                                           "wal_retrieve_retry_interval=100ms"};
  const std::vector<std::string> ready = {bin_ + "pg_isready",  "-q", "-h", folder_, "-p",
                                          std::to_string(port_)};
  for (int i = 0; i < kStartAttemptsMax; ++i) {
    // After a kill the old processes' shared memory may stand for a moment and end the new server.
    if (server_ < 0 || waitpid(server_, nullptr, WNOHANG) == server_)
      server_ = Spawn(server, folder_ + "/log");
    if (Run(ready, "/dev/null") == 0) return;
  }
  Die("does not answer: " + Log());
}

void Postgres::Kill9() {
  if (server_ <= 0) Die("kill of a server that does not run");  // kill(-1) would hit everybody
  // Stopped first, so that it starts no further child meanwhile.
  kill(server_, SIGSTOP);
  Signal(SIGKILL);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

void Postgres::Signal(int signal) const {
  if (server_ <= 0) Die("signal to a server that does not run");
  for (pid_t child : ChildrenOf(server_)) kill(child, signal);
  kill(server_, signal);
}

void Postgres::Follow(const Postgres& primary) {
  if (server_ > 0) Kill9();
  std::filesystem::remove_all(folder_ + "/data");
  if (Run({bin_ + "pg_basebackup", "--no-sync", "--write-recovery-conf", "--wal-method=stream",
           "--checkpoint=fast", "--pgdata=" + folder_ + "/data", "--dbname=" + primary.Own("")},
          folder_ + "/log") != 0) {
    Die("pg_basebackup: " + Log());
  }
  Start();
}

std::string Postgres::Log() const {
  return ReadFile(folder_ + "/log");
}

std::string Postgres::Own(const std::string& database) const {
  return "host=" + folder_ + " port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::string Postgres::NewDatabase() {
  const std::string name = "test" + std::to_string(++databases_);
  Ask("CREATE DATABASE " + name);
  return Own(name);
}

std::string Postgres::Query(const std::string& database, const std::string& sql) {
  const std::string output = folder_ + "/output";
  std::filesystem::remove(output);
  if (Run({bin_ + "psql", "-X", "-q", "-A", "-t", "-d", database, "-c", sql}, output) != 0) {
    Die("psql: " + ReadFile(output));
  }
  return ReadFile(output);
}

}  // namespace pingan::testing
