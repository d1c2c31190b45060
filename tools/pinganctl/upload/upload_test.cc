#include "tools/pinganctl/upload/upload.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"
#include "tools/pinganctl/persons/rows.h"

namespace pingan::ctl {
namespace {

using common::v1::Reason;
using ::testing::ElementsAre;
using testing::Fails;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
namespace v1 = population::v1;

using Rows = std::vector<v1::ImportPersonsRequest>;
// What the service answers to the rows of its nth stream, from 0.
using Script = std::function<StatusOr<v1::ImportPersonsResponse>(int, const Rows&)>;

v1::ImportPersonsResponse Answer(int64_t stored, int64_t known) {
  v1::ImportPersonsResponse answer;
  answer.set_rows_stored(stored);
  answer.set_rows_known(known);
  return answer;
}

v1::ImportPersonsResponse Refusing(v1::ImportPersonsResponse answer, const std::string& row_id,
                                   Reason reason, const std::string& problem,
                                   const std::string& field = "") {
  auto& refusal = *answer.add_refusals();
  refusal.set_row_id(row_id);
  refusal.set_reason(reason);
  refusal.set_field(field);
  refusal.set_problem(problem);
  answer.set_rows_refused(answer.refusals_size());
  return answer;
}

Status Lost() {  // as gRPC ends a stream whose server is killed: without a reason
  return absl::UnavailableError("connection reset");
}

Status Busy(int retry_after_ms) {
  return Error(absl::StatusCode::kResourceExhausted, "busy",
               {.reason = common::v1::OVERLOADED, .retry_after_ms = retry_after_ms});
}

// A service that takes streams and answers them by a script.
class Service : public grpc::CallbackGenericService {
 public:
  explicit Service(Script script) : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }

  std::string target() const { return absl::StrCat("127.0.0.1:", port_); }
  int streams() const { return streams_; }

 private:
  class Stream : public grpc::ServerGenericBidiReactor {
   public:
    explicit Stream(Service* service) : service_(*service) { StartRead(&bytes_); }

    void OnReadDone(bool ok) override {
      if (!ok) return End();
      grpc::Slice slice;
      EXPECT_TRUE(bytes_.DumpToSingleSlice(&slice).ok());
      rows_.emplace_back().ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
      StartRead(&bytes_);
    }
    void OnDone() override { delete this; }

   private:
    void End() {
      const auto answer = service_.script_(service_.streams_++, rows_);
      if (!answer.ok()) {
        const bool reason = DetailsOf(answer.status()).reason != common::v1::REASON_UNSPECIFIED;
        return Finish(reason ? rpc::WireStatus(answer.status(), true)
                             : grpc::Status(static_cast<grpc::StatusCode>(answer.status().code()),
                                            std::string(answer.status().message())));
      }
      const grpc::Slice slice(answer->SerializeAsString());
      bytes_ = grpc::ByteBuffer(&slice, 1);
      StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
    }

    Service& service_;
    Rows rows_;
    grpc::ByteBuffer bytes_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Stream(this);
  }

