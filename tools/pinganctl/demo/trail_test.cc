#include "tools/pinganctl/demo/trail.h"

#include "common/testing/matchers.h"

namespace pingan::ctl {
namespace {

using common::v1::AuditEntry;

// A write as feed and audit tell it.
struct Write {
  const char* name;
  const char* actor;
  const char* request_id;
};

Trace Told(const Write& write) {
  return TraceOf(write.name, write.actor, write.request_id);
}

AuditEntry Entry(int64_t id, const Write& write, int64_t revision) {
  AuditEntry entry;
  entry.set_id(id);
  entry.set_name(write.name);
  entry.set_actor(write.actor);
  entry.set_request_id(write.request_id);
  entry.set_revision(revision);
  return entry;
}

std::string ProblemOf(const std::vector<AuditEntry>& newest_first, const Heard& heard) {
  AuditCheck check(heard);
  for (const AuditEntry& entry : newest_first) check.Add(entry);
  return check.Finish().problem;
}

TEST(AuditCheck, WantsOneEntryForEveryWrite) {
  const Write a{"disputes/a", "li", "id-1"}, b{"disputes/b", "system", ""};
  const Heard heard = {Told(a), Told(a), Told(b)};
  EXPECT_EQ(ProblemOf({Entry(2, b, 3), Entry(1, a, 2)}, heard), "");
  EXPECT_EQ(ProblemOf({Entry(3, b, 3), AuditEntry(), Entry(1, a, 2)}, heard), "") << "a read";
  EXPECT_EQ(ProblemOf({Entry(1, a, 2)}, heard), "nothing after revision 2 of 3");
  EXPECT_EQ(ProblemOf({Entry(2, b, 3)}, heard), "revision 1 has no entry of its own");
  EXPECT_EQ(ProblemOf({Entry(3, b, 3), Entry(2, a, 2), Entry(1, a, 2)}, heard),
            "entry 2 is of revision 2 after 2");
  EXPECT_EQ(ProblemOf({}, heard), "there is no entry");
}

TEST(AuditCheck, OtherResourcesMayChangeWithTheFirst) {
  const Write person{"persons/a", "li", "id-1"}, dwelling{"dwellings/b", "li", "id-1"};
  const Heard heard = {Told(person), Told(dwelling)};
  EXPECT_EQ(ProblemOf({Entry(1, person, 2)}, heard), "");
  EXPECT_EQ(ProblemOf({Entry(1, dwelling, 2)}, heard), "revision 1 has no entry of its own");
  EXPECT_EQ(ProblemOf({Entry(1, {"persons/a", "li", "id-2"}, 2)}, heard),
            "revision 1 has no entry of its own");
}

}  // namespace
}  // namespace pingan::ctl
