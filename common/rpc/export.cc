#include "common/rpc/export.h"

#include <atomic>
#include <deque>

#include "absl/strings/str_cat.h"
#include "common/rpc/beat.h"
#include "common/rpc/ending.h"
#include "common/rpc/mask.h"
#include "common/rpc/page_token.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr char kOrder[] = "create_time";
constexpr int kRowsPerPage = 200;

// One stream. Exactly one of these goes on at any time: a page on a worker, the note of it, or a
// write on the wire.
class Exporter : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                 public std::enable_shared_from_this<Exporter> {
 public:
  Exporter(const StreamMethod& stream, const Table& table, const ExportFields& fields,
           grpc::CallbackServerContext* context)
      : stream_(stream), table_(table), fields_(fields), context_(context) {}

  void Start(const grpc::ByteBuffer& body) {
    self_ = shared_from_this();
    Status status = Admit(parts(), stream_.method, *context_, &admitted_);
    if (status.ok()) status = Read(body);
    if (!status.ok()) return End(status);
    const absl::Time end = std::min(admitted_.deadline, admitted_.caller->expires);
    beat_.Start(end, [self = shared_from_this()] { self->Check(); });
    ToPage();
  }

  void OnWriteDone(bool ok) override {
    wire_.End();
    ok ? ToWrite() : End(Cancelled());
  }
  void OnCancel() override { cancelled_.store(true); }
  void OnDone() override {
    beat_.Stop();
    self_.reset();
  }

 private:
  const Parts& parts() const { return stream_.parts; }

  Status Cancelled() const {
    RETURN_IF_ERROR(Allowed());
    return Error(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller went away");
  }

  Status Allowed() const {
    if (parts().draining->load(std::memory_order_relaxed)) return Draining();
    return StillAdmitted(parts(), *context_, admitted_);
  }

  // A reader that does not read on is not told why.
  void Check() {
    if (wire_.Stalled() && (ended_.load() || !Allowed().ok())) context_->TryCancel();
  }

  Status Read(const grpc::ByteBuffer& body) {
    std::unique_ptr<Message> request(stream_.request.New());
    RETURN_IF_ERROR(ParseBody(stream_.method, body, request.get()));
    query_.table = &table_.spec;
    ASSIGN_OR_RETURN(query_.scope, ScopeFor(stream_.parts, *admitted_.caller,
                                            StringField(*request, fields_.area)));
    const std::string_view filter = StringField(*request, fields_.filter);
    ASSIGN_OR_RETURN(query_.conditions, ConditionsFor(parts(), admitted_, table_, filter));
    query_.order_by = kOrder;
    query_.limit = kRowsPerPage;
    binding_ = absl::StrCat(stream_.method.short_name, "\n", admitted_.caller->subject, "\n",
                            query_.scope, "\n", AbslView(filter));
    ASSIGN_OR_RETURN(query_.after,
                     DecodePageToken(*parts().keyring, binding_,
                                     StringField(*request, fields_.after), fields_.after->name()));
    return absl::OkStatus();
  }

  void ToPage() {
    auto page = [self = shared_from_this()] { self->Page(); };
    if (!parts().workers->Submit(common::v1::EXPORT, page)) {
      End(Overloaded(parts().workers->RetryMs()));
    }
  }

  void Page() {
    std::vector<Shown> shown;
    Status status = GoesOn();
    // The revision comes before the first read, so that nothing read is older.
    if (status.ok() && as_of_ == 0) status = Begin();
    if (status.ok()) status = Queue(&shown);
    if (!status.ok()) return End(status);
    if (!admitted_.reveal || shown.empty()) return ToWrite();
    NoteShown(parts(), stream_.method, admitted_, std::move(shown),
              [self = shared_from_this()](const Status& noted) {
                noted.ok() ? self->ToWrite() : self->End(noted);
              });
  }

  Status GoesOn() const { return cancelled_.load() ? Cancelled() : Allowed(); }

  Status Begin() {
    ASSIGN_OR_RETURN(as_of_, parts().store->Revision());
    return absl::OkStatus();
  }

  Position PositionOf(const store::Row& row) const {
    return {table_.ValueOf(row, kOrder), row.key};
  }

  // Reads a page and queues its answers; tells of whom they are.
  Status Queue(std::vector<Shown>* shown) {
    ASSIGN_OR_RETURN(const auto rows, parts().store->Select(query_));
    ASSIGN_OR_RETURN(const auto opened, parts().records->OpenAll(table_, rows));
    for (size_t i = 0; i < opened.size(); ++i) {
      const Message& resource = table_.Resource(*opened[i].record);
      AddShown(table_, resource, shown);
      std::unique_ptr<Message> answer(stream_.response.New());
      const auto* reflection = answer->GetReflection();
      reflection->MutableMessage(answer.get(), fields_.resource)->CopyFrom(resource);
      reflection->SetInt64(answer.get(), fields_.as_of, as_of_);
      reflection->SetString(answer.get(), fields_.next,
                            EncodePageToken(*parts().keyring, binding_, PositionOf(rows[i])));
      if (!admitted_.reveal) Mask(answer.get(), ViewerOf(*admitted_.caller));
      out_.push_back(ToBuffer(*answer));
    }
    last_ = rows.size() < static_cast<size_t>(query_.limit);
    if (!rows.empty()) query_.after = PositionOf(rows.back());
    return absl::OkStatus();
  }

  void ToWrite() {
    if (out_.empty()) return last_ ? End(absl::OkStatus()) : ToPage();
    writing_ = std::move(out_.front());
    out_.pop_front();
    wire_.Begin();
    StartWrite(&writing_);
  }

  void End(const Status& status) {
    ended_ = true;
    wire_.Begin();
    Finish(
        Ended(parts(), stream_.method, stream_.metrics, admitted_, {.revision = as_of_}, status));
  }

  const StreamMethod stream_;
  const Table& table_;
  const ExportFields fields_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<Exporter> self_;  // until OnDone
  Admitted admitted_;
  store::Query query_;
  std::string binding_;  // of the places to resume at
  int64_t as_of_ = 0;
  bool last_ = false;
  std::deque<grpc::ByteBuffer> out_;
  grpc::ByteBuffer writing_;
  OnTheWire wire_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> ended_{false};
  Beat beat_;
};

}  // namespace

StatusOr<ExportFields> ExportFields::Of(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const auto* first = shapes.response.GetDescriptor()->FindFieldByNumber(1);
  const ExportFields fields{
      .area = request.One("area", FieldDescriptor::CPPTYPE_STRING),
      .filter = request.One("filter", FieldDescriptor::CPPTYPE_STRING),
      .after = request.One("after", FieldDescriptor::CPPTYPE_STRING),
      .resource = response.One(first ? first->name() : "1", FieldDescriptor::CPPTYPE_MESSAGE),
      .as_of = response.One("as_of_revision", FieldDescriptor::CPPTYPE_INT64),
      .next = response.One("resume_after", FieldDescriptor::CPPTYPE_STRING)};
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  return fields;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartExport(const StreamMethod& stream,
                                                        const Table& table,
                                                        const ExportFields& fields,
                                                        grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer& body) {
  auto exporter = std::make_shared<Exporter>(stream, table, fields, context);
  exporter->Start(body);
  return exporter.get();
}

}  // namespace pingan::rpc
