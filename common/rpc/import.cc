#include "common/rpc/import.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/rpc/beat.h"
#include "common/rpc/ending.h"
#include "common/rpc/wire_status.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kInFlightMax = 512;  // rows between the wire and the database
// Bytes of rows there, of all streams together: each has its share, and one row at least.
constexpr size_t kBytesMax = 32 << 20;
constexpr size_t kTogetherMax = 64;     // rows whose reads are made together
constexpr int kGatherersMax = 2;        // workers that one stream occupies
constexpr int64_t kRefusalsMax = 1000;  // told in the answer
constexpr size_t kRowIdMax = 256;

class Importer : public grpc::ServerReadReactor<grpc::ByteBuffer>,
                 public std::enable_shared_from_this<Importer> {
 public:
  Importer(const StreamMethod& stream, const Table& table, const ImportFields& fields,
           const WriteRules& rules, grpc::CallbackServerContext* context,
           grpc::ByteBuffer* response)
      : stream_(stream),
        table_(table),
        fields_(fields),
        rules_(rules),
        context_(context),
        response_(response),
        answer_(stream.response.New()) {
    ++streams;
  }
  ~Importer() override { --streams; }

  void Start() {
    self_ = shared_from_this();
    Status status = Admit(stream_.parts, stream_.method, *context_, &admitted_);
    if (!status.ok()) return End(status);
    const absl::Time end = std::min(admitted_.deadline, admitted_.caller->expires);
    beat_.Start(end, [self = shared_from_this()] { self->Check(); });
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Complete(context_->IsCancelled() ? Cancelled() : absl::OkStatus());
    if (const Status status = GoesOn(); !status.ok()) return Complete(status);
    grpc::ByteBuffer body;
    body.Swap(&incoming_);
    if (body.Length() > stream_.method.size_max) {
      {
        std::lock_guard lock(mutex_);
        Take(body.Length());
      }
      stream_.parts.workers->GoOn(stream_.method.rule.load(),
                                  [self = shared_from_this(), body] { self->LargeRow(body); });
      return;
    }
    bool gather = false;
    {
      std::lock_guard lock(mutex_);
      Take(body.Length());
      waiting_.push_back(std::move(body));
      gather = gatherers_ < kGatherersMax;
      if (gather) ++gatherers_;
    }
    if (gather) GatherLater();
    ReadOn();
  }

  void OnDone() override {
    beat_.Stop();
    self_.reset();
  }

 private:
  Status Cancelled() const {
    RETURN_IF_ERROR(StillAdmitted(stream_.parts, *context_, admitted_));
    return Error(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller went away");
  }

  Status GoesOn() const {
    if (stream_.parts.draining->load(std::memory_order_relaxed)) return Draining();
    return StillAdmitted(stream_.parts, *context_, admitted_);
  }

  // Also of a sender that says nothing.
  void Check() {
    if (const Status status = GoesOn(); !status.ok()) Complete(status);
  }

  // Nothing more is read. What was read before is carried out; after an error the sender begins
  // anew with what it has no word of.
  void Complete(const Status& outcome) {
    {
      std::lock_guard lock(mutex_);
      if (!std::exchange(complete_, true)) outcome_ = outcome;
    }
    MaybeEnd();
  }

  // A row more, under the lock.
  void Take(size_t bytes) {
    ++in_flight_;
    bytes_ += bytes;
  }

  void ReadOn() {
    {
      std::lock_guard lock(mutex_);
      if (complete_) return;
      if (in_flight_ >= kInFlightMax || (in_flight_ > 0 && bytes_ >= kBytesMax / streams)) {
        paused_ = true;
        return;
      }
    }
    StartRead(&incoming_);
  }

  // A row that was read was accepted: it is never refused for others' sake, but casework goes
  // first.
  void GatherLater() {
    stream_.parts.workers->GoOn(stream_.method.rule.load(),
                                [self = shared_from_this()] { self->Gather(); });
  }

  // The rows that have come meanwhile, together.
  void Gather() {
    std::vector<grpc::ByteBuffer> bodies;
    {
      std::lock_guard lock(mutex_);
      const size_t count = std::min(waiting_.size(), kTogetherMax);
      bodies.assign(std::make_move_iterator(waiting_.begin()),
                    std::make_move_iterator(waiting_.begin() + static_cast<ptrdiff_t>(count)));
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count));
    }
    std::vector<Writer::Request> requests;
    for (const auto& body : bodies) Row(body, &requests);
    stream_.parts.writer->ExecuteNew(std::move(requests));
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        --gatherers_;
        return;
      }
    }
    GatherLater();
  }

  void Row(const grpc::ByteBuffer& body, std::vector<Writer::Request>* requests) {
    std::shared_ptr<Message> request(stream_.request.New());
    Status status = ParseBody(stream_.method, body, request.get());
    const bool read = DetailsOf(status).reason != common::v1::BODY_UNREADABLE;
    const std::string row_id = read ? RowId(*request) : "";
    if (!status.ok()) return Told(body.Length(), row_id, status, false);

    auto job = std::make_shared<WriteJob>();
    job->table = &table_;
    job->decide = [self = shared_from_this(), request](const Message& before,
                                                       const Related& related) -> StatusOr<Plan> {
      const Parts& parts = self->stream_.parts;
      const Env env{*self->admitted_.caller, self->admitted_.now, *parts.areas, *parts.calendar,
                    *parts.limits};
      return self->rules_.decide(before, *request, related, env);
    };
    if (rules_.wanted) {
      job->wanted = [self = shared_from_this(), request](const Message& before) {
        return self->rules_.wanted(before, *request);
      };
    }
    job->actor = admitted_.caller->subject;
    job->method = stream_.method.short_name;
    job->request_id = row_id;
    // A row is known whoever of the same area imports it again, so the key does not hold the
    // caller; row ids of another area are another ledger's.
    job->reply_key =
        crypto::Digest(absl::StrCat(job->method, "\n", admitted_.caller->area, "\n", row_id));
    job->fingerprint = Fingerprint(*request);
    job->now = admitted_.now;
    job->patient = true;
    job->validate_only = BoolField(*request, fields_.dry_run);
    if (job->validate_only) {
      // Nothing is committed that would find out.
      const auto known = stream_.parts.writer->Known(*job);
      if (!known.ok() || *known) return Told(body.Length(), row_id, known.status(), true);
    }
    requests->push_back(
        {job,
         [self = shared_from_this(), row_id, bytes = body.Length()](StatusOr<Written> written) {
           self->Told(bytes, row_id, written.status(), written.ok() && written->repeated);
         }});
  }

  // A row that is too large is refused by its id; nothing else is read meanwhile. The stream ends
  // with one that cannot even be read.
  void LargeRow(const grpc::ByteBuffer& body) {
    std::unique_ptr<Message> request(stream_.request.New());
    const Status too_large = ParseBody(stream_.method, body, request.get());
    grpc::Slice holder;
    const std::string_view bytes = Contiguous(body, &holder);
    const bool read = request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (read) {
      std::lock_guard lock(mutex_);
      paused_ = true;
    } else {
      Complete(too_large);
    }
    Told(body.Length(), read ? RowId(*request) : "", too_large, false);
  }

  // Empty if it is longer than an id can be: what is refused may hold anything.
  std::string RowId(const Message& request) const {
    const std::string_view id = StringField(request, fields_.row_id);
    return id.size() > kRowIdMax ? "" : std::string(id);
  }

  // Of all but the wish for a dry run.
  std::string Fingerprint(const Message& request) const {
    if (!BoolField(request, fields_.dry_run))
      return stream_.parts.records->Fingerprint(request.SerializeAsString());
    std::unique_ptr<Message> row(request.New());
    row->CopyFrom(request);
    row->GetReflection()->ClearField(row.get(), fields_.dry_run);
    return stream_.parts.records->Fingerprint(row->SerializeAsString());
  }

  // One row has ended.
  void Told(size_t bytes, const std::string& row_id, const Status& status, bool known) {
    bool read_on = false;
    {
      std::lock_guard lock(mutex_);
      Add(fields_.read);
      if (!status.ok())
        Refuse(row_id, status);
      else
        Add(known ? fields_.known : fields_.stored);
      --in_flight_;
      bytes_ -= bytes;
      read_on = std::exchange(paused_, false);
      resuming_ += read_on;
    }
    if (read_on) {
      ReadOn();
      std::lock_guard lock(mutex_);
      --resuming_;
    }
    MaybeEnd();
  }

  void Add(const FieldDescriptor* field) {
    const auto* reflection = answer_->GetReflection();
    reflection->SetInt64(answer_.get(), field, reflection->GetInt64(*answer_, field) + 1);
  }

  void Refuse(const std::string& row_id, const Status& status) {
    Add(fields_.refused);
    const auto* reflection = answer_->GetReflection();
    if (reflection->FieldSize(*answer_, fields_.refusals) >= kRefusalsMax) return;
    Message* refusal = reflection->AddMessage(answer_.get(), fields_.refusals);
    const auto set = [refusal](const FieldDescriptor* field, const std::string& value) {
      refusal->GetReflection()->SetString(refusal, field, value);
    };
    // As it would be told of a call: without the text of a fault of ours.
    const Status told = FromWire(WireStatus(status, true));
    const ErrorDetails details = DetailsOf(told);
    refusal->GetReflection()->SetEnumValue(refusal, fields_.reason, details.reason);
    set(fields_.refused_row, row_id);
    if (details.reason == common::v1::REQUEST_ID_REUSED) {
      set(fields_.refused_field, fields_.row_id->name());
      set(fields_.problem, "REQUEST_ID_REUSED: was stored before with another content");
    } else if (!details.fields.empty()) {
      set(fields_.refused_field, details.fields.front().path);
      set(fields_.problem, details.fields.front().problem);
    } else {
      set(fields_.problem, std::string(told.message()));
    }
  }

  void MaybeEnd() {
    {
      std::lock_guard lock(mutex_);
      if (!complete_ || in_flight_ > 0 || resuming_ > 0 || ended_) return;
      ended_ = true;
    }
    *response_ = ToBuffer(*answer_);
    End(outcome_);
  }

  void End(const Status& status) {
    Finish(
        Ended(stream_.parts, stream_.method, stream_.metrics, admitted_, {.write = true}, status));
  }

  const StreamMethod stream_;
  const Table& table_;
  const ImportFields fields_;
  const WriteRules rules_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const response_;
  std::unique_ptr<Message> answer_;
  std::shared_ptr<Importer> self_;  // until OnDone
  Admitted admitted_;
  grpc::ByteBuffer incoming_;
  std::mutex mutex_;
  static inline std::atomic<size_t> streams = 0;  // of this process
  int in_flight_ = 0;
  size_t bytes_ = 0;                      // of what is in flight
  std::deque<grpc::ByteBuffer> waiting_;  // rows that nobody has looked at yet
  int gatherers_ = 0;
  bool paused_ = false;
  int resuming_ = 0;  // about to read outside of OnReadDone, where gRPC may be done meanwhile
  bool complete_ = false;
  bool ended_ = false;
  Status outcome_;  // of the stream as a whole
  Beat beat_;
};

}  // namespace

