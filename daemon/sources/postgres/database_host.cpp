#include "daemon/sources/postgres/database_host.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace tidewaiter {
namespace {

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

/// A socket's folder, or its abstract name; empty: the folder that libpq was built with.
bool is_socket(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@';
}

/// Lists of the same length, as libpq wants them.
struct Places {
  void add(const std::string& host, const std::string& address, const std::string& port) {
    const std::string comma = count++ == 0 ? "" : ",";
    hosts += comma + host;
    addresses += comma + address;
    ports += comma + port;
  }
  std::string hosts;
  std::string addresses;
  std::string ports;
  int count = 0;
};

/// Adds why nobody knows a host to why nobody knows those before it.
void note(std::optional<Error>& unknown, const std::string& host, const Error& error) {
  const std::string told = "`" + host + "`: " + error.message;
  if (!unknown) {
    unknown = Error{error.code, told};
    return;
  }
  if (error.code == ErrorCode::kUnavailable) unknown->code = error.code;
  unknown->message += "; " + told;
}

}  // namespace

Result<DatabaseUrl> placed(const DatabaseUrl& url, const LookUpHost& look_up) {
  const auto option = [&url](const char* name) {
    const auto found = url.options.find(name);
    return found == url.options.end() ? std::string() : found->second;
  };
  const std::vector<std::string> hosts = parts_of(option("host"));
  if (std::ranges::all_of(hosts, is_socket)) return url;
  const std::vector<std::string> ports = parts_of(option("port"));
  if (ports.size() != 1 && ports.size() != hosts.size()) {
    return fail(ErrorCode::kInvalidInput, "the URL has another number of ports than of hosts");
  }
  Places places;
  std::optional<Error> unknown;
  auto left =
      std::ranges::count_if(hosts, [](const std::string& host) { return !is_socket(host); });
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string& port = ports[ports.size() == 1 ? 0 : i];
    if (is_socket(hosts[i])) {
      places.add(hosts[i], "", port);
      continue;
    }
    const Result<std::vector<std::string>> addresses = look_up(hosts[i], left--);
    if (!addresses) {
      note(unknown, hosts[i], addresses.error());
      continue;
    }
    for (const std::string& address : *addresses) places.add(hosts[i], address, port);
  }
  if (places.count == 0) return tl::unexpected(*unknown);
  DatabaseUrl there = url;
  there.options["host"] = std::move(places.hosts);
  there.options["hostaddr"] = std::move(places.addresses);
  if (!option("port").empty()) there.options["port"] = std::move(places.ports);
  return there;
}

}  // namespace tidewaiter
