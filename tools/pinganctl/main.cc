// pinganctl: the command line of the suite.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tools/pinganctl/problem.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

std::vector<Verb> Verbs() {
  return {AreasVerb(),  CalendarVerb(), CallVerb(),  CityVerb(),  DemoVerb(),
          ImportVerb(), LedgerVerb(),   StatsVerb(), TokenVerb(), WatchVerb()};
}

const Verb* Find(const std::vector<Verb>& verbs, const std::string& name) {
  for (const Verb& verb : verbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

void PrintOverview(const std::vector<Verb>& verbs, std::FILE* out) {
  std::fprintf(out, "usage: pinganctl VERB ...\n\n");
  for (const Verb& verb : verbs) std::fprintf(out, "  %-8s %s\n", verb.name, verb.summary);
  std::fprintf(
      out,
      "\n`pinganctl help VERB` says more. Exit: 0 done, 1 refused by the server or a check "
      "failed,\n2 usage, 3 the server cannot be reached.\n");
}

void PrintHelp(const Verb& verb) {
  std::printf("usage: pinganctl %s %s\n\n%s.\n%s", verb.name, verb.words, verb.summary, verb.help);
  if (!verb.flags.empty()) std::printf("\n");
  for (const Flag& flag : verb.flags) {
    const std::string name = std::string("--") + flag.name;
    std::printf("  %-16s %s%s%s%s\n", name.c_str(), flag.help, *flag.fallback ? " (" : "",
                flag.fallback, *flag.fallback ? ")" : "");
  }
}

int UsageError(const std::string& problem) {
  std::fprintf(stderr, "pinganctl: %s\n", problem.c_str());
  return kUsage;
}

Status CheckPrinted() {
  const bool printed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  return printed ? absl::OkStatus() : absl::DataLossError("cannot write all of the output");
}

int End(const char* verb, const Status& status) {
  if (!status.ok()) std::fprintf(stderr, "pinganctl %s: %s", verb, Describe(status).c_str());
  return ExitOf(status);
}

int Help(const std::vector<Verb>& verbs, const std::vector<std::string>& words) {
  if (words.empty()) {
    PrintOverview(verbs, stdout);
    return End("help", CheckPrinted());
  }
  const Verb* verb = Find(verbs, words[0]);
  if (verb == nullptr) return UsageError("no verb " + words[0]);
  PrintHelp(*verb);
  return End("help", CheckPrinted());
}

int RunVerb(const Verb& verb, const std::vector<std::string>& args) {
  const auto options = Options::Parse(verb.flags, args);
  Status status = options.status();
  if (status.ok() &&
      (options->words().size() < verb.words_min || options->words().size() > verb.words_max)) {
    status = absl::InvalidArgumentError(std::string("want: ") + verb.name + " " + verb.words);
  }
  if (status.ok()) status = verb.run(*options);
  const Status printed = CheckPrinted();
  return End(verb.name, status.ok() ? printed : status);
}

int Main(const std::vector<std::string>& args) {
  const std::vector<Verb> verbs = Verbs();
  if (args.empty()) {
    PrintOverview(verbs, stderr);
    return kUsage;
  }
  const std::vector<std::string> rest(args.begin() + 1, args.end());
  if (args[0] == "help" || args[0] == "--help" || args[0] == "-h") return Help(verbs, rest);
  const Verb* verb = Find(verbs, args[0]);
  if (verb == nullptr) return UsageError("no verb " + args[0] + "; try `pinganctl help`");
  const auto asks = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (std::any_of(rest.begin(), rest.end(), asks)) return Help(verbs, {args[0]});
  return RunVerb(*verb, rest);
}

}  // namespace
}  // namespace pingan::ctl

int main(int argc, char** argv) {
  return pingan::ctl::Main(std::vector<std::string>(argv + 1, argv + argc));
}