StatusOr<ImportFields> ImportFields::Of(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  ImportFields fields{.row_id = request.One("row_id", FieldDescriptor::CPPTYPE_STRING),
                      .dry_run = request.One("dry_run", FieldDescriptor::CPPTYPE_BOOL),
                      .read = response.One("rows_read", FieldDescriptor::CPPTYPE_INT64),
                      .stored = response.One("rows_stored", FieldDescriptor::CPPTYPE_INT64),
                      .known = response.One("rows_known", FieldDescriptor::CPPTYPE_INT64),
                      .refused = response.One("rows_refused", FieldDescriptor::CPPTYPE_INT64),
                      .refusals = response.Many("refusals", FieldDescriptor::CPPTYPE_MESSAGE)};
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  Shape refusal(fields.refusals->message_type());
  fields.refused_row = refusal.One("row_id", FieldDescriptor::CPPTYPE_STRING);
  fields.refused_field = refusal.One("field", FieldDescriptor::CPPTYPE_STRING);
  fields.problem = refusal.One("problem", FieldDescriptor::CPPTYPE_STRING);
  fields.reason = refusal.One("reason", FieldDescriptor::CPPTYPE_ENUM);
  RETURN_IF_ERROR(refusal.status());
  return fields;
}

grpc::ServerReadReactor<grpc::ByteBuffer>* StartImport(
    const StreamMethod& stream, const Table& table, const ImportFields& fields,
    const WriteRules& rules, grpc::CallbackServerContext* context, grpc::ByteBuffer* response) {
  auto importer = std::make_shared<Importer>(stream, table, fields, rules, context, response);
  importer->Start();
  return importer.get();
}

}  // namespace pingan::rpc
