// One HTTP/2 connection that carries gRPC calls. It stands on nghttp2, as h2load does: the load
// client needs it, because a call of the gRPC client costs more CPU than the call that is to be
// measured; and tests that send headers which that client would not write.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pingan::testing {

class H2Client {
 public:
  // How a call ended: the gRPC code (14 when the stream was cut) and what the trailer
  // grpc-status-details-bin held, decoded.
  using Ended = std::function<void(uint64_t call, int code, std::string details)>;

  // Connects to "host:port"; dies if it cannot. Every call has this method and token.
  H2Client(const std::string& target, const std::string& method, const std::string& token,
           Ended ended);
  ~H2Client();

  // Begins a call, which goes out with the next Send. `timeout` as the header grpc-timeout has it:
  // up to 8 digits and a unit of H, M, S, m, u, n. Returns its stream, for Cancel.
  int32_t Start(uint64_t call, std::string_view request, const std::string& timeout);
  // Gives the call up; it ends with code 1 before this returns.
  void Cancel(int32_t stream);

  int socket() const { return socket_; }
  bool wants_to_send() const;
  void Send();
  void Receive();  // calls `ended` for each call that has

 private:
  struct Stream {
    uint64_t call;
    std::string body;  // what is still to be sent of it begins at `sent`
    size_t sent = 0;
    int code = 14;
    std::string details;
    bool given_up = false;
  };
  struct Callbacks;

  void End(int32_t id);

  Ended ended_;
  std::vector<nghttp2_nv> headers_;
  std::vector<std::string> texts_;  // what headers_ points into
  std::unordered_map<int32_t, Stream> streams_;
  nghttp2_session* session_ = nullptr;
  int socket_ = -1;
  std::string out_;
};

}  // namespace pingan::testing