  const Script script_;
  std::atomic<int> streams_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

constexpr Upload::Settings kQuick{.streams = 1,
                                  .patience = absl::Milliseconds(500),
                                  .pause_first = absl::Milliseconds(1),
                                  .pause_longest = absl::Milliseconds(20),
                                  .pause_told = absl::Milliseconds(5)};

struct Ran {
  Status status;
  RowCounts counts;
  std::vector<std::string> problems;  // "line field: reason"
  std::vector<std::string> waits;
  int streams;
};

// Imports those row ids, of which the first stands at line 2.
Ran Import(const std::vector<std::string>& ids, Script script, Upload::Settings settings = kQuick) {
  Service service(std::move(script));
  const rpc::Client client(service.target());
  std::stringstream file("row_id,display_name\n");
  file.seekp(0, std::ios::end);
  for (const std::string& id : ids) file << id << ",王芳\n";
  CsvReader reader(file, CsvReader::Encoding::kUtf8);
  CsvRow first;
  EXPECT_TRUE(reader.Next(&first));
  const Head head = *Head::Of(first.cells, {"", "411602001002", "FLOATING"}, false);
  Ran ran;
  PersonRows rows(reader, head, nullptr);
  Upload upload(Through<v1::ImportPersonsRequest, v1::ImportPersonsResponse>(client), rows,
                settings,
                {.problem =
                     [&](const RowProblem& problem) {
                       ran.problems.push_back(
                           absl::StrCat(problem.line, " ", problem.field, ": ", problem.reason));
                     },
                 .line = [](int64_t) {},
                 .wait = [&](const std::string& why) { ran.waits.push_back(why); }});
  ran.status = upload.Run();
  ran.counts = upload.counts();
  ran.streams = service.streams();
  return ran;
}

void ExpectCounts(const RowCounts& got, const RowCounts& want) {
  EXPECT_EQ(got.read, want.read);
  EXPECT_EQ(got.stored, want.stored);
  EXPECT_EQ(got.known, want.known);
  EXPECT_EQ(got.either, want.either);
  EXPECT_EQ(got.refused, want.refused);
}

TEST(Upload, GoesOnWhenAServerThatIsAwayForLongIsBack) {
  const Ran ran = Import({"a", "b"}, [](int n, const Rows&) -> StatusOr<v1::ImportPersonsResponse> {
    if (n < 12) return Lost();
    return Answer(2, 0);
  });
  EXPECT_OK(ran.status);
  EXPECT_EQ(ran.streams, 13);
  EXPECT_THAT(ran.waits, ElementsAre("connection reset")) << "once, and none for short pauses";
  ExpectCounts(ran.counts, {.read = 2, .stored = 2});
}

TEST(Upload, GoesOnAfterAStreamThatAServerCutOffWhileItShutDown) {
  const Ran ran = Import({"a"}, [](int n, const Rows&) -> StatusOr<v1::ImportPersonsResponse> {
    if (n == 0) return absl::CancelledError("CANCELLED");
    return Answer(1, 0);
  });
  EXPECT_OK(ran.status);
  EXPECT_EQ(ran.streams, 2);
}

TEST(Upload, ComesBackWhenAnOverloadedServerWantsItTo) {
  const absl::Time start = absl::Now();
  const Ran ran = Import({"a"}, [](int n, const Rows&) -> StatusOr<v1::ImportPersonsResponse> {
    if (n == 0) return Busy(200);
    return Answer(0, 1);
  });
  EXPECT_OK(ran.status);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(200));
  EXPECT_EQ(ran.streams, 2);
  ExpectCounts(ran.counts, {.read = 1, .known = 1});
}

TEST(Upload, GivesUpWhenNothingGoesOn) {
  const Ran ran = Import({"a"}, [](int, const Rows&) { return Busy(10); });
  EXPECT_THAT(ran.status, Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
  EXPECT_GE(ran.streams, 10);
  EXPECT_THAT(ran.waits, ElementsAre("busy"));
  ExpectCounts(ran.counts, {});
}

TEST(Upload, DoesNotRepeatWhatIsRefusedForGood) {
  const Status refusals[] = {
      Error(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_EXPIRED, "token over"),
      absl::ResourceExhaustedError("larger than max"),  // without RetryInfo it never fits
  };
  for (const Status& refusal : refusals) {
    const Ran ran = Import({"a"}, [&](int, const Rows&) { return refusal; });
    EXPECT_THAT(ran.status, Fails(refusal.code(), DetailsOf(refusal).reason));
    EXPECT_EQ(ran.streams, 1);
  }
}

TEST(Upload, AStreamThatIsRefusedForGoodEndsTheOthers) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5000; ++i) ids.push_back(absl::StrCat("row-", i));
  Upload::Settings settings = kQuick;
  settings.streams = 3;
  const Ran ran = Import(
      ids,
      [](int n, const Rows& rows) -> StatusOr<v1::ImportPersonsResponse> {
        if (n == 0) return Error(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_EXPIRED, "");
        return Answer(static_cast<int64_t>(rows.size()), 0);
      },
      settings);
  EXPECT_THAT(ran.status, Fails(absl::StatusCode::kUnauthenticated, common::v1::TOKEN_EXPIRED));
}

TEST(Upload, CountsRowsThatABrokenTryMayHaveStoredAsEither) {
  const auto after = [](const Status& first) {
    return Import({"a", "b", "c"},
                  [first](int n, const Rows&) -> StatusOr<v1::ImportPersonsResponse> {
                    if (n == 0) return first;
                    return Answer(1, 2);
                  });
  };
  ExpectCounts(after(Lost()).counts, {.read = 3, .stored = 1, .either = 2});
  ExpectCounts(after(Busy(1)).counts, {.read = 3, .stored = 1, .known = 2});
}

