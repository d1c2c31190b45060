#include "common/rpc/watch.h"

#include <deque>
#include <mutex>

#include "common/events/sight.h"
#include "common/rpc/beat.h"
#include "common/rpc/ending.h"
#include "common/rpc/event.h"
#include "common/rpc/forms.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kEventsPerRead = 64;

// One stream. Exactly one of these goes on at any time: a pump on a worker, a write on the wire, or
// waiting for the feed or the heartbeat; `mutex_` guards the passing on from one to the next.
class Watcher : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                public std::enable_shared_from_this<Watcher> {
 public:
  Watcher(const StreamMethod& stream, const WatchFields& fields,
          grpc::CallbackServerContext* context)
      : stream_(stream), fields_(fields), context_(context) {}

  void Start(const grpc::ByteBuffer& body) {
    self_ = shared_from_this();
    Status status = Admit(stream_.parts, stream_.method, *context_, &admitted_);
    if (status.ok()) status = Read(body);
    if (!status.ok()) return End(status);
    const absl::Time end = std::min(admitted_.deadline, admitted_.caller->expires);
    beat_.Start(end, [self = shared_from_this()] { self->Heartbeat(); });
    ToPump();
  }

  void OnWriteDone(bool ok) override {
    wire_.End();
    ok ? ToWrite() : End(Cancelled());
  }

  void OnCancel() override {
    cancelled_.store(true);
    Wake();
  }

  void OnDone() override {
    parts().feed->Cancel(wait_);
    beat_.Stop();
    self_.reset();
  }

 private:
  const Parts& parts() const { return stream_.parts; }

  Status Cancelled() const {
    RETURN_IF_ERROR(GoesOn());
    return Error(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "the caller went away");
  }

  Status GoesOn() const {
    if (parts().draining->load(std::memory_order_relaxed)) return Draining();
    return StillAdmitted(parts(), *context_, admitted_);
  }

  Status Read(const grpc::ByteBuffer& body) {
    request_.reset(stream_.request.New());
    RETURN_IF_ERROR(ParseBody(stream_.method, body, request_.get()));
    const auto* reflection = request_->GetReflection();
    ASSIGN_OR_RETURN(
        scope_, ScopeFor(stream_.parts, *admitted_.caller, StringField(*request_, fields_.area)));
    for (int i = 0; i < reflection->FieldSize(*request_, fields_.kinds); ++i) {
      kinds_.push_back(reflection->GetRepeatedString(*request_, fields_.kinds, i));
    }
    after_ = reflection->GetInt64(*request_, fields_.from_revision);
    return absl::OkStatus();
  }

  void ToPump() {
    auto pump = [self = shared_from_this()] { self->Pump(); };
    if (!parts().workers->Submit(common::v1::EXPORT, pump)) {
      End(Overloaded(parts().workers->RetryMs()));
    }
  }

  // Reads on from the feed; runs on a worker.
  void Pump() {
    if (cancelled_.load()) return End(Cancelled());
    Status status = StillAdmitted(parts(), *context_, admitted_);
    if (status.ok()) status = Begin();
    if (!status.ok()) return End(status);
    auto events = parts().feed->Read(after_, kEventsPerRead);
    if (!events.ok()) return End(events.status());
    for (const auto& event : *events) {
      after_ = event->revision;
      if (status = Tell(*event); !status.ok()) return End(status);
    }
    if (!out_.empty()) return ToWrite();
    if (!events->empty()) return ToPump();
    Rest();
  }

  // Once, on a worker: it may have to ask the database.
  Status Begin() {
    if (std::exchange(begun_, true)) return absl::OkStatus();
    ASSIGN_OR_RETURN(after_, parts().feed->Begin(after_));
    return absl::OkStatus();
  }

  bool Wanted(std::string_view kind) const {
    return kinds_.empty() || std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
  }

