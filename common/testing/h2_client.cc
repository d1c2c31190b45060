#include "common/testing/h2_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pingan::testing {
namespace {

constexpr size_t kPart = 1 << 16;
constexpr int32_t kWindow = 1 << 24;
constexpr int kCancelled = 1;

[[noreturn]] void Die(const std::string& why) {
  std::cerr << "h2 client: " << why << "\n";
  std::abort();
}

int Connect(const std::string& target) {
  const size_t colon = target.rfind(':');
  addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (getaddrinfo(target.substr(0, colon).c_str(), target.substr(colon + 1).c_str(), &hints,
                  &found) != 0) {
    Die("no such address: " + target);
  }
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!connected) Die("cannot connect to " + target);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

nghttp2_nv Header(const std::string& name, const std::string& value) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct H2Client::Callbacks {
  static ssize_t Body(nghttp2_session*, int32_t, uint8_t* to, size_t size, uint32_t* flags,
                      nghttp2_data_source* source, void*) {
    auto* stream = static_cast<Stream*>(source->ptr);
    const size_t n = std::min(size, stream->body.size() - stream->sent);
    std::memcpy(to, stream->body.data() + stream->sent, n);
    stream->sent += n;
    if (stream->sent == stream->body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(n);
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    auto& streams = static_cast<H2Client*>(self)->streams_;
    const auto stream = streams.find(frame->hd.stream_id);
    if (stream == streams.end()) return 0;
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const absl::string_view text(reinterpret_cast<const char*>(value), value_size);
    if (key == "grpc-status") {
      if (!absl::SimpleAtoi(text, &stream->second.code)) Die("grpc-status is no number");
    } else if (key == "grpc-status-details-bin") {
      absl::Base64Unescape(absl::StrCat(text, std::string((4 - text.size() % 4) % 4, '=')),
                           &stream->second.details);
    }
    return 0;
  }

  static int OnClose(nghttp2_session*, int32_t id, uint32_t, void* self) {
    static_cast<H2Client*>(self)->End(id);
    return 0;
  }

  // A call given up before the server let it begin.
  static int OnNotSent(nghttp2_session*, const nghttp2_frame* frame, int, void* self) {
    if (frame->hd.type == NGHTTP2_HEADERS) static_cast<H2Client*>(self)->End(frame->hd.stream_id);
    return 0;
  }
};

void H2Client::End(int32_t id) {
  const auto ended = streams_.extract(id);
  if (ended.empty() || ended.mapped().given_up) return;
  ended_(ended.mapped().call, ended.mapped().code, std::move(ended.mapped().details));
}

H2Client::H2Client(const std::string& target, const std::string& method, const std::string& token,
                   Ended ended)
    : ended_(std::move(ended)), socket_(Connect(target)) {
  texts_ = {":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            method,
            ":authority",
            target,
            "content-type",
            "application/grpc",
            "te",
            "trailers",
            "authorization",
            "Bearer " + token,
            "grpc-timeout",
            ""};
  for (size_t i = 0; i < texts_.size(); i += 2)
    headers_.push_back(Header(texts_[i], texts_[i + 1]));

  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClose);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, Callbacks::OnNotSent);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
}

H2Client::~H2Client() {
  nghttp2_session_del(session_);
  close(socket_);
}

int32_t H2Client::Start(uint64_t call, std::string_view request, const std::string& timeout) {
  texts_.back() = timeout;
  headers_.back() = Header(texts_[texts_.size() - 2], texts_.back());
  Stream stream{.call = call};
  const auto size = static_cast<uint32_t>(request.size());
  for (const int shift : {32, 24, 16, 8, 0})  // not compressed, then the length
    stream.body.push_back(shift == 32 ? '\0' : static_cast<char>(size >> shift));
  stream.body += request;
  const auto id = static_cast<int32_t>(nghttp2_session_get_next_stream_id(session_));
  Stream& kept = streams_[id] = std::move(stream);
  const nghttp2_data_provider body = {.source = {.ptr = &kept}, .read_callback = Callbacks::Body};
  if (nghttp2_submit_request(session_, nullptr, headers_.data(), headers_.size(), &body, nullptr) !=
      id) {
    Die("no stream");
  }
  return id;
}

void H2Client::Cancel(int32_t id) {
  const auto stream = streams_.find(id);
  if (stream == streams_.end() || stream->second.given_up) return;
  stream->second.given_up = true;  // nghttp2 may read of its body until the stream is closed
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  ended_(stream->second.call, kCancelled, "");
}

bool H2Client::wants_to_send() const {
  return !out_.empty() || nghttp2_session_want_write(session_) != 0;
}

void H2Client::Send() {
  const uint8_t* data = nullptr;
  while (out_.size() < kPart) {
    const ssize_t n = nghttp2_session_mem_send(session_, &data);
    if (n < 0) Die(absl::StrCat("cannot send: ", nghttp2_strerror(static_cast<int>(n))));
    if (n == 0) break;
    out_.append(reinterpret_cast<const char*>(data), n);
  }
  if (out_.empty()) return;
  const ssize_t sent = send(socket_, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) Die("the server closed a connection");
  if (sent > 0) out_.erase(0, sent);
}

void H2Client::Receive() {
  uint8_t part[kPart];
  for (ssize_t n; (n = recv(socket_, part, sizeof(part), MSG_DONTWAIT)) != 0;) {
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) break;
    const ssize_t read = nghttp2_session_mem_recv(session_, part, n);
    if (read < 0) Die(absl::StrCat("cannot read: ", nghttp2_strerror(static_cast<int>(read))));
    if (n < static_cast<ssize_t>(sizeof(part))) return;
  }
  Die("the server closed a connection");
}

}  // namespace pingan::testing
