#include "tests/integration/probes.h"

#include <arpa/inet.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>

#include "common/rpc/client.h"
#include "common/rpc/wire_status.h"

namespace pingan::testing {

StatusOr<std::string> CallRaw(const std::string& target, const std::string& method,
                              const std::string& request,
                              const std::map<std::string, std::string>& headers) {
  const rpc::Client client(target);
  grpc::ClientContext context;
  for (const auto& [key, value] : headers) context.AddMetadata(key, value);
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer body(&slice, 1);
  grpc::ByteBuffer answer;
  RETURN_IF_ERROR(
      rpc::FromWire(grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
          client.channel().get(), rpc, &context, body, &answer)));
  grpc::Slice bytes;
  (void)answer.DumpToSingleSlice(&bytes);  // fails on no buffer that was received whole
  return std::string(bytes.begin(), bytes.end());
}

StatusOr<bool> Serving(const std::string& target) {
  const StatusOr<std::string> answer = CallRaw(target, "/grpc.health.v1.Health/Check", "");
  RETURN_IF_ERROR(answer.status());
  // Field 1 says it, 1 = SERVING.
  return answer->size() == 2 && answer->front() == 8 && answer->back() == 1;
}

std::string Scrape(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in to = {.sin_family = AF_INET,
                    .sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))))};
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  std::string text;
  if (connect(socket_fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0 &&
      send(socket_fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
    char part[4096];
    for (ssize_t n; (n = recv(socket_fd, part, sizeof(part), 0)) > 0;) text.append(part, n);
  }
  close(socket_fd);
  return text;
}

double Metric(const std::string& address, const std::string& name) {
  const std::string text = Scrape(address);
  const std::string line = "\n" + name + " ";
  const size_t at = text.find(line);
  return at == std::string::npos ? NAN : std::strtod(text.c_str() + at + line.size(), nullptr);
}

}  // namespace pingan::testing