TEST(Upload, CountsEachRowAsTheTryThatStoredItSays) {
  const Ran ran = Import({"a", "b", "c"}, [](int n, const Rows&) {
    if (n == 0)
      return Refusing(Answer(1, 1), "c", common::v1::COMMIT_UNCERTAIN,
                      "the commit may or may not have happened");
    return Answer(0, 3);
  });
  EXPECT_OK(ran.status);
  EXPECT_THAT(ran.problems, IsEmpty());
  ExpectCounts(ran.counts, {.read = 3, .stored = 1, .known = 1, .either = 1});
}

TEST(Upload, ARowThatIsRefusedForGoodIsNotSentAgain) {
  for (const Reason reason : {common::v1::INTERNAL_FAULT, common::v1::LIMIT_REACHED}) {
    const Ran ran = Import(
        {"a"}, [reason](int, const Rows&) { return Refusing({}, "a", reason, "what is wrong"); });
    EXPECT_OK(ran.status);
    EXPECT_EQ(ran.streams, 1);
    EXPECT_THAT(ran.problems, ElementsAre("2 : what is wrong"));
    ExpectCounts(ran.counts, {.read = 1, .refused = 1});
  }
}

TEST(Upload, ARowThatIsRefusedForNowIsSentAgainWhateverTheReason) {
  for (const Reason reason :
       {common::v1::OVERLOADED, common::v1::QUOTA_EXCEEDED, common::v1::DATABASE_UNAVAILABLE,
        common::v1::DRAINING, common::v1::WRITE_CONFLICT, common::v1::COMMIT_UNCERTAIN}) {
    const Ran ran = Import({"a", "b"}, [reason](int n, const Rows&) {
      return n == 0 ? Refusing(Answer(1, 0), "a", reason, "for now") : Answer(1, 1);
    });
    EXPECT_OK(ran.status);
    EXPECT_THAT(ran.problems, IsEmpty());
    ExpectCounts(ran.counts, {.read = 2, .stored = 2});
  }
}

TEST(Upload, RowsThatADatabaseAwayRefusesAreSentUntilItIsBack) {
  const Ran ran = Import({"a", "b"}, [](int n, const Rows&) {
    if (n == 9) return Answer(1, 1);
    auto answer = Refusing(n == 0 ? Answer(1, 0) : Answer(0, 0), "b",
                           common::v1::DATABASE_UNAVAILABLE, "away");
    return n == 0 ? answer : Refusing(answer, "a", common::v1::DATABASE_UNAVAILABLE, "away");
  });
  EXPECT_OK(ran.status);
  EXPECT_EQ(ran.streams, 10);
  ExpectCounts(ran.counts, {.read = 2, .stored = 2});
}

TEST(Upload, TellsTheRowsOnWhichItGivesUp) {
  const Ran ran = Import({"a"}, [](int, const Rows&) {
    return Refusing({}, "a", common::v1::DATABASE_UNAVAILABLE, "away");
  });
  EXPECT_THAT(ran.status, Fails(absl::StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED));
  EXPECT_THAT(ran.problems, ElementsAre("2 : away"));
  ExpectCounts(ran.counts, {.read = 1, .refused = 1});
}

TEST(Upload, NamesARowIdThatIsTooLongOrComesTwiceByItsOwnLine) {
  const std::string longest(300, 'x');
  const Ran ran = Import({"a", longest, "b", "a"}, [](int, const Rows& rows) {
    EXPECT_THAT(rows, SizeIs(2));
    return Refusing(Answer(1, 0), "a", common::v1::REQUEST_ID_REUSED, "REQUEST_ID_REUSED",
                    "row_id");
  });
  EXPECT_OK(ran.status);
  EXPECT_THAT(ran.problems, ElementsAre("2 row_id: REQUEST_ID_REUSED",
                                        "3 row_id: does not match [A-Za-z0-9._-]{1,64}",
                                        "5 row_id: is also that of line 2"));
  ExpectCounts(ran.counts, {.read = 4, .stored = 1, .refused = 3});
}

// The service refuses them too, but then they are in its log already.
TEST(Upload, SendsNoRowIdThatIsSomebodysNumber) {
  const Ran ran = Import({"11010519491231002X", "110105491231002", "13800000000", "a"},
                         [](int, const Rows& rows) {
                           EXPECT_THAT(rows, SizeIs(1));
                           return Answer(1, 0);
                         });
  EXPECT_OK(ran.status);
  EXPECT_THAT(ran.problems, ElementsAre("2 row_id: is an identity or telephone number",
                                        "3 row_id: is an identity or telephone number",
                                        "4 row_id: is an identity or telephone number"));
}

}  // namespace
}  // namespace pingan::ctl