  // Queues what the caller is to know of the event, if anything.
  Status Tell(const store::Event& event) {
    const events::Sight sight = events::SightOf(event, scope_);
    if (sight.kind == events::Sight::kNone) return absl::OkStatus();
    const Table* table = parts().tables->OfName(event.name);
    if (table && !MayGet(parts(), *admitted_.caller, *table)) return absl::OkStatus();
    const bool left = sight.kind == events::Sight::kLeft;
    if (!Wanted(left ? kLeft : event.kind)) return absl::OkStatus();
    common::v1::Event shown;
    if (left) {
      FillLeft(event, sight.from, &shown);
    } else {
      RETURN_IF_ERROR(FillEvent(*parts().records, *parts().tables, event, false, &shown));
    }
    Queue(&shown);
    return absl::OkStatus();
  }

  // One answer: an event, or a heartbeat without one.
  void Queue(common::v1::Event* event) {
    std::unique_ptr<Message> answer(stream_.response.New());
    const auto* reflection = answer->GetReflection();
    if (event) {
      auto* shown = reflection->MutableMessage(answer.get(), fields_.event);
      static_cast<common::v1::Event*>(shown)->Swap(event);
    }
    reflection->SetInt64(answer.get(), fields_.revision, after_);
    out_.push_back(ToBuffer(*answer));
  }

  // What was read before the caller lost its right is not told after.
  void ToWrite() {
    if (out_.empty()) return ToPump();
    const Status status = StillAdmitted(parts(), *context_, admitted_);
    if (!status.ok()) return End(status);
    writing_ = std::move(out_.front());
    out_.pop_front();
    wire_.Begin();
    StartWrite(&writing_);
  }

  // Nothing to say: until the feed goes on, the caller leaves or a heartbeat is due.
  void Rest() {
    parts().feed->Cancel(wait_);  // of the rest before, if a heartbeat ended that
    {
      std::lock_guard lock(mutex_);
      resting_ = true;
    }
    wait_ = parts().feed->Wait(after_, [self = shared_from_this()] { self->Wake(); });
    if (cancelled_.load()) Wake();
  }

  bool StopResting() {
    std::lock_guard lock(mutex_);
    return std::exchange(resting_, false);
  }

  void Wake() {
    if (StopResting()) ToPump();
  }

  void Heartbeat() {
    if (StopResting()) {
      Queue(nullptr);
      ToWrite();
    } else if (wire_.Stalled() && (ended_.load() || !GoesOn().ok())) {
      context_->TryCancel();  // who does not read is not told why
    }
  }

  void End(const Status& status) {
    if (ended_.exchange(true)) return;
    wire_.Begin();
    Finish(
        Ended(parts(), stream_.method, stream_.metrics, admitted_, {.revision = after_}, status));
  }

  const StreamMethod stream_;
  const WatchFields fields_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<Watcher> self_;  // until OnDone
  Admitted admitted_;
  std::unique_ptr<Message> request_;
  std::string scope_;
  std::vector<std::string> kinds_;
  bool begun_ = false;
  int64_t after_ = 0;  // until begun_, what was asked for
  std::deque<grpc::ByteBuffer> out_;
  grpc::ByteBuffer writing_;
  OnTheWire wire_;
  uint64_t wait_ = 0;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  bool resting_ = false;
  Beat beat_;
};

}  // namespace

StatusOr<WatchFields> WatchFields::Of(const Shapes& shapes) {
  Shape request(shapes.request.GetDescriptor()), response(shapes.response.GetDescriptor());
  const WatchFields fields{
      .area = request.One("area", FieldDescriptor::CPPTYPE_STRING),
      .kinds = request.Many("kinds", FieldDescriptor::CPPTYPE_STRING),
      .from_revision = request.One("from_revision", FieldDescriptor::CPPTYPE_INT64),
      .event = response.One("event", FieldDescriptor::CPPTYPE_MESSAGE),
      .revision = response.One("revision", FieldDescriptor::CPPTYPE_INT64)};
  RETURN_IF_ERROR(request.status());
  RETURN_IF_ERROR(response.status());
  return fields;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(const StreamMethod& stream,
                                                       const WatchFields& fields,
                                                       grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer& body) {
  auto watcher = std::make_shared<Watcher>(stream, fields, context);
  watcher->Start(body);
  return watcher.get();
}

}  // namespace pingan::rpc
