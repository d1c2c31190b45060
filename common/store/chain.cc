#include "common/store/chain.h"

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

void Put(std::string* bytes, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes->push_back(static_cast<char>(number >> shift));
}

void Put(std::string* bytes, std::string_view text) {
  Put(bytes, uint64_t{text.size()});
  bytes->append(text);
}

// Goes over the entries one by one, until one is not as it was written.
class Walk {
 public:
  Walk(const ChainEnd& end, const AuditMark& after)
      : end_(end), begin_(after.id > 0 ? after.id : end.since) {
    check_ = {.through = {.id = begin_, .link = after.link}, .last = end.last, .since = end.since};
    // Entries of before the chain had no link to note.
    if (!after.link.empty() && after.id <= end.since) Blame(AuditCheck::kChanged, after.id);
    if (after.id > end.last) Blame(AuditCheck::kMissing, end.last + 1);
  }

  bool found() const { return check_.fault != AuditCheck::kNone; }
  bool AtEnd() const { return check_.through.id == end_.last; }
  int64_t done() const { return check_.through.id - begin_; }
  int64_t next() const { return check_.through.id + 1; }
  AuditCheck Take() { return std::move(check_); }
  void Blame(AuditCheck::Fault fault, int64_t id) { check_.fault = fault, check_.wrong = id; }

  // The entry of the mark itself stands as it was noted. What it says is bound to the link of the
  // entry before it, if that has one: its own and the revision row's may have been taken away.
  void Meet(const Audit* before, const Audit& audit) {
    const std::string& noted = check_.through.link;
    if (audit.id > begin_) return Blame(AuditCheck::kMissing, begin_);
    const bool first = audit.id == end_.since + 1;
    const bool bound = first || (before && !before->link.empty());
    if ((!audit.link.empty() && audit.link != noted) ||
        (audit.id == end_.linked.id && end_.linked.link != noted) ||
        (bound && LinkOf(first ? "" : before->link, audit) != noted)) {
      Blame(AuditCheck::kChanged, begin_);
    }
  }

  void Pass(const Audit& audit) {
    if (audit.id < next() || AtEnd()) return Blame(AuditCheck::kExtra, audit.id);
    if (audit.id > next()) return Blame(AuditCheck::kMissing, next());
    std::string link = LinkOf(check_.through.link, audit);
    const bool linked = !audit.link.empty();
    if (!linked && unlinked_ == 0) unlinked_ = audit.id;
    if ((linked && link != audit.link) ||
        (audit.id == end_.linked.id && link != end_.linked.link)) {
      // Of entries without a link the next one tells that one was changed, but not which.
      return Blame(AuditCheck::kChanged, unlinked_ > 0 ? unlinked_ : audit.id);
    }
    if (linked) unlinked_ = 0;
    check_.through = {.id = audit.id, .link = std::move(link)};
  }

 private:
  const ChainEnd& end_;
  const int64_t begin_;
  int64_t unlinked_ = 0;  // first of the entries without a link that come last
  AuditCheck check_;
};

}  // namespace

std::string LinkOf(std::string_view before, const Audit& audit) {
  std::string bytes;
  bytes.reserve(320);
  Put(&bytes, before);
  Put(&bytes, static_cast<uint64_t>(audit.id));
  Put(&bytes, static_cast<uint64_t>(audit.time_us));
  for (const std::string* text :
       {&audit.actor, &audit.method, &audit.name, &audit.area, &audit.purpose, &audit.request_id}) {
    Put(&bytes, *text);
  }
  Put(&bytes, static_cast<uint64_t>(audit.revision));
  return crypto::Sha256(bytes);
}

Sql ReadChainEnd() {
  return Sql{"SELECT audit_id, audit_from, audit_linked, audit_link FROM revision WHERE id = 1"};
}

ChainEnd DecodeChainEnd(const std::vector<Value>& values) {
  return {.last = Integer(values.at(0)),
          .since = Integer(values.at(1)),
          .linked = {.id = Integer(values.at(2)), .link = String(values.at(3))}};
}

Sql ReadEntries(int64_t first, int limit) {
  return Sql{absl::StrCat("SELECT ", SelectList(AuditColumns()),
                          " FROM audit WHERE id >= $1 ORDER BY id LIMIT $2"),
             {Value(first), Value(int64_t{limit})}};
}

int64_t FirstToExamine(const AuditMark& after, int64_t since) {
  if (!after.link.empty()) return after.id - 1;
  // Numbers begin at 1: what has another was put there by somebody else.
  return since > 0 ? since + 1 : INT64_MIN;
}

AuditCheck Examine(const ChainEnd& end, const AuditMark& after, int limit,
                   const std::vector<Audit>& rows) {
  Walk walk(end, after);
  auto row = rows.begin();
  if (!after.link.empty() && !walk.found()) {
    const Audit* before = row != rows.end() && row->id < after.id ? &*row++ : nullptr;
    if (row == rows.end()) {
      walk.Blame(AuditCheck::kMissing, after.id);
    } else {
      walk.Meet(before, *row++);
    }
  }
  for (; row != rows.end() && !walk.found(); ++row) {
    if (!walk.AtEnd() && walk.done() >= limit) return walk.Take();
    walk.Pass(*row);
  }
  if (!walk.found() && !walk.AtEnd()) walk.Blame(AuditCheck::kMissing, walk.next());
  return walk.Take();
}

}  // namespace pingan::store
