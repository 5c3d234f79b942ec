// A language server that is sent any bytes never crashes or hangs, and answers in whole messages of
// JSON-RPC. After a first byte that says so, the rest is the body of one message.

#include "daemon/lsp/language_server.h"

#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string framed(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void require_messages(const std::string& output) {
  std::size_t at = 0;
  while (at < output.size()) {
    const std::size_t end = output.find("\r\n\r\n", at);
    require(output.compare(at, 16, "Content-Length: ") == 0 && end != std::string::npos);
    const std::size_t size = std::stoul(output.substr(at + 16, end - at - 16));
    require(end + 4 + size <= output.size());
    const auto message = nlohmann::json::parse(output.substr(end + 4, size), nullptr, false);
    require(message.is_object() && message["jsonrpc"] == "2.0");
    require(message.contains("method") || message.contains("id"));
    at = end + 4 + size;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  std::string input = framed(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})");
  if (bytes.starts_with('B')) {
    input += framed(bytes.substr(1));
  } else {
    input += bytes;
  }
  std::istringstream in(input);
  std::ostringstream out;
  LanguageServer server(
      out, {[] { return UtcTime{}; }, [](const std::string&) { return std::vector<PolicyText>(); },
            [](const std::string&) { return std::vector<SourceSupply>(); }});
  server.run(in);
  require_messages(out.str());
  return 0;
}
