#include "tools/pinganctl/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace pingan::ctl {
namespace {

// 0 or errno.
int Start(const Program& program, int output, pid_t* pid) {
  std::vector<char*> words;
  for (const std::string& word : program.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, program.folder.c_str());
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  const int error = posix_spawnp(pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string ReadAll(int file) {
  std::string all;
  char block[64 << 10];
  while (true) {
    const ssize_t size = read(file, block, sizeof block);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return all;
    all.append(block, static_cast<size_t>(size));
  }
}

int Await(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

StatusOr<ProgramEnd> Run(const Program& program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError("no pipe can be made");
  pid_t pid = 0;
  const int error = Start(program, ends[1], &pid);
  close(ends[1]);
  ProgramEnd end;
  if (error == 0) {
    end.output = ReadAll(ends[0]);
    end.code = Await(pid);
  }
  close(ends[0]);
  if (error == 0) return end;
  return absl::UnavailableError(absl::StrCat("cannot start ", program.words[0], " in ",
                                             program.folder, ": ", strerror(error)));
}

}  // namespace pingan::ctl
