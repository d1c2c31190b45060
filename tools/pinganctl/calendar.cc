// pinganctl calendar: what a new calendar of working days does to the cases that run.
#include <cstdio>

#include "common/base/instants.h"
#include "common/calendar/working_days.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "services/disputes/moved.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(FILE has the form of common/calendar/data/holidays.tsv. Each line is a clock of an open
case that is due on another day under it: name, clock, the day it is due now, the day by FILE.
Nothing is changed. As in:

  pinganctl calendar holidays-2027.tsv --area=411602
)";

constexpr char kOpen[] = "state != \"CLOSED\" AND state != \"REFUSED\" AND state != \"DIVERTED\"";

std::string Day(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "never";
  return absl::FormatCivilTime(calendar::DayOf(time));
}

struct Tally {
  int64_t cases = 0, moved = 0;
  int64_t uncertain = 0;  // due in a year whose holidays the calendar does not know
};

void Look(const v1::Dispute& dispute, const calendar::Calendar& calendar, Tally* tally,
          std::vector<std::vector<std::string>>* rows) {
  const auto moves = disputes::MovedBy(dispute, calendar);
  for (const auto& move : moves) {
    rows->push_back({dispute.name(), std::string(move.clock), Day(move.before), Day(move.after)});
  }
  ++tally->cases;
  tally->moved += !moves.empty();
  tally->uncertain += dispute.statutory().has_due_time() &&
                      !calendar.Covers(static_cast<int>(
                          calendar::DayOf(FromProto(dispute.statutory().due_time())).year()));
}

Status Report(const Options& options) {
  const auto calendar = calendar::Calendar::Load(options.words()[0]);
  if (!calendar.ok()) return absl::InvalidArgumentError(calendar.status().message());
  ASSIGN_OR_RETURN(const auto client, Connect(options));
  v1::ListDisputesRequest request;
  request.set_area(options.Text("area"));
  request.set_filter(kOpen);
  request.set_page_size(500);
  Tally tally;
  std::vector<std::vector<std::string>> rows;
  do {
    v1::ListDisputesResponse page;
    RETURN_IF_ERROR(client->Call(request, &page));
    for (const auto& dispute : page.disputes()) Look(dispute, *calendar, &tally, &rows);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::printf("%s%ld of %ld open cases moved by %s", Columns(rows).c_str(), tally.moved,
              tally.cases, calendar->version().c_str());
  if (tally.uncertain > 0) {
    std::printf("; %ld due in a year that it does not know", tally.uncertain);
  }
  std::printf("\n");
  return absl::OkStatus();
}

}  // namespace

Verb CalendarVerb() {
  return {"calendar",
          "FILE.tsv",
          "Lists the open cases whose deadline another calendar moves",
          kHelp,
          ServerFlags({{"area", Flag::kText, "", "scope; empty = the token's own"}}),
          1,
          1,
          Report};
}

}  // namespace pingan::ctl
